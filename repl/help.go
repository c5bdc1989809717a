package repl

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/repl/complete"
	"github.com/ksqlite/ksqlite/repl/show"
)

// A paragraph is one line here: the width of the terminal breaks it.

const helpIntroduction = `
Description:
` + "\t" + `Statements of ksqlDB's SQL end with a semicolon and may span several lines. ` +
	`SHOW STREAMS, SHOW TABLES, SHOW TOPICS, SHOW FUNCTIONS and DESCRIBE tell what there is. ` +
	`The commands below are the shell's own.

`

const helpConclusion = `Keyboard shortcuts:

	The usual keys of command lines edit the line. In addition:

	TAB: Complete the word, or show what it could be.
	CTRL-R: Search the history.
	CTRL-C: Stop the running query, or give up the line that is being typed.
	CTRL-Z: Suspend the shell; fg brings it back.
	CTRL-D: Leave.

Default behavior:

` + "\t" + `A line that is no command is the beginning of a statement; between statements on a line commands have a semicolon too. ` +
	`It runs once its last line ends with a semicolon. A pasted script runs as one. ` +
	`SELECT with EMIT CHANGES goes on until it is stopped or its LIMIT is reached. ` +
	`Beyond 1,000 rows a second its rows are only counted, in a terminal and in the formats TABULAR and VERTICAL: ` +
	`spool <path> gets all of them, and so do the other formats, a pipe, and a query with LIMIT. ` +
	`A push query over a stream starts with what arrives from now on, one over a table with the rows that are there; ` +
	`SET 'auto.offset.reset'='earliest'; lets it begin with the oldest record, ` +
	`a time such as '-10m' or '2024-05-01T08:00:00' with what came since. ` +
	`So does a WHERE that bounds ROWTIME or ROWOFFSET from below.
`

// Help shows what the command help shows about some words.
func (s *Shell) Help(ctx context.Context, words []string) error { return s.help(ctx, words) }

// help shows what can be typed: everything in short, or a statement or command.
func (s *Shell) help(ctx context.Context, args []string) error {
	if len(args) > 0 {
		return s.helpOn(ctx, strings.TrimSpace(strings.Join(args, " ")))
	}
	var b strings.Builder
	b.WriteString(helpIntroduction)
	for _, c := range commands() {
		b.WriteString(c.describe() + "\n")
	}
	b.WriteString("Statements:\n\n\tType help <statement>, such as help CREATE STREAM, for its syntax and an example. There are " +
		strings.Join(statementWords(), ", ") + ".\n\n" + s.aroundShell())
	b.WriteString(helpConclusion)
	return s.sayPaged(ctx, b.String())
}

// aroundShell tells what pages there are; "" if there are none.
func (s *Shell) aroundShell() string {
	if len(s.options.Pages) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("Outside of the shell:\n\n\tksqlite has commands besides the shell; help <command> describes them here too.\n\n")
	for _, page := range s.options.Pages {
		fmt.Fprintf(&b, "\tksqlite %s: %s.\n", page.Name, page.About)
	}
	return b.String() + "\n"
}

// pageNames returns what the pages are about.
func (s *Shell) pageNames() []string {
	names := make([]string, len(s.options.Pages))
	for i, page := range s.options.Pages {
		names[i] = page.Name
	}
	return names
}

// helpOnPage returns the page of a name; "" if there is none.
func (s *Shell) helpOnPage(name string) string {
	for _, page := range s.options.Pages {
		if strings.EqualFold(page.Name, name) {
			return "\nksqlite " + page.Name + ":\n\n" + page.Text()
		}
	}
	return ""
}

// statementWords returns what the statements begin with, each once, in their order.
func statementWords() []string {
	var words []string
	for _, form := range parser.Statements() {
		if !slices.Contains(words, form.Words) {
			words = append(words, form.Words)
		}
	}
	return words
}

// helpOn shows the statements and commands that begin with some words and the page of that name, a property, or a
// function; else what may be meant.
func (s *Shell) helpOn(ctx context.Context, words string) error {
	words = strings.TrimRight(words, "; ")
	if text := cmp.Or(s.helpOnWords(words)+s.helpOnPage(words), helpOnProperty(words)); text != "" {
		return s.sayPaged(ctx, text)
	}
	functions := s.backend.Names().Functions
	if slices.Contains(functions, strings.ToUpper(words)) {
		if err := s.statements(ctx, "DESCRIBE FUNCTION "+words+";"); err != nil {
			return &show.ShownError{Err: err}
		}
		return nil
	}
	names := slices.Concat(statementWords(), commandNames(), functions, propertyNames(), s.pageNames())
	if near := helpWith(names, words); near != nil {
		s.say("There is help on " + strings.Join(near, ", ") + ".")
		return nil
	}
	err := fmt.Errorf("there is no statement, command, function or property %s: type help for what there is", words)
	if near := source.Similar(words, names); near != "" {
		err = fmt.Errorf("there is no statement, command, function or property %s: did you mean %s?", words, near)
	}
	return err
}

// helpOnWords returns the help on the statements and commands that begin with some words, or that the words
// begin with and go on from; "" if there are none.
func (s *Shell) helpOnWords(words string) string {
	var b strings.Builder
	for _, form := range parser.Statements() {
		if begins(form.Words, words) || begins(words, form.Words) && !s.isCommand(words) {
			fmt.Fprintf(&b, "\n%s:\n\t%s\n\n\t%s\n\n\tExample:\n\t%s\n", form.Words, form.About, form.Synopsis, form.Example)
		}
	}
	for _, c := range commands() {
		if begins(c.name, words) || c.most > 0 && begins(words, c.name) {
			b.WriteString("\n" + c.describe())
		}
	}
	return b.String()
}

// commandNames returns the names of the commands.
func commandNames() []string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

// manyNames is how many names of which there is help are told at most.
const manyNames = 30

// helpWith returns those of some names that have a word which begins with a text, and the commands with such
// parameters. The words of a property stand between dots.
func helpWith(names []string, text string) []string {
	var near []string
	note := func(name, words string) {
		for i := range words {
			if (i == 0 || strings.ContainsRune(" .", rune(words[i-1]))) && complete.HasPrefixFold(words[i:], text) && !slices.Contains(near, name) {
				near = append(near, name)
			}
		}
	}
	for _, name := range names {
		note(name, name)
	}
	for _, c := range commands() {
		note(c.name, c.parameters)
	}
	if len(near) > manyNames {
		near = append(near[:manyNames], fmt.Sprintf("and %d more", len(near)-manyNames))
	}
	return near
}

// isCommand reports whether a line is a command of the shell.
func (s *Shell) isCommand(line string) bool {
	_, _, ok := s.findCommand(line)
	return ok
}

// begins reports whether a text begins with whole words, whatever the case.
func begins(text, words string) bool {
	rest, ok := complete.CutPrefixFold(text, words)
	return ok && (rest == "" || rest[0] == ' ')
}

// describe returns a command's part of the help.
func (c command) describe() string {
	head := strings.TrimSpace(c.name + " " + c.parameters)
	return head + ":\n\t" + strings.Join(c.help, "\n\t") + "\n"
}
