package terminal

import (
	"io"
	"strings"
	"sync"

	"github.com/ksqlite/ksqlite/repl/cells"
)

// Aside takes the lines that others write while a shell or a runner has the terminal, such as
// warnings of the engine, and shows them where they disturb nothing: above the prompt, between
// rows, below a live table. At other times they go straight to the writer. It may be
// used by several goroutines.
type Aside struct {
	out io.Writer

	mu   sync.Mutex
	tell func(line string, write func()) // nil while nobody has the terminal
}

// NewAside returns an Aside that writes to out.
func NewAside(out io.Writer) *Aside { return &Aside{out: out} }

// Write implements io.Writer. It is given whole lines.
func (a *Aside) Write(p []byte) (int, error) {
	text := cells.EscapedLines(string(p))
	var err error
	write := func() { _, err = io.WriteString(a.out, text) }
	a.mu.Lock()
	tell := a.tell
	a.mu.Unlock()
	if tell == nil {
		write()
	} else {
		tell(strings.TrimRight(text, "\n"), write)
	}
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

// Lend has tell show the lines until the function it returns is called.
func (a *Aside) Lend(tell func(line string, write func())) (stop func()) {
	if a == nil {
		return func() {}
	}
	a.set(tell)
	return func() { a.set(nil) }
}

func (a *Aside) set(tell func(line string, write func())) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tell = tell
}
