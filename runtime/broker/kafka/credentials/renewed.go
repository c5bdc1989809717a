package credentials

import (
	"context"
	"sync"
)

// renewed keeps something that is fetched and after a while fetched again: a token, or keys. It is
// safe for concurrent use: one caller fetches, and the others wait for it no longer than their
// contexts last.
type renewed[T any] struct {
	fetch func(context.Context) (T, error)
	// valid reports whether what is kept can still be used. What was fetched is used once in any case.
	valid func(T) bool

	turn chan struct{} // is held by who fetches

	mu    sync.Mutex
	kept  T
	known bool
}

func newRenewed[T any](fetch func(context.Context) (T, error), valid func(T) bool) *renewed[T] {
	return &renewed[T]{fetch: fetch, valid: valid, turn: make(chan struct{}, 1)}
}

// current returns what is kept while it is valid, and else fetches it.
func (r *renewed[T]) current(ctx context.Context) (T, error) {
	var none T
	if kept, ok := r.look(); ok {
		return kept, nil
	}
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
	if kept, ok := r.look(); ok { // somebody has fetched it meanwhile
		return kept, nil
	}
	fetched, err := r.fetch(ctx)
	if err != nil {
		return none, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept, r.known = fetched, true
	return fetched, nil
}

// look returns what is kept, if it is valid.
func (r *renewed[T]) look() (T, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.kept, r.known && r.valid(r.kept)
}

// forget drops what is kept, which was refused.
func (r *renewed[T]) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known = false
}
