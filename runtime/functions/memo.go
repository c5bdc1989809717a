package functions

import (
	"strings"
	"sync/atomic"
)

// memo remembers what was last made of a text, such as a pattern that is
// compiled. One belongs to a call site, whose text hardly ever changes from row
// to row; it is safe for several goroutines.
type memo[T any] struct {
	build func(text string) (T, error)
	last  atomic.Pointer[memoEntry[T]]
}

type memoEntry[T any] struct {
	text  string
	built T
}

// newMemo returns a memo of what build makes.
func newMemo[T any](build func(text string) (T, error)) *memo[T] { return &memo[T]{build: build} }

// of returns what is made of the text, which is copied where it is remembered.
func (m *memo[T]) of(text string) (T, error) {
	if last := m.last.Load(); last != nil && last.text == text {
		return last.built, nil
	}
	text = strings.Clone(text)
	built, err := m.build(text)
	if err == nil {
		m.last.Store(&memoEntry[T]{text, built})
	}
	return built, err
}
