package terminal

import (
	"context"
	"os"
	"os/signal"
	"sync"
)

// Interrupts turns SIGINT into the end of whatever is running. At the prompt
// there is nothing to end: there, Ctrl-C is a key like any other.
type Interrupts struct {
	mu     sync.Mutex
	cancel context.CancelFunc // nil while nothing runs
	waiter chan struct{}      // gets a value while nothing runs; nil if nobody waits
}

// Listen begins to take the signal. The function it returns ends that.
func (i *Interrupts) Listen() (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	var wg sync.WaitGroup
	wg.Go(func() {
		for range signals {
			i.mu.Lock()
			if i.cancel != nil {
				i.cancel()
			} else if i.waiter != nil {
				i.waiter <- struct{}{}
				i.waiter = nil
			}
			i.mu.Unlock()
		}
	})
	return func() {
		signal.Stop(signals)
		close(signals)
		wg.Wait()
	}
}

// Begin returns a context that the signal ends until done is called.
func (i *Interrupts) Begin(ctx context.Context) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancel(context.WithValue(ctx, uninterruptedKey{}, ctx))
	i.mu.Lock()
	i.cancel = cancel
	i.mu.Unlock()
	return ctx, func() {
		i.mu.Lock()
		i.cancel = nil
		i.mu.Unlock()
		cancel()
	}
}

// uninterruptedKey is the key of the context that begin was given.
type uninterruptedKey struct{}

// Uninterrupted returns the context that the signal does not end, for what takes Ctrl-C
// itself.
func Uninterrupted(ctx context.Context) context.Context {
	if before, ok := ctx.Value(uninterruptedKey{}).(context.Context); ok {
		return before
	}
	return ctx
}

// Idle returns a channel that gets a value at the signal while nothing runs, until stop
// is called.
func (i *Interrupts) Idle() (signalled <-chan struct{}, stop func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	waiter := make(chan struct{}, 1)
	i.waiter = waiter
	return waiter, func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.waiter = nil
	}
}
