package terminal

import (
	"strings"
	"sync"
	"time"
)

// Key is a key that means something to who has drawn a screen.
type Key uint8

// The keys.
const (
	Up Key = iota + 1
	Down
	PageUp
	PageDown
	Home
	End
	Quit
)

// keyTexts are what terminals send for the keys, and the letters that pagers take for them.
var keyTexts = []struct {
	text string
	key  Key
}{
	{"\x1b[A", Up},
	{"\x1bOA", Up},
	{"k", Up},
	{"\x10", Up},
	{"\x1b[B", Down},
	{"\x1bOB", Down},
	{"j", Down},
	{"\x0e", Down},
	{"\r", Down},
	{"\n", Down},
	{"\x1b[5~", PageUp},
	{"b", PageUp},
	{"\x1b[6~", PageDown},
	{" ", PageDown},
	{"f", PageDown},
	{"\x1b[H", Home},
	{"\x1bOH", Home},
	{"\x1b[1~", Home},
	{"g", Home},
	{"<", Home},
	{"\x1b[F", End},
	{"\x1bOF", End},
	{"\x1b[4~", End},
	{"G", End},
	{">", End},
	{"q", Quit},
	{"Q", Quit},
	{"\x04", Quit},
}

// keyInterval is the time between two looks at the keyboard.
const keyInterval = 30 * time.Millisecond

// keyboard tells keys in what is typed.
type keyboard struct {
	press func(Key)
	begun string // what may be the beginning of a key
}

// watch takes what was typed now and then until done is closed.
func (k *keyboard) watch(typed func() string, done <-chan struct{}) {
	ticker := time.NewTicker(keyInterval)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
			k.take(typed())
		}
	}
}

// take presses the keys of what was read. Other characters mean nothing.
func (k *keyboard) take(text string) {
	text = k.begun + text
	k.begun = ""
	for text != "" {
		key, rest := nextKey(text)
		if key != 0 {
			k.press(key)
		}
		if rest == text {
			k.begun = text
			return
		}
		text = rest
	}
}

// nextKey returns the key that a text begins with, 0 if that means nothing, and what follows; the text itself if it
// is only the beginning of a key.
func nextKey(text string) (key Key, rest string) {
	begun := false
	for _, k := range keyTexts {
		if rest, ok := strings.CutPrefix(text, k.text); ok {
			return k.key, rest
		}
		begun = begun || strings.HasPrefix(k.text, text)
	}
	if begun {
		return 0, text
	}
	return 0, text[1:]
}

// Keys has the keys of the muted terminal pressed by a goroutine of its own until stop is called, which may be called
// again; ok is false if there is no such terminal.
func (j *Jobs) Keys(press func(Key)) (stop func(), ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	silent := j.muted
	if silent == nil {
		return func() {}, false
	}
	silent.setKeys(true)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { (&keyboard{press: press}).watch(func() string { return j.typed(silent) }, done) })
	return sync.OnceFunc(func() {
		close(done)
		wg.Wait()
		j.mu.Lock()
		defer j.mu.Unlock()
		silent.setKeys(false)
	}), true
}

// typed returns what was typed at a terminal, nothing while other programs have it.
func (j *Jobs) typed(silent *muted) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.muted != silent {
		return ""
	}
	return silent.typed()
}
