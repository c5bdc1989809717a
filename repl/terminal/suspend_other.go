//go:build !unix

package terminal

import "os"

// Elsewhere no process is stopped from its terminal.
var stopSignals []os.Signal

func stopGroup() {}

func stopSelf() {}

// askToEnd ends another process, which cannot be asked.
func askToEnd(p *os.Process) error { return p.Kill() }
