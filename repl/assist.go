package repl

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/repl/complete"
	"github.com/ksqlite/ksqlite/repl/prompt"
)

// This file is what the shell knows about a text while it is typed.

// assistant is the shell as the editor knows it.
type assistant Shell

var _ prompt.Assistant = (*assistant)(nil)

// Colour implements prompt.Assistant. A line that begins with a backslash is no SQL.
func (s *assistant) Colour(text string) []prompt.Style {
	if !s.printer.Console.Color || !s.printer.Settings.Highlight || strings.HasPrefix(strings.TrimSpace(text), `\`) {
		return nil
	}
	return complete.Highlighted(text)
}

// Complete implements prompt.Assistant.
func (s *assistant) Complete(before, after string) prompt.Completion {
	names := s.backend.Names()
	topics := func() ([]string, string) { return s.topics.Ask(names.Topics) }
	c := complete.SQL(before, after, names, topics)
	if line := strings.TrimLeft(before, " \t"); !strings.Contains(line, "\n") {
		completeCommand(line, &c)
	}
	return c
}

// completeCommand adds how a command of the shell could go on.
func completeCommand(line string, c *prompt.Completion) {
	for _, command := range commands() {
		if rest, ok := complete.CutPrefixFold(line, command.name+" "); ok {
			*c = prompt.Completion{Length: len(rest)}
			if command.values != nil {
				for _, value := range command.values() {
					if len(value) > len(rest) && complete.HasPrefixFold(value, rest) {
						c.Candidates = append(c.Candidates, value)
					}
				}
				return
			}
			if command.files {
				c.Candidates = complete.Files(rest)
			}
			return
		}
		if complete.HasPrefixFold(command.name, line) {
			start := strings.LastIndexByte(line, ' ') + 1
			c.Length = len(line) - start
			c.Candidates = append(c.Candidates, command.name[start:])
		}
	}
	if line == "" { // the statements are there too, in their order
		slices.SortFunc(c.Candidates, func(a, b string) int { return cmp.Compare(strings.ToUpper(a), strings.ToUpper(b)) })
	}
}

// Whole implements prompt.Assistant: each line has to be an order, or to belong to a statement
// that ends.
func (s *assistant) Whole(text string) bool {
	var pending prompt.Pending
	(*Shell)(s).cut(&pending, text, taking{})
	return pending.Empty()
}

// Suspend implements prompt.Assistant.
func (s *assistant) Suspend() { s.jobs.Stop() }
