package functions

import (
	"maps"
	"strings"
	"sync/atomic"
)

// memo remembers what was made of texts, such as patterns that are compiled.
// One belongs to a call site, where it is nearly always the same text that
// comes with every row, or one of a few. It is safe for several goroutines.
type memo[T any] struct {
	build func(text string) (T, error)
	last  atomic.Pointer[memoEntry[T]]
	few   atomic.Pointer[map[string]T] // never changed, but replaced
}

type memoEntry[T any] struct {
	text  string
	built T
}

// fewTexts is how many texts a memo remembers before it forgets them all.
const fewTexts = 64

// newMemo returns a memo of what build makes.
func newMemo[T any](build func(text string) (T, error)) *memo[T] { return &memo[T]{build: build} }

// of returns what is made of the text, which is copied where it is remembered.
func (m *memo[T]) of(text string) (T, error) {
	if last := m.last.Load(); last != nil && last.text == text {
		return last.built, nil
	}
	few := m.few.Load()
	if few != nil {
		if built, ok := (*few)[text]; ok {
			return built, nil
		}
	}
	text = strings.Clone(text)
	built, err := m.build(text)
	if err == nil {
		m.last.Store(&memoEntry[T]{text, built})
		m.remember(few, text, built)
	}
	return built, err
}

// remember adds to the few texts. Of two goroutines that do so at once one may be forgotten.
func (m *memo[T]) remember(few *map[string]T, text string, built T) {
	next := map[string]T{text: built}
	if few != nil && len(*few) < fewTexts {
		maps.Copy(next, *few)
	}
	m.few.Store(&next)
}
