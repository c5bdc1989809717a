// Package repl is the face of ksqlite: it reads statements and CLI commands,
// hands statements to a [Backend], and shows what comes back.
//
//	typed line ─▶ editor ─▶ pending ─▶ command   ─▶ settings, help, spool …
//	                           │
//	script file ───────────────┴─────▶ Runner ─▶ Backend ─▶ exec.Result
//	                                                            │
//	          console ◀─ pace ◀─ rowPrinter: table, jsonLines … ◀─┤ rows
//	          terminal ◀─ liveScreen ◀─ liveTable ◀─────────────┤ rows with keys, in place
//	          console ◀────────────────────────────── blocks ◀──┘ everything else
//
// A [Shell] is the interactive loop; a [Runner] runs a text without a human. The editor
// asks the Shell how to colour and complete what is typed. What is on the terminal for a
// while, the prompt, the status bar, a live table, is the guest of jobs, which takes it
// away for Ctrl-Z and for messages of others. The bar also stands for a pager or an editor,
// to which it lends the terminal: messages wait for the end of that.
// Both show results with the same code, so a script prints what the shell would.
package repl

import (
	"context"
	"iter"

	"github.com/ksqlite/ksqlite/runtime/exec"
)

// Backend is what the shell needs of an engine's session.
type Backend interface {
	// Run checks the whole text, runs its statements one after the other and
	// yields their results as they come; whoever gets them closes their Rows
	// and Lines. An error is yielded last, unless the session is to continue on
	// errors; if it is one of the text, its place
	// counts in the whole text.
	Run(ctx context.Context, text string) iter.Seq2[*exec.Result, error]
	// RunFile is Run for the text of a file, beside which it seeks the scripts
	// that the text runs.
	RunFile(ctx context.Context, path string) iter.Seq2[*exec.Result, error]
	// Names returns what statements can speak of now, for completion. It does not wait.
	// It is called while no statement runs, perhaps by another goroutine.
	Names() *exec.Names
}
