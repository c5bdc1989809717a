package terminal

import (
	"context"
	"io"
	"sync"
	"syscall"
)

// Console is where results and messages go. Writers may be used by one
// goroutine at a time only; the shell takes care of that.
type Console struct {
	// Out takes results: rows, lists, descriptions.
	Out io.Writer
	// Err takes everything else, unless Out is a terminal that shows what people read.
	Err io.Writer
	// Terminal says that Out is a terminal: what could drive it is escaped.
	Terminal bool
	// ErrTerminal says the same of Err.
	ErrTerminal bool
	// Color allows colours in messages.
	Color bool
	// Width returns the present width of the terminal in cells; 0 means that
	// there is no limit. A nil Width is no limit either.
	Width func() int
	// Height returns the present height of the terminal in lines, 0 if it is not
	// known. nil says that nothing can be drawn in place.
	Height func() int
	// Gone waits until nobody reads Out any more; it returns false if ctx is done
	// before. It lets a query end that would have nothing to write for long. nil
	// means that it cannot be known.
	Gone func(ctx context.Context) bool
}

// WhileRead returns a context that is done, with EPIPE as its cause, as soon as
// nobody reads Out any more. The function it returns ends the watch.
func (c *Console) WhileRead(ctx context.Context) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	if c.Gone != nil {
		wg.Go(func() {
			if c.Gone(ctx) {
				cancel(syscall.EPIPE)
			}
		})
	}
	return ctx, func() {
		cancel(nil)
		wg.Wait()
	}
}

// LineWidth returns the terminal's width, 0 for no limit.
func (c *Console) LineWidth() int {
	if c.Width == nil {
		return 0
	}
	return max(c.Width(), 0)
}

// Results returns where results go.
func (c *Console) Results() Stream { return Stream{c.Out, c.Terminal} }

// Notes returns where what is not a result goes: beside the results on a terminal where people read
// both.
func (c *Console) Notes(readable bool) Stream {
	if c.Terminal && readable {
		return c.Results()
	}
	return Stream{c.Err, c.ErrTerminal}
}

// Stream is a writer, and whether it is a terminal: what could drive it is escaped then.
type Stream struct {
	io.Writer
	Terminal bool
}

// Red colours an error message, if colours are allowed.
func (c *Console) Red(text string) string { return c.coloured("31", text) }

// Green colours what is good, if colours are allowed.
func (c *Console) Green(text string) string { return c.coloured("32", text) }

func (c *Console) coloured(code, text string) string {
	if !c.Color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// OutputError says that results could not be written: nothing more can be shown.
type OutputError struct{ Err error }

func (e *OutputError) Error() string { return "writing results: " + e.Err.Error() }
func (e *OutputError) Unwrap() error { return e.Err }
