package repl

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/chzyer/readline"
)

// errInterrupted says that Ctrl-C was typed at the prompt.
var errInterrupted = errors.New("interrupted")

// editor reads lines from a human.
type editor interface {
	// ReadLine shows the prompt and waits for a line. It returns
	// errInterrupted for Ctrl-C and io.EOF for Ctrl-D and a closed terminal.
	ReadLine(prompt string) (string, error)
	// Remember makes the entries what arrow keys and Ctrl-R find.
	Remember(entries []string)
	// Close ends a ReadLine in progress and gives the terminal back as it was.
	// It may be called from any goroutine.
	Close() error
}

// lineEditor is the editor at a terminal.
type lineEditor struct {
	rl *readline.Instance
	// saved is how many of the entries given to Remember readline has.
	saved int
}

var _ editor = (*lineEditor)(nil)

// newLineEditor returns an editor on the process's terminal.
//
// The library's own history is switched off. It would keep each typed line as an
// entry, and what it saves for a statement of several lines is wrong once a line
// was recalled from the history: only Remember fills it.
func newLineEditor(stdin io.ReadCloser, stdout, stderr io.Writer) (*lineEditor, error) {
	rl, err := readline.NewEx(&readline.Config{
		Stdin:                  readline.NewCancelableStdin(&keys{terminal: stdin}),
		Stdout:                 wrapSafe{stdout},
		Stderr:                 stderr,
		HistoryLimit:           historyLimit,
		DisableAutoSaveHistory: true,
		HistorySearchFold:      true,
		InterruptPrompt:        "^C",
		EOFPrompt:              "\n", // none: the shell says good-bye itself
	})
	if err != nil {
		return nil, fmt.Errorf("opening the terminal: %w", err)
	}
	return &lineEditor{rl: rl}, nil
}

// wrapSafe drops the backspace with which the library leaves the first column of
// a wrapped line before it moves up. Most terminals ignore it there; tmux goes up
// by it already, and the second move up would then erase what stands above.
type wrapSafe struct{ w io.Writer }

func (s wrapSafe) Write(p []byte) (int, error) {
	if _, err := s.w.Write(bytes.ReplaceAll(p, []byte("\b\x1b[A\r"), []byte("\x1b[A\r"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (e *lineEditor) ReadLine(prompt string) (string, error) {
	e.rl.SetPrompt(prompt)
	line, err := e.rl.Readline()
	if errors.Is(err, readline.ErrInterrupt) {
		return "", errInterrupted
	}
	return line, err
}

// Remember fills the library's history anew. Adding to it would not do: it
// still points at the entry recalled last, and overwrites what is saved with that.
func (e *lineEditor) Remember(entries []string) {
	if len(entries) == e.saved {
		return
	}
	e.saved = len(entries)
	e.rl.ResetHistory()
	for _, entry := range entries[max(0, len(entries)-historyLimit):] {
		// It keeps no file here, so there is nothing that can go wrong.
		_ = e.rl.SaveHistory(entry)
	}
}

func (e *lineEditor) Close() error { return e.rl.Close() }
