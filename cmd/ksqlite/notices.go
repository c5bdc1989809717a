package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/runtime/display"
)

// notices is a log for people: a line for each warning. What is less than a
// warning ends as an error of a statement, if it matters.
type notices struct{ out io.Writer }

var _ slog.Handler = notices{}

// Enabled implements slog.Handler.
func (notices) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle implements slog.Handler.
func (n notices) Handle(_ context.Context, r slog.Record) error {
	line, between := display.Warning(r.Message), ": "
	r.Attrs(func(a slog.Attr) bool {
		line += fmt.Sprintf("%s%s %s", between, a.Key, a.Value)
		between = ", "
		return true
	})
	_, err := fmt.Fprintln(n.out, cells.EscapedLines(line))
	return err
}

// WithAttrs implements slog.Handler; nobody asks for it.
func (n notices) WithAttrs([]slog.Attr) slog.Handler { return n }

// WithGroup implements slog.Handler; nobody asks for it.
func (n notices) WithGroup(string) slog.Handler { return n }
