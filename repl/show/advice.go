package show

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/source"
)

// shellCommands are the commands of a shell that people write into scripts, each with what does
// the same where ksqlite is started. EXIT and QUIT, with which scripts end, are understood.
var shellCommands = []struct{ words, instead string }{
	{"OUTPUT", "OUTPUT and a format, such as OUTPUT CSV, with a semicolon"},
	{"VERSION", "ksqlite --version tells the version"},
	{"HELP", "ksqlite --help tells what there is"},
	{"SET CLI", "SET CLI, a setting and its value, such as SET CLI HEADER OFF, with a semicolon"},
	{"SPOOL", "redirect the output of ksqlite to a file, as with > rows.txt"},
	{"HISTORY", "a script has no history"},
	{"CLEAR", "a script has no screen"},
	{"EDIT", "a script cannot be edited while it runs"},
	{"SERVER", "start ksqlite with --bootstrap-server to work on another Kafka, or ask ksqlite doctor"},
	{"REQUEST-PIPELINING", "a statement always waits for those before it"},
}

// adviser gives advice about faults. It remembers how the last text is cut into statements, which many faults
// in a long script need again.
type adviser struct {
	text  string
	parts []parser.Part
}

// advised adds to a fault of syntax in a script that the statement is a command of the shell, if it
// is one; other errors are left alone.
func (a *adviser) advised(err error) error {
	fault, ok := errors.AsType[*source.Error](err)
	if !ok || fault.Message != "Syntax Error" {
		return err
	}
	if a.text != fault.Text {
		a.text, a.parts = fault.Text, parser.Split(fault.Text).Parts
	}
	at := sort.Search(len(a.parts), func(i int) bool { return fault.Span.Start < a.parts[i].End })
	if at == len(a.parts) || fault.Span.Start < a.parts[at].Start {
		return err
	}
	text := strings.ToUpper(strings.Join(strings.Fields(strings.TrimSuffix(a.parts[at].Text, ";")), " ")) + " "
	for _, c := range shellCommands {
		if strings.HasPrefix(text, c.words+" ") {
			fault.Detail += fmt.Sprintf("\n%s is a command of the shell, where it needs no semicolon. In a script: %s.",
				c.words, c.instead)
			return err
		}
	}
	return err
}
