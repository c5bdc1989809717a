package serde

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
	"unsafe"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// jsonScanner walks over JSON text. Its reading methods take the position to
// start at and return the one behind what they read, or failed after they have
// noted why in fault.
//
// The syntax is that of RFC 8259, taken strictly: no comments, no NaN, no
// control characters in strings, no text that is not UTF-8. A unicode escape
// that is half a surrogate pair becomes U+FFFD.
type jsonScanner struct {
	src   []byte
	arena *data.Arena
	depth int

	stack   []data.Value // elements of the arrays that are being read
	scratch []byte       // an unescaped name or text
	upper   []byte       // a name in upper case
	buffer  []byte       // text that is put together

	fault jsonFault // last, so that what good records need lies close together
}

const (
	failed = -1
	// maxJSONDepth is the deepest nesting that is read, as in the parser of ksqlDB.
	maxJSONDepth = 1000
)

// The searches below look at eight bytes at once. Each finds the bytes asked
// for by a subtraction that borrows into the byte's highest bit; borrows run
// upwards only, so the lowest bit found is always right.
const (
	ones      = 0x0101010101010101
	highs     = 0x8080808080808080
	quotes    = ones * '"'
	slashes   = ones * '\\'
	blanks    = ones * ' '
	zeros     = ones * '0'
	pastNines = ones * (0x80 - 10)
)

// stops returns a high bit for each byte of w that is a quote, a backslash or a control character.
func stops(w uint64) uint64 {
	return ((w ^ quotes - ones) | (w ^ slashes - ones) | (w - blanks)) &^ w & highs
}

// load64 returns the eight bytes of src from i on, the first one lowest; i is
// not negative. By way of a slice of src the compiler would do more than one load.
func load64(src []byte, i int) uint64 {
	_ = src[i+7]
	eight := (*[8]byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(src)), i))
	return binary.LittleEndian.Uint64(eight[:])
}

// space returns the position of the first byte at or after i that is not white space.
func (s *jsonScanner) space(i int) int {
	for i < len(s.src) && isSpace(s.src[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// peek returns the byte at i, 0 at the end of the text: no token starts with it.
func (s *jsonScanner) peek(i int) byte {
	if i < len(s.src) {
		return s.src[i]
	}
	return 0
}

// text returns the position of the quote that ends the string whose first byte
// is at i, and whether there are escapes before it.
func (s *jsonScanner) text(i int) (end int, escaped bool) {
	src, start, high := s.src, i, uint64(0)
	for i+8 <= len(src) {
		w := load64(src, i)
		found := stops(w)
		if found == 0 {
			high |= w
			i += 8
			continue
		}
		n := bits.TrailingZeros64(found) &^ 7 // in bits
		high |= w & (1<<n - 1)
		i += n >> 3
		if src[i] != '"' {
			return s.textSlow(start, i)
		}
		if high&highs != 0 && !utf8.Valid(src[start:i]) {
			return s.badText(start), false
		}
		return i, false
	}
	return s.textSlow(start, i)
}

// textSlow is text for strings with escapes, faults, or near the end of src.
// Everything before i is known to have neither quotes nor escapes.
func (s *jsonScanner) textSlow(start, i int) (end int, escaped bool) {
	for ; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == '"':
			if !utf8.Valid(s.src[start:i]) {
				return s.badText(start), escaped
			}
			return i, escaped
		case c == '\\':
			n := escapeLen(s.src[i:])
			if n == 0 {
				return s.syntax(i, "invalid escape in a string", ""), escaped
			}
			escaped = true
			i += n - 1
		case c < ' ':
			return s.syntax(i, "control character in a string", ""), escaped
		}
	}
	return s.syntax(len(s.src), "the text ends early", ": a string is not closed"), escaped
}

// escapeLen returns the length of the escape at the start of src, or 0 if it is none.
func escapeLen(src []byte) int {
	if len(src) < 2 {
		return 0
	}
	switch src[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(src[2:]); ok {
			return 6
		}
	}
	return 0
}

func hex4(src []byte) (r rune, ok bool) {
	if len(src) < 4 {
		return 0, false
	}
	for _, c := range src[:4] {
		digit, ok := hexDigit(c)
		if !ok {
			return 0, false
		}
		r = r<<4 | digit
	}
	return r, true
}

func hexDigit(c byte) (rune, bool) {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0'), true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return rune(c|0x20-'a') + 10, true
	}
	return 0, false
}

// skip passes over a value of any kind.
func (s *jsonScanner) skip(i int) int {
	i = s.space(i)
	switch c := s.peek(i); c {
	case '"':
		end, _ := s.text(i + 1)
		if end < 0 {
			return failed
		}
		return end + 1
	case '{':
		return s.skipObject(i)
	case '[':
		return s.skipArray(i)
	case 't':
		return s.word(i, "true")
	case 'f':
		return s.word(i, "false")
	case 'n':
		return s.word(i, "null")
	}
	_, end := s.number(i)
	return end
}

// word passes over true, false or null.
func (s *jsonScanner) word(i int, word string) int {
	end := i + len(word)
	if end > len(s.src) || string(s.src[i:end]) != word || isNameByte(s.peek(end)) {
		return s.unexpected(i, "a value")
	}
	return end
}

func isNameByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '$' || c >= 0x80
}

func (s *jsonScanner) skipArray(i int) int {
	i, more := s.enter(i, ']')
	for more {
		if i = s.skip(i); i < 0 {
			return failed
		}
		i, more = s.more(i, ']')
	}
	return s.leave(i)
}

func (s *jsonScanner) skipObject(i int) int {
	i, more := s.enter(i, '}')
	for more {
		if _, i = s.name(i); i < 0 {
			return failed
		}
		if i = s.skip(i); i < 0 {
			return failed
		}
		i, more = s.more(i, '}')
	}
	return s.leave(i)
}

// enter passes over the bracket at i that opens an array or an object, and if
// nothing is in it, over the closing one: then more is false. Each enter has its
// leave, unless the fault is one of syntax.
func (s *jsonScanner) enter(i int, closing byte) (next int, more bool) {
	s.depth++
	if s.depth > maxJSONDepth {
		return s.syntax(i, "nested too deeply", ""), false
	}
	if i = s.space(i + 1); s.peek(i) == closing {
		return i + 1, false
	}
	return i, true
}

// leave ends what enter began; i is handed through.
func (s *jsonScanner) leave(i int) int {
	s.depth--
	return i
}

// more passes over the comma behind a value, then more is true, or over the closing bracket.
func (s *jsonScanner) more(i int, closing byte) (next int, more bool) {
	i = s.space(i)
	switch s.peek(i) {
	case ',':
		return i + 1, true
	case closing:
		return i + 1, false
	}
	return s.unexpected(i, "',' or '"+string(rune(closing))+"'"), false
}

// name passes over a member's name, the colon and the blanks around them, and
// returns the unescaped name, which is good until the next call.
func (s *jsonScanner) name(i int) (name []byte, next int) {
	i = s.space(i)
	if s.peek(i) != '"' {
		return nil, s.unexpected(i, "a member's name in quotes")
	}
	end, escaped := s.text(i + 1)
	if end < 0 {
		return nil, failed
	}
	name = s.src[i+1 : end]
	if escaped {
		s.scratch = appendUnescaped(s.scratch[:0], name)
		name = s.scratch
	}
	if i = s.space(end + 1); s.peek(i) != ':' {
		return nil, s.unexpected(i, "':'")
	}
	return name, s.space(i + 1)
}
