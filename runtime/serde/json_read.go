package serde

import (
	"encoding/base64"
	"unsafe"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file reads JSON values as values of the type that a node says.

// value reads the value at i into dst. What comes first here is what values of
// the kind look like nearly always; coerce does the rest.
func (s *jsonScanner) value(i int, n *jsonNode, dst *data.Value) int {
	c := s.peek(i)
	switch n.kind {
	case types.KindNull:
		return s.skip(i)
	case types.KindString:
		if c == '"' {
			return s.string(i, dst)
		}
	case types.KindStruct:
		if c == '{' {
			return s.structure(i, n, dst)
		}
	case types.KindArray:
		if c == '[' {
			return s.array(i, n, dst)
		}
	case types.KindMap:
		if c == '{' {
			return s.entries(i, n, dst)
		}
	case types.KindBoolean, types.KindBytes:
	default:
		if c-'0' <= 9 || c == '-' {
			return s.numeric(i, n, dst)
		}
	}
	return s.coerce(i, n, dst)
}

// coerce reads a value that is preceded by blanks, null, or of another JSON
// type than the usual.
func (s *jsonScanner) coerce(i int, n *jsonNode, dst *data.Value) int {
	if start := s.space(i); start != i {
		return s.value(start, n, dst)
	}
	c := s.peek(i)
	switch {
	case c == 'n':
		*dst = data.Null
		return s.word(i, "null")
	case n.kind == types.KindString:
		return s.anyText(i, dst)
	case n.kind == types.KindBoolean && (c == 't' || c == 'f'):
		*dst = data.Boolean(c == 't')
		return s.skip(i)
	case n.kind == types.KindBytes && c == '"':
		return s.base64(i, n, dst)
	case n.isNumeric() && c == '"':
		return s.numericText(i, n, dst)
	}
	end := s.skip(i)
	if end < 0 {
		return failed
	}
	return s.mismatch(i, end, n)
}

// isNumeric reports whether values of the node's type are numbers in JSON.
func (n *jsonNode) isNumeric() bool { return n.kind.Numeric() || n.kind.Temporal() }

func (s *jsonScanner) string(i int, dst *data.Value) int {
	end, escaped := s.text(i + 1)
	if end < 0 {
		return failed
	}
	if escaped {
		*dst = s.unescaped(s.src[i+1 : end])
	} else {
		*dst = data.StringBytes(s.src[i+1 : end : end])
	}
	return end + 1
}

// numeric reads the number at i.
func (s *jsonScanner) numeric(i int, n *jsonNode, dst *data.Value) int {
	num, end := s.number(i)
	if end < 0 {
		return failed
	}
	if !num.convert(n.scalar, dst) {
		return s.mismatch(i, end, n)
	}
	return end
}

// numericText reads a text that holds a number.
func (s *jsonScanner) numericText(i int, n *jsonNode, dst *data.Value) int {
	var text data.Value
	end := s.string(i, &text)
	if end < 0 {
		return failed
	}
	if !parseNumber(text.Raw(), n.scalar, dst) {
		return s.mismatch(i, end, n)
	}
	return end
}

// base64 reads a text as the bytes that it stands for.
func (s *jsonScanner) base64(i int, n *jsonNode, dst *data.Value) int {
	var text data.Value
	end := s.string(i, &text)
	if end < 0 {
		return failed
	}
	raw := s.arena.Bytes(base64.StdEncoding.DecodedLen(len(text.Raw())))
	length, err := base64.StdEncoding.Decode(raw, text.Raw())
	if err != nil {
		return s.mismatch(i, end, n)
	}
	*dst = data.Bytes(raw[:length])
	return end
}

func (s *jsonScanner) structure(i int, n *jsonNode, dst *data.Value) int {
	if !n.keep {
		return s.object(i, n.object, nil)
	}
	fields := s.arena.Values(len(n.object.members))
	*dst = data.Struct(fields)
	return s.object(i, n.object, fields)
}

// array reads the array at i. Its elements pile up on the stack until their
// number is known.
func (s *jsonScanner) array(i int, n *jsonNode, dst *data.Value) int {
	i, more := s.enter(i, ']')
	base := len(s.stack)
	for index := 0; more; index++ {
		var elem data.Value
		if i = s.value(s.space(i), n.elem, &elem); i < 0 {
			s.stack = s.stack[:base]
			return s.step(jsonStep{index: index})
		}
		if n.keep {
			s.stack = append(s.stack, elem)
		}
		i, more = s.more(i, ']')
	}
	elems := s.popped(base)
	*dst = data.Array(elems)
	return s.leave(i)
}

// popped takes the values from base on off the stack and returns a copy of them.
func (s *jsonScanner) popped(base int) []data.Value {
	values := s.arena.Values(len(s.stack) - base)
	copy(values, s.stack[base:])
	s.stack = s.stack[:base]
	return values
}

// entries reads the object at i as a MAP.
func (s *jsonScanner) entries(i int, n *jsonNode, dst *data.Value) int {
	i, more := s.enter(i, '}')
	base := len(s.stack)
	for more {
		var key, value data.Value
		if i = s.key(s.space(i), &key); i < 0 {
			break
		}
		if i = s.value(i, n.elem, &value); i < 0 {
			s.step(jsonStep{name: key.Text()})
			break
		}
		if n.keep {
			s.stack = append(s.stack, key, value)
		}
		i, more = s.more(i, '}')
	}
	values := s.popped(base)
	if i < 0 {
		return failed
	}
	// Entries are pairs of values that lie one behind the other.
	*dst = data.Map(unsafe.Slice((*data.Entry)(unsafe.Pointer(unsafe.SliceData(values))), len(values)/2))
	return s.leave(i)
}

// key reads a member's name as a value, and passes over the colon.
func (s *jsonScanner) key(i int, dst *data.Value) int {
	if s.peek(i) != '"' {
		return s.unexpected(i, "a member's name in quotes")
	}
	if i = s.string(i, dst); i < 0 {
		return failed
	}
	if i = s.space(i); s.peek(i) != ':' {
		return s.unexpected(i, "':'")
	}
	return s.space(i + 1)
}
