//go:build !unix

package main

import "time"

// began stands for the start of the process.
var began = time.Now()

// cpuTime is the time since the start, where the system does not tell how much
// of it was spent computing.
func cpuTime() time.Duration { return time.Since(began) }
