// Package repl is the face of ksqlite: the shell, which reads statements and commands, hands
// statements to a [Backend], and shows what comes back.
//
//	typed line ─▶ prompt ─▶ command ─▶ settings, help, spool …
//	                  │
//	                  └─▶ statements ─▶ show.Runner ─▶ Backend
//
// Its parts are packages below it. Each imports only those further down:
//
//	report     what is told of tests            show      results, as they come
//	complete   how a text could go on           render    results as text
//	prompt     what a person types              terminal  who has the terminal
//	                           cells   text as terminals lay it out
package repl

import (
	"github.com/ksqlite/ksqlite/repl/show"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// Backend is what the shell needs of an engine's session.
type Backend interface {
	show.Runnable
	// Names returns what statements can speak of now, for completion. It does not wait.
	// It is called while no statement runs, perhaps by another goroutine.
	Names() *exec.Names
}
