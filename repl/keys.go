package repl

import (
	"io"
	"strings"
)

// keys reads a terminal's input and words some keys as the library knows them:
// Home and End are sent in several ways, of which it knows two.
type keys struct {
	terminal io.Reader
	ready    string // translated, not read yet
	held     string // the beginning of what may become a key
	err      error  // what ended the input, behind ready
}

// otherKeys are the keys as terminals send them, each with what the library knows
// it by: tmux and screen send the first two, rxvt the others.
var otherKeys = [...][2]string{
	{"\x1b[1~", "\x1b[H"},
	{"\x1b[4~", "\x1b[F"},
	{"\x1b[7~", "\x1b[H"},
	{"\x1b[8~", "\x1b[F"},
}

// Read implements io.Reader. It waits until there is something to be read. A lone
// escape is kept until the next key: the library does nothing about it sooner.
func (k *keys) Read(p []byte) (int, error) {
	for k.ready == "" && k.err == nil && len(p) > 0 {
		n, err := k.terminal.Read(p)
		text := k.held + string(p[:n])
		for _, key := range otherKeys {
			text = strings.ReplaceAll(text, key[0], key[1])
		}
		k.err = err
		k.held = begun(text)
		if err != nil {
			k.held = ""
		}
		k.ready = strings.TrimSuffix(text, k.held)
	}
	n := copy(p, k.ready)
	k.ready = k.ready[n:]
	if k.ready == "" && n == 0 {
		return 0, k.err
	}
	return n, nil
}

// begun returns the end of text with which one of the keys may begin.
func begun(text string) string {
	start := strings.LastIndexByte(text, '\x1b')
	if start < 0 {
		return ""
	}
	for _, key := range otherKeys {
		if strings.HasPrefix(key[0], text[start:]) {
			return text[start:]
		}
	}
	return ""
}
