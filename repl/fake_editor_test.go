package repl

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/repl/prompt"
)

// fakeEditor types the given lines. "^C" is Ctrl-C; after the last line comes Ctrl-D.
type fakeEditor struct {
	lines      []string
	remembered []string
	echo       io.Writer
}

func (f *fakeEditor) ReadLine(before, _ string) (string, error) {
	if len(f.lines) == 0 {
		fmt.Fprintln(f.echo, before+"^D")
		return "", io.EOF
	}
	line := f.lines[0]
	f.lines = f.lines[1:]
	fmt.Fprintln(f.echo, before+line)
	if line == "^C" {
		return "", prompt.ErrInterrupted
	}
	return line, nil
}

func (f *fakeEditor) Remember(entries []string) { f.remembered = slices.Clone(entries) }
func (f *fakeEditor) Prefill(text string)       { f.lines = append(strings.Split(text, "\n"), f.lines...) }
func (f *fakeEditor) Close() error              { return nil }
