package functions

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// This file reads JSON into a tree and writes it compactly. Numbers keep their
// text, objects the order of their names; of two values with the same name the
// last counts, at the place of the first.

// jsonKind is a kind of JSON value.
type jsonKind uint8

const (
	jsonMissing jsonKind = iota // no value at all
	jsonNull
	jsonTrue
	jsonFalse
	jsonNumber
	jsonText
	jsonArray
	jsonObject
)

// jsonNode is a JSON value. The zero jsonNode is none.
type jsonNode struct {
	kind  jsonKind
	text  string // of a number, as written, or of a text, unescaped
	elems []jsonNode
	names []string       // of the elems of an object
	index map[string]int // of the names, where there are many
}

// manyNames is how many names are looked up one by one.
const manyNames = 16

// field returns the value of a name of an object; it is missing if there is none.
func (n *jsonNode) field(name string) *jsonNode {
	i := -1
	if n.index == nil {
		i = slices.Index(n.names, name)
	} else if at, ok := n.index[name]; ok {
		i = at
	}
	if i < 0 {
		return &jsonNode{}
	}
	return &n.elems[i]
}

// elem returns an element of an array; it is missing if there is none.
func (n *jsonNode) elem(i int) *jsonNode {
	if n.kind != jsonArray || i < 0 || i >= len(n.elems) {
		return &jsonNode{}
	}
	return &n.elems[i]
}

// set sets the value of a name of an object.
func (n *jsonNode) set(name string, value jsonNode) {
	if old := n.field(name); old.kind != jsonMissing {
		*old = value
		return
	}
	n.names = append(n.names, name)
	n.elems = append(n.elems, value)
	switch {
	case n.index != nil:
		n.index[name] = len(n.names) - 1
	case len(n.names) > manyNames:
		n.index = make(map[string]int, 2*manyNames)
		for i, f := range n.names {
			n.index[f] = i
		}
	}
}

// append appends the value as compact JSON.
func (n *jsonNode) append(out []byte) []byte {
	switch n.kind {
	case jsonTrue:
		return append(out, "true"...)
	case jsonFalse:
		return append(out, "false"...)
	case jsonNumber:
		return append(out, n.text...)
	case jsonText:
		return appendJSONText(out, n.text)
	case jsonArray:
		return append(n.appendElems(append(out, '[')), ']')
	case jsonObject:
		return append(n.appendElems(append(out, '{')), '}')
	}
	return append(out, "null"...)
}

func (n *jsonNode) appendElems(out []byte) []byte {
	for i := range n.elems {
		if i > 0 {
			out = append(out, ',')
		}
		if n.kind == jsonObject {
			out = append(appendJSONText(out, n.names[i]), ':')
		}
		out = n.elems[i].append(out)
	}
	return out
}

// appendJSONText appends s in quotes, escaping what has to be escaped.
func appendJSONText(out []byte, s string) []byte {
	out = append(out, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			out = append(out, '\\', c)
		case '\n':
			out = append(out, '\\', 'n')
		case '\r':
			out = append(out, '\\', 'r')
		case '\t':
			out = append(out, '\\', 't')
		case '\b':
			out = append(out, '\\', 'b')
		case '\f':
			out = append(out, '\\', 'f')
		default:
			if c < ' ' {
				out = append(out, '\\', 'u', '0', '0', upperHex[c>>4], upperHex[c&15])
				continue
			}
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// jsonDepth is how deep JSON may be nested.
const jsonDepth = 1000

var errJSONDepth = fmt.Errorf("JSON is nested more than %d levels deep", jsonDepth)

// parseJSON reads a document, which must be all of s. Blank text is a missing value.
func parseJSON(s string) (jsonNode, error) {
	p := &jsonParser{s: s}
	if p.skip(); p.pos == len(s) {
		return jsonNode{}, nil
	}
	n, err := p.value(0)
	if err != nil {
		return jsonNode{}, err
	}
	if p.skip(); p.pos != len(s) {
		return jsonNode{}, p.bad()
	}
	return n, nil
}

// jsonParser is how far a document has been read.
type jsonParser struct {
	s   string
	pos int
}

func (p *jsonParser) bad() error { return fmt.Errorf("invalid JSON at index %d", p.pos) }

func (p *jsonParser) skip() {
	for p.pos < len(p.s) && (p.s[p.pos] == ' ' || p.s[p.pos] == '\n' || p.s[p.pos] == '\r' || p.s[p.pos] == '\t') {
		p.pos++
	}
}

// accept skips blanks and then c, if it is there.
func (p *jsonParser) accept(c byte) bool {
	p.skip()
	if p.pos < len(p.s) && p.s[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

// value reads a value, which may have blanks before it.
func (p *jsonParser) value(depth int) (jsonNode, error) {
	if depth > jsonDepth {
		return jsonNode{}, errJSONDepth
	}
	switch {
	case p.accept('{'):
		return p.object(depth)
	case p.accept('['):
		return p.array(depth)
	case p.accept('"'):
		text, err := p.text()
		return jsonNode{kind: jsonText, text: text}, err
	case p.word("true"):
		return jsonNode{kind: jsonTrue}, nil
	case p.word("false"):
		return jsonNode{kind: jsonFalse}, nil
	case p.word("null"):
		return jsonNode{kind: jsonNull}, nil
	}
	return p.number()
}

// word skips a word if it comes next, without blanks.
func (p *jsonParser) word(word string) bool {
	if len(p.s)-p.pos < len(word) || p.s[p.pos:p.pos+len(word)] != word {
		return false
	}
	p.pos += len(word)
	return true
}

// array reads the rest of an array behind its bracket.
func (p *jsonParser) array(depth int) (jsonNode, error) {
	n := jsonNode{kind: jsonArray}
	if p.accept(']') {
		return n, nil
	}
	for {
		elem, err := p.value(depth + 1)
		if err != nil {
			return n, err
		}
		n.elems = append(n.elems, elem)
		if p.accept(']') {
			return n, nil
		}
		if !p.accept(',') {
			return n, p.bad()
		}
	}
}

// object reads the rest of an object behind its brace.
func (p *jsonParser) object(depth int) (jsonNode, error) {
	n := jsonNode{kind: jsonObject}
	if p.accept('}') {
		return n, nil
	}
	for {
		if !p.accept('"') {
			return n, p.bad()
		}
		name, err := p.text()
		if err != nil {
			return n, err
		}
		if !p.accept(':') {
			return n, p.bad()
		}
		value, err := p.value(depth + 1)
		if err != nil {
			return n, err
		}
		n.set(name, value)
		if p.accept('}') {
			return n, nil
		}
		if !p.accept(',') {
			return n, p.bad()
		}
	}
}

// number reads a number by JSON's grammar.
func (p *jsonParser) number() (jsonNode, error) {
	start := p.pos
	p.word("-")
	if !p.word("0") && !p.digits() {
		return jsonNode{}, p.bad()
	}
	if p.word(".") && !p.digits() {
		return jsonNode{}, p.bad()
	}
	if p.word("e") || p.word("E") {
		if !p.word("-") {
			p.word("+")
		}
		if !p.digits() {
			return jsonNode{}, p.bad()
		}
	}
	return jsonNode{kind: jsonNumber, text: p.s[start:p.pos]}, nil
}

// digits skips digits and reports whether there were any.
func (p *jsonParser) digits() bool {
	start := p.pos
	for p.pos < len(p.s) && p.s[p.pos] >= '0' && p.s[p.pos] <= '9' {
		p.pos++
	}
	return p.pos > start
}

var errJSONText = errors.New("a text in JSON does not end")

// text reads a text behind its opening quote. Without escapes it aliases the document.
func (p *jsonParser) text() (string, error) {
	start := p.pos
	for p.pos < len(p.s) {
		switch c := p.s[p.pos]; {
		case c == '"':
			p.pos++
			return p.s[start : p.pos-1], nil
		case c == '\\':
			return p.escapedText(p.s[start:p.pos])
		case c < ' ':
			return "", p.bad()
		}
		p.pos++
	}
	return "", errJSONText
}

// escapedText reads the rest of a text from its first escape on.
func (p *jsonParser) escapedText(front string) (string, error) {
	out := []byte(front)
	for p.pos < len(p.s) {
		c := p.s[p.pos]
		p.pos++
		switch {
		case c == '"':
			return string(out), nil
		case c < ' ':
			return "", p.bad()
		case c != '\\':
			out = append(out, c)
			continue
		}
		r, ok := p.escape()
		if !ok {
			return "", p.bad()
		}
		out = utf8.AppendRune(out, r)
	}
	return "", errJSONText
}

// jsonEscapes are the characters that stand behind a backslash, and what they stand for.
var jsonEscapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads what follows a backslash.
func (p *jsonParser) escape() (rune, bool) {
	if p.pos == len(p.s) {
		return 0, false
	}
	c := p.s[p.pos]
	p.pos++
	if c != 'u' {
		r, ok := jsonEscapes[c]
		return r, ok
	}
	r, ok := p.hex()
	if !ok || !utf16.IsSurrogate(r) || !p.word(`\u`) {
		return r, ok
	}
	low, ok := p.hex()
	return utf16.DecodeRune(r, low), ok
}

// hex reads four hexadecimal digits.
func (p *jsonParser) hex() (rune, bool) {
	if len(p.s)-p.pos < 4 {
		return 0, false
	}
	v, err := strconv.ParseUint(p.s[p.pos:p.pos+4], 16, 16)
	p.pos += 4
	return rune(v), err == nil
}
