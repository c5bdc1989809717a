package terminal

import (
	"slices"
	"testing"
)

// Keys are known in one piece and in two; what means nothing disturbs nothing.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		read []string
		want []Key
	}{
		{[]string{"\x1b[A\x1bOBq"}, []Key{Up, Down, Quit}},
		{[]string{"\x1b", "[5", "~", ""}, []Key{PageUp}},
		{[]string{"x\x1b[31~é\x1b[H"}, []Key{Home}},
		{[]string{"\x04"}, []Key{Quit}},
		{[]string{"", ""}, nil},
	} {
		var got []Key
		k := &keyboard{press: func(key Key) { got = append(got, key) }}
		for _, text := range c.read {
			k.take(text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %v", c.read, got)
		}
	}
}
