package repl

import (
	"context"
	"strings"
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

	CTRL-R: Search the history.
	CTRL-C: Stop the running query, or give up the line that is being typed.
	CTRL-D: Leave.

Default behavior:

` + "\t" + `A line that is no command is the beginning of a statement. ` +
	`It runs once its last line ends with a semicolon. ` +
	`SELECT with EMIT CHANGES goes on until it is stopped or its LIMIT is reached. ` +
	`A push query starts with what arrives from now on; ` +
	`SET 'auto.offset.reset'='earliest'; lets it begin with the oldest record, ` +
	`a time such as '-10m' or '2024-05-01T08:00:00' with what came since. ` +
	`So does a WHERE that bounds ROWTIME or ROWOFFSET from below.
`

// help shows what can be typed.
func (s *Shell) help(context.Context, []string) error {
	var b strings.Builder
	b.WriteString(helpIntroduction)
	for _, c := range commands() {
		b.WriteString(c.describe() + "\n")
	}
	b.WriteString(helpConclusion)
	s.say(b.String())
	return nil
}

// describe returns a command's part of the help.
func (c command) describe() string {
	head := strings.TrimSpace(c.name + " " + c.parameters)
	return head + ":\n\t" + strings.Join(c.help, "\n\t") + "\n"
}
