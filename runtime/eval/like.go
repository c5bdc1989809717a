package eval

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/planner/expr"
)

// errNullLike is the error of LIKE with a NULL on either side.
var errNullLike = errors.New("an operand of LIKE is NULL")

// like compiles LIKE. A pattern that is not a constant is prepared again
// whenever it changes.
func (c *compiler) like(e *expr.Like) (Predicate, error) {
	operand, err := c.program(e.Operand)
	if err != nil {
		return nil, err
	}
	pattern, err := c.program(e.Pattern)
	if err != nil {
		return nil, err
	}
	prepared := preparePattern("", e.Escape)
	matches := func(f *Frame) (bool, error) {
		text, err := operand(f)
		if err != nil {
			return false, err
		}
		p, err := pattern(f)
		if err != nil {
			return false, err
		}
		if text.IsNull() || p.IsNull() {
			return false, errNullLike
		}
		if p.Text() != prepared.text {
			prepared = preparePattern(strings.Clone(p.Text()), e.Escape)
		}
		return prepared.matches(text.Text()), nil
	}
	return negated(matches, e.Not), nil
}

// likePattern is a pattern of LIKE, cut at its %: the text matches if the
// pieces follow one another in it, the first at the start and the last at the end.
type likePattern struct {
	text   string
	pieces []piece
}

// piece is a pattern without %.
type piece struct {
	text string // what it stands for; a placeholder where any is set
	any  []bool // for each character, whether it was a _; nil if there is none
	size int    // in characters
}

// preparePattern cuts a pattern into pieces. The escape is one character or
// nothing; what follows it stands for itself.
func preparePattern(text, escape string) likePattern {
	p := likePattern{text: text}
	var current piece
	escaped := false
	for _, r := range text {
		switch {
		case !escaped && escape != "" && string(r) == escape:
			escaped = true
			continue
		case !escaped && r == '%':
			p.pieces = append(p.pieces, current)
			current = piece{}
			continue
		}
		current.add(r, !escaped && r == '_')
		escaped = false
	}
	p.pieces = append(p.pieces, current)
	return p
}

// add appends a character, or a place for any.
func (p *piece) add(r rune, wild bool) {
	if wild && p.any == nil {
		p.any = make([]bool, p.size)
	}
	if p.any != nil {
		p.any = append(p.any, wild)
	}
	p.text += string(r)
	p.size++
}

// matches reports whether the whole text fits. Taking the first place of each
// piece in the middle is enough: a later one leaves less text for the rest.
func (p *likePattern) matches(text string) bool {
	first, last := p.pieces[0], p.pieces[len(p.pieces)-1]
	rest, ok := first.cutPrefix(text)
	if !ok {
		return false
	}
	if len(p.pieces) == 1 {
		return rest == ""
	}
	for _, middle := range p.pieces[1 : len(p.pieces)-1] {
		if rest, ok = middle.cutAfter(rest); !ok {
			return false
		}
	}
	return last.ends(rest)
}

// cutPrefix returns what follows the piece at the start of text.
func (p *piece) cutPrefix(text string) (rest string, ok bool) {
	if p.any == nil {
		return strings.CutPrefix(text, p.text)
	}
	i := 0
	for _, want := range p.text {
		if text == "" {
			return "", false
		}
		got, n := utf8.DecodeRuneInString(text)
		if got != want && !p.any[i] {
			return "", false
		}
		text = text[n:]
		i++
	}
	return text, true
}

// cutAfter returns what follows the first place of the piece in text.
func (p *piece) cutAfter(text string) (rest string, ok bool) {
	if p.any == nil {
		_, rest, ok = strings.Cut(text, p.text)
		return rest, ok
	}
	for {
		if rest, ok = p.cutPrefix(text); ok || text == "" {
			return rest, ok
		}
		_, n := utf8.DecodeRuneInString(text)
		text = text[n:]
	}
}

// ends reports whether text ends with the piece.
func (p *piece) ends(text string) bool {
	if p.any == nil {
		return strings.HasSuffix(text, p.text)
	}
	start := len(text)
	for range p.size {
		if start == 0 {
			return false
		}
		_, n := utf8.DecodeLastRuneInString(text[:start])
		start -= n
	}
	rest, ok := p.cutPrefix(text[start:])
	return ok && rest == ""
}
