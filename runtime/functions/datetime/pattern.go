package datetime

import (
	"errors"
	"fmt"
	"strings"
	"sync"
)

// Pattern is a compiled pattern of Java's DateTimeFormatter.
type Pattern struct {
	text     string
	elements []element
	zones    sync.Map // zones that texts have named, by the text: *time.Location
}

// element is a part of a pattern.
type element interface {
	// format appends what the element makes of m.
	format(buf []byte, m *moment) ([]byte, error)
	// parse reads the element at the parser's position and reports whether it is there.
	parse(p *parser) bool
}

// Compile compiles a pattern.
func Compile(pattern string) (*Pattern, error) {
	c := &compiler{pattern: pattern, rest: pattern}
	elements, err := c.sequence(false)
	if err != nil {
		return nil, fmt.Errorf("pattern '%s': %w", pattern, err)
	}
	return &Pattern{text: pattern, elements: elements}, nil
}

// String returns the pattern's text.
func (p *Pattern) String() string { return p.text }

// compiler reads a pattern from its front.
type compiler struct{ pattern, rest string }

var (
	errOpenText      = errors.New("a quoted text does not end")
	errStrayEnd      = errors.New("] without [")
	errReserved      = errors.New("{, } and # are reserved")
	errNothingToFill = errors.New("p without a letter to pad")
)

// sequence reads elements up to the end, or the ] of an optional part.
func (c *compiler) sequence(inPart bool) ([]element, error) {
	var elements []element
	for c.rest != "" {
		if c.rest[0] == ']' {
			if !inPart {
				return nil, errStrayEnd
			}
			c.rest = c.rest[1:]
			return adjoin(elements), nil
		}
		e, err := c.next()
		if err != nil {
			return nil, err
		}
		elements = append(elements, e)
	}
	// Java closes an optional part that the pattern leaves open.
	return adjoin(elements), nil
}

// next reads an element off the front.
func (c *compiler) next() (element, error) {
	switch first := c.rest[0]; {
	case first >= 'a' && first <= 'z' || first >= 'A' && first <= 'Z':
		return c.field()
	case first == '\'':
		return c.quoted()
	case first == '[':
		c.rest = c.rest[1:]
		elements, err := c.sequence(true)
		return optional(elements), err
	case strings.IndexByte("{}#", first) >= 0:
		return nil, errReserved
	}
	n := strings.IndexFunc(c.rest, special)
	if n < 0 {
		n = len(c.rest)
	}
	text := literal(c.rest[:n])
	c.rest = c.rest[n:]
	return text, nil
}

// special reports whether a character of a pattern does not stand for itself.
func special(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("'[]{}#", r)
}

func (c *compiler) quoted() (element, error) {
	text, rest, err := cutQuoted(c.rest)
	c.rest = rest
	return literal(text), err
}

// cutQuoted returns the text within the quotes at the front of s, where two
// quotes stand for one, and what follows. Two quotes alone are one quote.
func cutQuoted(s string) (text, rest string, err error) {
	var out strings.Builder
	s = s[1:]
	for {
		part, rest, ok := strings.Cut(s, "'")
		if !ok {
			return "", "", errOpenText
		}
		out.WriteString(part)
		if !strings.HasPrefix(rest, "'") {
			if out.Len() == 0 {
				out.WriteByte('\'')
			}
			return out.String(), rest, nil
		}
		out.WriteByte('\'')
		s = rest[1:]
	}
}

// run takes a run of one letter off the front.
func (c *compiler) run() (letter byte, count int) {
	letter = c.rest[0]
	for count < len(c.rest) && c.rest[count] == letter {
		count++
	}
	c.rest = c.rest[count:]
	return letter, count
}

// field reads a run of a letter, with padding if there is any.
func (c *compiler) field() (element, error) {
	letter, count := c.run()
	if letter != 'p' {
		return letterElement(letter, count)
	}
	if c.rest == "" || !special(rune(c.rest[0])) || strings.IndexByte("'[]{}#", c.rest[0]) >= 0 {
		return nil, errNothingToFill
	}
	letter, n := c.run()
	inner, err := letterElement(letter, n)
	return padded{inner, count}, err
}

// adjoin lets numbers that follow one another share their digits: of several,
// the first may be of any width, and leaves those of fixed width theirs.
func adjoin(elements []element) []element {
	first := -1
	for i, e := range elements {
		n, ok := e.(*number)
		switch {
		case !ok:
			first = -1
		case first < 0:
			first = i
		case n.fixedWidth():
			elements[first].(*number).behind += n.most
		default:
			first = i
		}
	}
	return elements
}
