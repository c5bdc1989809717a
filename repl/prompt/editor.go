package prompt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/chzyer/readline"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/repl/terminal"
)

const (
	// First stands before a statement.
	First = "ksql> "
	// Continuation stands before its further lines.
	Continuation = ">"
)

// ErrInterrupted says that Ctrl-C was typed at the prompt.
var ErrInterrupted = errors.New("interrupted")

// Editor reads lines from a human.
type Editor interface {
	// ReadLine shows the prompt and waits for a line, which goes on with what was typed
	// before, in the same statement. A text that was pasted or recalled may have
	// several lines. It returns ErrInterrupted for Ctrl-C and io.EOF for Ctrl-D and a
	// closed terminal.
	ReadLine(prompt, before string) (string, error)
	// Prefill makes a text what the next ReadLine begins with.
	Prefill(text string)
	// Remember makes the entries what arrow keys and Ctrl-R find.
	Remember(entries []string)
	// Close ends a ReadLine in progress and gives the terminal back as it was.
	// It may be called from any goroutine.
	Close() error
}

// NewEditor returns an editor for the terminal: without one that can be drawn on, the
// terminal's own, which takes Ctrl-C as a signal.
func NewEditor(stdin io.Reader, console terminal.Console, signals *terminal.Interrupts, assist Assistant) (Editor, error) {
	if console.Height == nil {
		return newPlainEditor(stdin, console.Out, signals), nil
	}
	line, err := newLineEditor(stdin, console, assist)
	if err != nil {
		return nil, err
	}
	return line, nil
}

// lineEditor is the editor at a terminal. The library reads the keys, edits the line
// and keeps what can be recalled, yanked and searched for; what it draws is thrown
// away, and editorScreen draws instead.
type lineEditor struct {
	rl     *readline.Instance
	keys   *keys
	screen *editorScreen
	assist Assistant
	// saved is how many of the entries given to Remember readline has.
	saved   int
	prefill string

	// edit is what the listener does with the line once the key was taken, pasted a whole
	// text that was pasted. The library's goroutine has both; ReadLine takes pasted once
	// that has handed the line over, and waits for the next one to be read.
	edit   edit
	pasted string

	mu      sync.Mutex
	painted bool // what the library writes next is the line
}

// edit changes a line, of which the last character typed stands for a key.
type edit func(line []rune, pos int) ([]rune, int)

var (
	_ Editor         = (*lineEditor)(nil)
	_ terminal.Guest = (*lineEditor)(nil)
)

// endless is the width that the library gets to know. It thinks of a line as one row
// then, and what it writes can be told by what it begins with.
const endless = 1 << 30

// newLineEditor returns an editor on the process's terminal.
//
// The library's own history is switched off. It would keep each typed line as an
// entry, and what it saves for a statement of several lines is wrong once a line
// was recalled from the history: only Remember fills it.
func newLineEditor(stdin io.Reader, console terminal.Console, assist Assistant) (*lineEditor, error) {
	e := &lineEditor{keys: newKeys(stdin), assist: assist}
	e.screen = &editorScreen{
		out: console.Out, colour: assist.Colour,
		size: func() (width, height int) { return console.LineWidth(), console.Height() },
	}
	rl, err := readline.NewEx(&readline.Config{
		Stdin:                  readline.NewCancelableStdin(e.keys),
		Stdout:                 (*libraryOutput)(e),
		Stderr:                 console.Err,
		HistoryLimit:           historyLimit,
		DisableAutoSaveHistory: true,
		HistorySearchFold:      true,
		InterruptPrompt:        "^C",
		EOFPrompt:              "\n", // none: the shell says good-bye itself
		ForceUseInteractive:    true,
		FuncGetWidth:           func() int { return endless },
		FuncOnWidthChanged:     func(func()) { readline.DefaultOnWidthChanged(e.screen.resized) },
		FuncFilterInputRune:    e.filter,
		Listener:               readline.FuncListener(e.listen),
		Painter:                (*painter)(e),
		AutoComplete:           noCompleter{},
	})
	if err != nil {
		return nil, fmt.Errorf("opening the terminal: %w", err)
	}
	e.rl = rl
	return e, nil
}

// painter is told by the library when the line is to be drawn.
type painter lineEditor

// Paint implements readline.Painter. It draws nothing yet: the library has not let go
// of its locks.
func (p *painter) Paint(line []rune, pos int) []rune {
	p.mu.Lock()
	p.painted = true
	p.mu.Unlock()
	p.screen.show(slices.Clone(line), pos)
	return nil
}

// libraryOutput is where the library writes. Of all it writes, only the bell, the
// search and the wish to clear the screen are taken.
type libraryOutput lineEditor

func (o *libraryOutput) Write(p []byte) (int, error) {
	o.mu.Lock()
	painted := o.painted
	o.painted = false
	o.mu.Unlock()
	switch {
	case painted:
	case string(p) == "\a":
		o.screen.ring()
	case string(p) == "\x1b[H":
		o.screen.clear()
	default:
		if _, search, ok := bytes.Cut(p, []byte("\x1b[J")); ok && bytes.Contains(search, []byte("-i-search: ")) {
			text, _, _ := strings.Cut(string(search), "\x1b")
			o.screen.tell([]string{cells.Escaped(text)})
		}
	}
	return len(p), nil
}

// noCompleter completes nothing: the listener does, because the library can only add
// to what was typed.
type noCompleter struct{}

func (noCompleter) Do([]rune, int) ([][]rune, int) { return nil, 0 }

func (e *lineEditor) ReadLine(prompt, before string) (string, error) {
	e.screen.begin([2]string{prompt, Continuation}, before)
	defer e.screen.end()
	e.rl.SetPrompt(prompt)
	if e.prefill != "" {
		e.rl.Operation.SetBuffer(e.prefill)
		e.prefill = ""
	}
	e.keys.release()
	line, err := e.rl.Readline()
	if errors.Is(err, readline.ErrInterrupt) {
		return "", ErrInterrupted
	}
	if e.pasted != "" {
		line, e.pasted = e.pasted, ""
	}
	return line, err
}

func (e *lineEditor) Prefill(text string) { e.prefill = strings.TrimRight(text, "\n") }

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

func (e *lineEditor) Close() error {
	e.keys.close()
	e.screen.end()
	return e.rl.Close()
}

// Withdraw implements Guest.
func (e *lineEditor) Withdraw() {
	e.screen.withdraw()
	_ = e.rl.Terminal.ExitRawMode() // a lost terminal is met when it is read
}

// Tell implements Guest: the line is written above what is being typed.
func (e *lineEditor) Tell(_ string, write func()) { e.screen.above(write) }

func (e *lineEditor) Restore() {
	_ = e.rl.Terminal.EnterRawMode() // as above
	e.screen.restore()
}
