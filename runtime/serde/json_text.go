package serde

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file reads JSON as text: strings with escapes, and whatever else stands
// where a STRING is wanted.

// unescaped returns the text of a string that has escapes; it lies in the arena.
func (s *jsonScanner) unescaped(raw []byte) data.Value {
	// Unescaping never makes text longer.
	buf := s.arena.Bytes(len(raw))
	return data.StringBytes(appendUnescaped(buf[:0], raw))
}

// appendUnescaped appends the text of a string whose escapes have been checked.
func appendUnescaped(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		c := raw[i]
		if c != '\\' {
			dst = append(dst, c)
			i++
			continue
		}
		if raw[i+1] != 'u' {
			dst = append(dst, unescape(raw[i+1]))
			i += 2
			continue
		}
		r, n := unicodeEscape(raw[i:])
		dst = utf8.AppendRune(dst, r)
		i += n
	}
	return dst
}

func unescape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// unicodeEscape returns the character that the escape at the start of raw
// stands for, together with a second one if they are a surrogate pair, and
// their length. Half a pair is U+FFFD.
func unicodeEscape(raw []byte) (r rune, n int) {
	r, _ = hex4(raw[2:])
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if len(raw) >= 12 && raw[6] == '\\' && raw[7] == 'u' {
		low, _ := hex4(raw[8:])
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

// anyText reads a value that is no string as text, as ksqlDB does: numbers and
// booleans as they are written, objects as compact JSON, arrays as [a, b] with
// strings unquoted.
func (s *jsonScanner) anyText(i int) (v data.Value, end int) {
	if end = s.skip(i); end < 0 {
		return data.Null, failed
	}
	raw := s.src[i:end:end]
	if c := raw[0]; c == '{' || c == '[' || hasExponent(raw) {
		start := len(s.buffer)
		s.buffer, _ = s.appendPlain(s.buffer, i)
		raw = s.arena.Bytes(len(s.buffer) - start)
		copy(raw, s.buffer[start:])
		s.buffer = s.buffer[:start]
	}
	return data.StringBytes(raw), end
}

// hasExponent reports whether a value, if it is a number, is written with an exponent.
func hasExponent(raw []byte) bool {
	if c := raw[0]; c != '-' && c-'0' > 9 {
		return false
	}
	for _, c := range raw {
		if c|0x20 == 'e' {
			return true
		}
	}
	return false
}

// jsonAppender is a method that appends what is at i and returns the position behind it.
type jsonAppender func(s *jsonScanner, dst []byte, i int) (text []byte, end int)

// appendPlain appends the value at i, whose syntax has been checked, as text.
func (s *jsonScanner) appendPlain(dst []byte, i int) (text []byte, end int) {
	i = s.space(i)
	switch s.src[i] {
	case '"':
		end, _ := s.text(i + 1)
		return appendUnescaped(dst, s.src[i+1:end]), end + 1
	case '[':
		return s.appendItems(dst, i, (*jsonScanner).appendPlain, ", ")
	}
	return s.appendCompact(dst, i)
}

// appendCompact appends the value at i, whose syntax has been checked, as JSON without blanks.
func (s *jsonScanner) appendCompact(dst []byte, i int) (text []byte, end int) {
	i = s.space(i)
	switch c := s.src[i]; {
	case c == '{':
		return s.appendItems(dst, i, (*jsonScanner).appendMember, ",")
	case c == '[':
		return s.appendItems(dst, i, (*jsonScanner).appendCompact, ",")
	case c == '"':
		return s.appendRequoted(dst, i)
	case c == '-' || c-'0' <= 9:
		n, end := s.number(i)
		return n.appendText(dst), end
	}
	end = s.skip(i)
	return append(dst, s.src[i:end]...), end
}

// appendItems appends the object or array at i, each item by the method given.
func (s *jsonScanner) appendItems(dst []byte, i int, item jsonAppender, comma string) ([]byte, int) {
	closing := s.src[i] + 2 // the brackets and braces of ASCII come in pairs two apart
	dst = append(dst, s.src[i])
	i, more := s.enter(i, closing)
	for more {
		dst, i = item(s, dst, i)
		if i, more = s.more(i, closing); more {
			dst = append(dst, comma...)
		}
	}
	return append(dst, closing), s.leave(i)
}

func (s *jsonScanner) appendMember(dst []byte, i int) (text []byte, end int) {
	dst, end = s.appendRequoted(dst, s.space(i))
	return s.appendCompact(append(dst, ':'), s.space(end)+1)
}

// appendRequoted appends the string at i with no more escapes than it needs.
func (s *jsonScanner) appendRequoted(dst []byte, i int) (text []byte, end int) {
	last, escaped := s.text(i + 1)
	raw := s.src[i+1 : last]
	if escaped {
		s.scratch = appendUnescaped(s.scratch[:0], raw)
		return appendQuoted(dst, s.scratch), last + 1
	}
	return append(append(append(dst, '"'), raw...), '"'), last + 1
}

// appendText appends the number as Java's BigDecimal shows it: as written, but
// where it is written with an exponent, in the scientific form with one digit
// before the point, or plain if it has digits behind the point and is not tiny.
func (n *number) appendText(dst []byte) []byte {
	if !hasExponent(n.literal) {
		return append(dst, n.literal...)
	}
	digits := n.significant()
	if len(digits) == 0 {
		digits = append(digits, '0')
	}
	if n.negative {
		dst = append(dst, '-')
	}
	scale := n.fraction - n.exponent
	power := len(digits) - 1 - scale // of the first digit
	if scale >= 0 && power >= -6 {
		return append(dst, types.FormatDecimal(string(digits), scale)...)
	}
	dst = append(dst, digits[0])
	if len(digits) > 1 {
		dst = append(append(dst, '.'), digits[1:]...)
	}
	dst = append(dst, 'E')
	if power > 0 {
		dst = append(dst, '+')
	}
	return strconv.AppendInt(dst, int64(power), 10)
}
