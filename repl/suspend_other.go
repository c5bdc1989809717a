//go:build !unix

package repl

import "os"

// Elsewhere no process is stopped from its terminal.
var stopSignals []os.Signal

func stopGroup() {}

func stopSelf() {}
