package repl

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/repl/prompt"
	"github.com/ksqlite/ksqlite/repl/terminal"
)

// This file runs other programs at the terminal.

// edit opens the editor with the statement that is being typed or was executed last;
// what is saved becomes what is typed.
func (s *Shell) edit(ctx context.Context, args []string) error {
	text := ""
	switch {
	case len(args) > 0:
		return s.editFile(ctx, args[0])
	case s.spared != "":
		text, s.spared = s.spared, ""
	default:
		text = s.lastStatement()
	}
	f, err := os.CreateTemp("", "ksqlite-*.sql")
	if err != nil {
		return fmt.Errorf("making a file to edit: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("making a file to edit: %w", err)
	}
	return s.editFile(ctx, f.Name())
}

// lastStatement returns the statement that was executed last, as the history has it.
func (s *Shell) lastStatement() string {
	for _, entry := range slices.Backward(s.history.Entries) {
		if strings.HasSuffix(entry, ";") && !s.isCommand(entry) {
			return entry
		}
	}
	return ""
}

// editFile edits a file and takes what it has then as what is typed.
func (s *Shell) editFile(ctx context.Context, path string) error {
	if err := s.external(ctx, editorCommand(), path); err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading what was edited: %w", err)
	}
	s.editor.Prefill(prompt.CleanPaste(strings.TrimSpace(string(text))))
	return nil
}

// editorCommand returns the user's editor.
func editorCommand() string {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if command := strings.TrimSpace(os.Getenv(name)); command != "" {
			return command
		}
	}
	return "vi"
}

// external runs another program on the terminal, which has it alone meanwhile. Ctrl-C
// is for that program.
func (s *Shell) external(ctx context.Context, command string, args ...string) error {
	program := terminal.Program(ctx, command, args...)
	program.Stdin, program.Stdout, program.Stderr = s.options.Stdin, s.options.Console.Out, s.options.Console.Err
	defer s.printer.Seat()()
	defer s.printer.Bar.Lend()()
	if err := program.Run(); err != nil {
		return fmt.Errorf("running %s: %w", program.Args[0], err)
	}
	return nil
}
