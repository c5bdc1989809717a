package repl

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/repl/prompt"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// This file cuts what was typed into statements and orders for the shell, and runs them.

// step is a part of a text: statements for the engine, or an order for the shell itself.
type step struct {
	// text is the part as it was typed.
	text string
	// line is how many lines stand before it.
	line int
	// order does what the text says; nil for statements. What goes wrong is shown by it.
	order func(context.Context) error
}

// taking says how a text is taken.
type taking struct {
	// alone runs each statement as soon as it is complete, whatever stands behind it. Else the
	// statements between two orders run as one text, so that nothing of it is executed if one
	// of them has a fault.
	alone bool
	// pasted says that nobody sees the statements where their answers stand.
	pasted bool
	// remember is given what is executed.
	remember func(step)
}

// cut cuts a text into steps, of which the first begins with what is pending. What is not whole at
// its end is pending then.
func (s *Shell) cut(pending *prompt.Pending, text string, how taking) []step {
	var steps []step
	start := 0
	for n, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if pending.Empty() {
			start = n
			if order := s.lineOrder(line); order != nil {
				steps = append(steps, step{line, n, order})
				continue
			}
		}
		whole, complete := s.add(pending, line)
		if !complete {
			continue
		}
		for _, next := range s.parts(whole, start) {
			if last := len(steps) - 1; !how.alone && last >= 0 && next.order == nil && steps[last].order == nil {
				steps[last].text += "\n" + next.text
				continue
			}
			steps = append(steps, next)
		}
	}
	return steps
}

// lineOrder returns what a line does that is an order as a whole; nil if it is none, or several statements.
func (s *Shell) lineOrder(line string) func(context.Context) error {
	if script := parser.Split(line); len(script.Parts) > 1 || len(script.Parts) == 1 && script.Left != nil {
		return nil
	}
	return s.findOrder(line)
}

// add is [prompt.Pending.Add]; an order needs no semicolon behind other statements either.
func (s *Shell) add(pending *prompt.Pending, line string) (text string, complete bool) {
	typed := pending.Typed() + line
	script := parser.Split(typed)
	if n := len(script.Parts); script.Left != nil || n > 1 && !script.Complete && s.findOrder(script.Parts[n-1].Text) != nil {
		pending.Reset()
		return typed, true
	}
	return pending.Add(line)
}

// parts returns the steps of whole statements that begin at a line. What stands before a statement,
// comments say, belongs to it.
func (s *Shell) parts(text string, line int) []step {
	var steps []step
	end := 0
	script := parser.Split(text)
	for _, part := range script.Parts {
		order := s.findOrder(part.Text)
		before := line + strings.Count(text[:end], "\n")
		switch last := len(steps) - 1; {
		case order != nil:
			steps = append(steps, step{part.Text, before, order})
		case last >= 0 && steps[last].order == nil:
			steps[last].text += text[end:part.End]
		default:
			steps = append(steps, step{text[end:part.End], before, nil})
		}
		end = part.End
	}
	if script.Left != nil {
		word := script.Left.In(text)
		steps = append(steps, step{word, line + strings.Count(text[:script.Left.Start], "\n"), s.findOrder(word)})
	}
	return steps
}

// perform runs steps until one fails or is interrupted. It tells how many statements are left out
// by Ctrl-C; those behind a fault are told by the fault.
func (s *Shell) perform(ctx context.Context, steps []step, how taking) error {
	for i, next := range steps {
		how.remember(next)
		err := s.step(ctx, next, how)
		if errors.Is(err, context.Canceled) && ctx.Err() == nil {
			s.tellLeftOut(exec.LeaveOut(err, textsOf(steps[i+1:])))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// step runs a step.
func (s *Shell) step(ctx context.Context, next step, how taking) error {
	if next.order != nil {
		return next.order(ctx)
	}
	text := next.text
	if how.alone {
		text = strings.Repeat("\n", next.line) + text // its place, of which faults tell
	}
	if !how.pasted || !strings.Contains(strings.TrimSpace(text), "\n") {
		return s.statements(ctx, text)
	}
	ctx, done := s.begin(ctx)
	defer done()
	return cmp.Or(s.runner.Script(ctx, text), ctx.Err())
}

// tellLeftOut tells which statements were not executed, if there are any.
func (s *Shell) tellLeftOut(err error) {
	if left, ok := errors.AsType[*exec.LeftOutError](err); ok {
		s.printer.Warn(left.Told())
	}
}

// textsOf returns the statements and orders of steps.
func textsOf(steps []step) []string {
	var texts []string
	for _, next := range steps {
		if next.order != nil {
			texts = append(texts, next.text)
			continue
		}
		texts = append(texts, statementsOf(next.text)...)
	}
	return texts
}

// remember adds what is executed to the history, each statement by itself.
func (s *Shell) remember(next step) {
	for _, text := range textsOf([]step{next}) {
		s.complain(s.history.Add(text))
	}
}

// statementsOf returns the texts of the statements in a text.
func statementsOf(text string) []string {
	parts := parser.Split(text).Parts
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = part.Text
	}
	return texts
}
