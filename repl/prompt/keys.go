package prompt

import (
	"bytes"
	"io"
	"strings"
	"sync"

	"github.com/chzyer/readline"
)

// Keys that the library has no name for travel through it as characters of a private
// use area; what stands for them is drawn nowhere.
const (
	pasteKey  rune = 0xf7a00 + iota // a pasted text, which is kept beside
	deleteKey                       // the Delete key
	lineUp                          // arrow keys between the lines of a text
	lineDown
	clusterLeft // arrow keys and Backspace where a character is several code points
	clusterRight
	clusterErase
	lastKey = clusterErase
)

// isKey reports whether a character stands for a key.
func isKey(r rune) bool { return r >= pasteKey && r <= lastKey }

const (
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// otherKeys are keys as terminals send them, each with what the library, or we, know
// it by: Home and End as tmux, screen and rxvt send them, words with Ctrl, Delete.
var otherKeys = [...][2]string{
	{"\x1b[1~", "\x1b[H"},
	{"\x1b[4~", "\x1b[F"},
	{"\x1b[7~", "\x1b[H"},
	{"\x1b[8~", "\x1b[F"},
	{"\x1b[1;5C", "\x1bf"},
	{"\x1b[1;5D", "\x1bb"},
	{"\x1b[1;3C", "\x1bf"},
	{"\x1b[1;3D", "\x1bb"},
	{"\x1b[3~", string(deleteKey)},
}

// keys reads a terminal's input for the library. It words keys that the library does
// not know, takes pasted texts out, and hands out nothing behind the end of a line
// before release is called: what follows may be for another program, an editor say.
// One goroutine reads; the other methods may be called by any.
type keys struct {
	terminal io.Reader
	input    []byte // read, not looked at yet
	searched int    // how much of it has no end of the paste that it begins with
	ready    []byte // worded, not handed out yet
	err      error  // what ended the input, behind ready

	mu     sync.Mutex
	free   sync.Cond
	held   bool
	closed bool
	pasted []string // the texts of the paste keys that were handed out
}

func newKeys(terminal io.Reader) *keys {
	k := &keys{terminal: terminal}
	k.free.L = &k.mu
	return k
}

// Read implements io.Reader. It waits until there is something to be read. A lone
// escape is kept until the next key: the library does nothing about it sooner.
func (k *keys) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(k.ready) == 0 {
		if k.wait() {
			return 0, io.EOF
		}
		if k.word() {
			break
		}
		if k.err != nil {
			return 0, k.err
		}
		k.fill()
	}
	n := copy(p, k.ready)
	k.ready = k.ready[n:]
	return n, nil
}

// fill reads more of the terminal. A tab that comes together with more is not typed
// but pasted, where a terminal does not say so: it must not complete anything.
func (k *keys) fill() {
	buf := make([]byte, 4096)
	n, err := k.terminal.Read(buf)
	k.err = err
	text := buf[:n]
	if i := bytes.IndexByte(text, '\t'); i >= 0 && i < n-1 && !bytes.Contains(text, []byte("\x1b")) && len(k.input) == 0 {
		text = bytes.ReplaceAll(text, []byte("\t"), []byte(" "))
	}
	k.input = append(k.input, text...)
}

// wait waits while nothing may be handed out. It returns true once that is for good.
func (k *keys) wait() (closed bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for k.held && !k.closed {
		k.free.Wait()
	}
	return k.closed
}

// release lets go on what was held behind the end of a line or a paste.
func (k *keys) release() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held = false
	k.free.Broadcast()
}

// close ends the input.
func (k *keys) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	k.free.Broadcast()
}

// paste returns the text of the paste key that was read.
func (k *keys) paste() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.pasted) == 0 {
		return ""
	}
	text := k.pasted[0]
	k.pasted = k.pasted[1:]
	return text
}

// word moves input to ready, up to the end of a line, a paste, or what may be the
// beginning of a key. It reports whether anything is ready.
func (k *keys) word() bool {
	for len(k.input) > 0 {
		switch c := k.input[0]; c {
		case '\x1b':
			if !k.key() {
				return len(k.ready) > 0
			}
			if k.isHeld() {
				return true
			}
		case '\r', '\n', readline.CharInterrupt, readline.CharDelete: // that is Ctrl-D
			k.ready = append(k.ready, c)
			k.input = k.input[1:]
			k.hold()
			return true
		default:
			k.plain()
		}
	}
	return len(k.ready) > 0
}

// plain moves the characters before the next control character, without those that
// stand for keys.
func (k *keys) plain() {
	n := len(k.input)
	if i := bytes.IndexAny(k.input[1:], "\x1b\r\n\x03\x04"); i >= 0 {
		n = 1 + i
	}
	text := string(k.input[:n])
	k.input = k.input[n:]
	if strings.ContainsFunc(text, isKey) {
		text = strings.Map(func(r rune) rune {
			if isKey(r) {
				return -1
			}
			return r
		}, text)
	}
	k.ready = append(k.ready, text...)
}

// key words the escape sequence that the input begins with. It returns false if more
// has to be read to know what it is.
func (k *keys) key() bool {
	if bytes.HasPrefix(k.input, []byte(pasteBegin)) {
		return k.takePaste()
	}
	for _, key := range otherKeys {
		if rest, ok := bytes.CutPrefix(k.input, []byte(key[0])); ok {
			k.ready = append(k.ready, key[1]...)
			k.input = rest
			return true
		}
	}
	if k.err == nil && k.begun() {
		return false
	}
	k.ready = append(k.ready, k.input[0])
	k.input = k.input[1:]
	return true
}

// begun reports whether the input is the beginning of a key that we word.
func (k *keys) begun() bool {
	head := string(k.input[:min(len(k.input), len(pasteBegin))])
	begins := func(key string) bool { return len(k.input) < len(key) && strings.HasPrefix(key, head) }
	for _, key := range otherKeys {
		if begins(key[0]) {
			return true
		}
	}
	return begins(pasteBegin)
}

// takePaste takes a pasted text out of the input, once it is there to its end.
func (k *keys) takePaste() bool {
	from := max(len(pasteBegin), k.searched-len(pasteEnd))
	end, next := len(k.input), len(k.input)
	if i := bytes.Index(k.input[from:], []byte(pasteEnd)); i >= 0 {
		end, next = from+i, from+i+len(pasteEnd)
	} else if k.err == nil {
		k.searched = len(k.input)
		return false
	}
	text := k.input[len(pasteBegin):end]
	k.input, k.searched = k.input[next:], 0
	k.ready = append(k.ready, string(pasteKey)...)
	k.mu.Lock()
	k.pasted = append(k.pasted, CleanPaste(string(text)))
	k.held = true
	k.mu.Unlock()
	return true
}

// CleanPaste returns a pasted text with line breaks as we know them and without what
// would drive a terminal.
func CleanPaste(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (r < ' ' || r == 0x7f) || isKey(r) {
			return -1
		}
		return r
	}, text)
}

func (k *keys) hold() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held = true
}

func (k *keys) isHeld() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.held
}
