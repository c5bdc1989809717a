package serde

import (
	"unsafe"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file reads JSON values as values of the type that a node says.

// jsonReader is a method that reads the value at i as the node says.
type jsonReader func(s *jsonScanner, i int, n *jsonNode) (v data.Value, end int)

// jsonReaders are the readers of the kinds of values. Each begins with what
// values of its kind look like nearly always, and leaves the rest to coerce.
var jsonReaders = [...]jsonReader{
	types.KindNull:      (*jsonScanner).nothing,
	types.KindBoolean:   (*jsonScanner).boolean,
	types.KindInt:       (*jsonScanner).integer,
	types.KindBigint:    (*jsonScanner).integer,
	types.KindDouble:    (*jsonScanner).double,
	types.KindDecimal:   (*jsonScanner).numeric,
	types.KindString:    (*jsonScanner).string,
	types.KindBytes:     (*jsonScanner).coerce,
	types.KindDate:      (*jsonScanner).integer,
	types.KindTime:      (*jsonScanner).integer,
	types.KindTimestamp: (*jsonScanner).integer,
	types.KindArray:     (*jsonScanner).array,
	types.KindMap:       (*jsonScanner).entries,
	types.KindStruct:    (*jsonScanner).structure,
}

// coerce reads a value that is preceded by blanks, null, or of another JSON
// type than the usual.
func (s *jsonScanner) coerce(i int, n *jsonNode) (v data.Value, end int) {
	if start := s.space(i); start != i {
		return n.read(s, start, n)
	}
	c := s.peek(i)
	switch {
	case c == 'n':
		return data.Null, s.word(i, "null")
	case n.kind == types.KindString:
		return s.anyText(i)
	case n.kind == types.KindBytes && c == '"':
		return s.base64(i, n)
	case n.isNumeric() && c == '"':
		return s.numericText(i, n)
	}
	if end = s.skip(i); end < 0 {
		return data.Null, failed
	}
	return data.Null, s.mismatch(i, end, n)
}

// isNumeric reports whether values of the node's type are numbers in JSON.
func (n *jsonNode) isNumeric() bool { return n.kind.Numeric() || n.kind.Temporal() }

// nothing passes over a value that nobody wants.
func (s *jsonScanner) nothing(i int, _ *jsonNode) (v data.Value, end int) {
	return data.Null, s.skip(i)
}

func (s *jsonScanner) boolean(i int, n *jsonNode) (v data.Value, end int) {
	switch s.peek(i) {
	case 't':
		return data.Boolean(true), s.word(i, "true")
	case 'f':
		return data.Boolean(false), s.word(i, "false")
	}
	return s.coerce(i, n)
}

func (s *jsonScanner) string(i int, n *jsonNode) (v data.Value, end int) {
	if s.peek(i) != '"' {
		return s.coerce(i, n)
	}
	end, escaped := s.text(i + 1)
	if end < 0 || escaped {
		return s.quoted(i)
	}
	return data.StringBytes(s.src[i+1 : end : end]), end + 1
}

// quoted reads the string at i.
func (s *jsonScanner) quoted(i int) (v data.Value, end int) {
	end, escaped := s.text(i + 1)
	if end < 0 {
		return data.Null, failed
	}
	if escaped {
		return s.unescaped(s.src[i+1 : end]), end + 1
	}
	return data.StringBytes(s.src[i+1 : end : end]), end + 1
}

// integer reads a number without fraction; short ones it reads by itself.
func (s *jsonScanner) integer(i int, n *jsonNode) (v data.Value, end int) {
	first := i
	if s.peek(i) == '-' {
		first++
	}
	value, fraction, end := shortNumber(s.src, first)
	if end < 0 && (n.kind == types.KindBigint || n.kind == types.KindTimestamp) {
		value, end = longInteger(s.src, first)
	}
	if end < 0 || fraction != 0 {
		return s.numeric(i, n)
	}
	if first > i {
		value = -value
	}
	v, ok := integral(int64(value), n.kind)
	if !ok {
		return data.Null, s.mismatch(i, end, n)
	}
	return v, end
}

// double reads a DOUBLE; short ones it reads by itself.
func (s *jsonScanner) double(i int, n *jsonNode) (v data.Value, end int) {
	first := i
	if s.peek(i) == '-' {
		first++
	}
	mantissa, fraction, end := shortNumber(s.src, first)
	if end < 0 {
		return s.numeric(i, n)
	}
	// Both are exact, so one division rounds once (Clinger's fast path).
	f := float64(mantissa) / exact10[fraction&7]
	if first > i {
		f = -f
	}
	return data.Double(f), end
}

// numeric reads a number of any type and length.
func (s *jsonScanner) numeric(i int, n *jsonNode) (v data.Value, end int) {
	if c := s.peek(i); c-'0' > 9 && c != '-' {
		return s.coerce(i, n)
	}
	num, end := s.number(i)
	if end < 0 {
		return data.Null, failed
	}
	v, ok := num.convert(n.scalar)
	if !ok {
		return data.Null, s.mismatch(i, end, n)
	}
	return v, end
}

// numericText reads a text that holds a number.
func (s *jsonScanner) numericText(i int, n *jsonNode) (v data.Value, end int) {
	text, end := s.quoted(i)
	if end < 0 {
		return data.Null, failed
	}
	v, ok := parseNumber(text.Raw(), n.scalar)
	if !ok {
		return data.Null, s.mismatch(i, end, n)
	}
	return v, end
}

// base64 reads a text as the bytes that it stands for.
func (s *jsonScanner) base64(i int, n *jsonNode) (v data.Value, end int) {
	text, end := s.quoted(i)
	if end < 0 {
		return data.Null, failed
	}
	v, ok := parseBase64(text.Raw(), s.arena)
	if !ok {
		return data.Null, s.mismatch(i, end, n)
	}
	return v, end
}

// structure reads the object at i as a STRUCT.
func (s *jsonScanner) structure(i int, n *jsonNode) (v data.Value, end int) {
	if s.peek(i) != '{' {
		return s.coerce(i, n)
	}
	if !n.keep {
		return data.Null, s.object(i, n.object, nil)
	}
	fields := s.arena.Values(len(n.object.members))
	return data.Struct(fields), s.object(i, n.object, fields)
}

// array reads the array at i. Its elements pile up on the stack until their
// number is known.
func (s *jsonScanner) array(i int, n *jsonNode) (v data.Value, end int) {
	if s.peek(i) != '[' {
		return s.coerce(i, n)
	}
	i, more := s.enter(i, ']')
	base := len(s.stack)
	for index := 0; more; index++ {
		var elem data.Value
		if elem, i = n.elem.read(s, s.space(i), n.elem); i < 0 {
			s.stack = s.stack[:base]
			s.inElement(index)
			return data.Null, s.leave(failed)
		}
		if n.keep {
			s.stack = append(s.stack, elem)
		}
		i, more = s.more(i, ']')
	}
	return data.Array(s.popped(base)), s.leave(i)
}

// popped takes the values from base on off the stack and returns a copy of them.
func (s *jsonScanner) popped(base int) []data.Value {
	values := s.arena.Values(len(s.stack) - base)
	copy(values, s.stack[base:])
	clear(s.stack[base:]) // they would keep fetched bytes alive
	s.stack = s.stack[:base]
	return values
}

// entries reads the object at i as a MAP.
func (s *jsonScanner) entries(i int, n *jsonNode) (v data.Value, end int) {
	if s.peek(i) != '{' {
		return s.coerce(i, n)
	}
	i, more := s.enter(i, '}')
	base := len(s.stack)
	for more {
		var key, value data.Value
		if key, i = s.key(s.space(i)); i < 0 {
			break
		}
		if value, i = n.elem.read(s, i, n.elem); i < 0 {
			s.inMember(key.Text())
			break
		}
		if n.keep {
			s.stack = append(s.stack, key, value)
		}
		i, more = s.more(i, '}')
	}
	values := s.popped(base)
	if i < 0 {
		return data.Null, s.leave(failed)
	}
	// Entries are pairs of values that lie one behind the other.
	entries := unsafe.Slice((*data.Entry)(unsafe.Pointer(unsafe.SliceData(values))), len(values)/2)
	return data.Map(entries), s.leave(i)
}

// key reads a member's name as a value, and passes over the colon.
func (s *jsonScanner) key(i int) (key data.Value, next int) {
	if s.peek(i) != '"' {
		return data.Null, s.unexpected(i, "a member's name in quotes")
	}
	if key, i = s.quoted(i); i < 0 {
		return data.Null, failed
	}
	if i = s.space(i); s.peek(i) != ':' {
		return data.Null, s.unexpected(i, "':'")
	}
	return key, s.space(i + 1)
}
