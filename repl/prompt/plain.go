package prompt

import (
	"bufio"
	"io"
	"strings"
	"sync"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/repl/terminal"
)

// plainEditor leaves the editing to the terminal: for those that cannot be drawn on.
type plainEditor struct {
	out        io.Writer
	interrupts *terminal.Interrupts

	lines chan string
	wants chan struct{} // gets a value when a line is wanted
	done  chan struct{}
	once  sync.Once
	owed  bool // a line was asked for and has not come yet
}

var _ Editor = (*plainEditor)(nil)

func newPlainEditor(stdin io.Reader, out io.Writer, interrupts *terminal.Interrupts) *plainEditor {
	p := &plainEditor{
		out: out, interrupts: interrupts,
		lines: make(chan string), wants: make(chan struct{}), done: make(chan struct{}),
	}
	go p.read(bufio.NewReader(stdin)) // it ends with the terminal, or with the process
	return p
}

// read reads a line each time that one is wanted: what follows may be for somebody else.
func (p *plainEditor) read(in *bufio.Reader) {
	defer close(p.lines)
	for {
		select {
		case <-p.done:
			return
		case <-p.wants:
		}
		line, err := in.ReadString('\n')
		if err != nil && line == "" {
			return
		}
		select {
		case <-p.done:
			return
		case p.lines <- strings.TrimRight(line, "\r\n"):
		}
	}
}

func (p *plainEditor) ReadLine(prompt, _ string) (string, error) {
	interrupted, stop := p.interrupts.Idle() // who sees the prompt may type Ctrl-C at once
	defer stop()
	if _, err := io.WriteString(p.out, prompt); err != nil {
		return "", err
	}
	if !p.owed {
		select {
		case p.wants <- struct{}{}:
		case <-p.done:
			return "", io.EOF
		}
	}
	p.owed = true
	select {
	case <-p.done:
		return "", io.EOF
	case <-interrupted:
		_, err := io.WriteString(p.out, "\n")
		if err != nil {
			return "", err
		}
		return "", ErrInterrupted
	case line, ok := <-p.lines:
		p.owed = false
		if !ok {
			return "", io.EOF
		}
		return line, nil
	}
}

// Prefill shows the text: it cannot be edited here, only typed again.
func (p *plainEditor) Prefill(text string) {
	_, _ = io.WriteString(p.out, cells.EscapedLines(text)+"\n") // a lost terminal is met when it is read
}

// Remember does nothing: a terminal recalls nothing.
func (p *plainEditor) Remember([]string) {}

func (p *plainEditor) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}
