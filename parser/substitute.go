package parser

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
)

// Substitute replaces the references ${name} in a text of whole statements by
// the variables' values, by ksqlDB's rules; the names of variables ignore case.
//
// No value can smuggle SQL in: where a name is due, the value must be one name,
// quoted or not; where a literal is due, a quoted string, a number, TRUE or
// FALSE; inside quotes, the quote is doubled. A reference to a variable that is
// not defined stays as it is, which Parse refuses outside of quotes.
//
// The error is a *source.Error: a value that does not fit, or the first fault in
// the syntax of a statement that has references.
func Substitute(text string, variables map[string]string) (string, error) {
	if len(variables) == 0 || !strings.Contains(text, "${") {
		return text, nil
	}
	var out strings.Builder
	written := 0
	l := &lexer{text: text}
	for {
		p, err := newParser(l, testForms)
		if err != nil {
			return "", err
		}
		if p.toks[0].kind == end {
			out.WriteString(text[written:])
			return out.String(), nil
		}
		if err := p.findPlaces(); err != nil {
			return "", err
		}
		for i, t := range p.toks {
			value, err := p.substituted(i, t, variables)
			if err != nil {
				return "", err.In(text)
			}
			if out.Len()+len(value) > maxSubstituted {
				return "", source.Errorf(t.span(), "With its variables the text is longer than %d MB", maxSubstituted/1_000_000).In(text)
			}
			out.WriteString(text[written:t.off])
			out.WriteString(value)
			written = t.span().End
		}
	}
}

// maxSubstituted bounds what variables may make of a text: DEFINE x = '${x}${x}'
// doubles it every time.
const maxSubstituted = 128_000_000

// findPlaces notes for what the variables in the statement stand, if it has any.
func (p *parser) findPlaces() error {
	for _, t := range p.toks {
		if t.kind == variable {
			p.places = map[int]place{}
			p.parseAny()
			if p.fault != nil {
				return p.err()
			}
			return nil
		}
	}
	return nil
}

// substituted returns a token's text after substitution.
func (p *parser) substituted(i int, t token, variables map[string]string) (string, *source.Error) {
	switch t.kind {
	case stringToken, quotedName:
		return expand(t.text, variables), nil
	case variable:
		value, ok := lookUp(variables, t.text)
		if !ok {
			return t.text, nil
		}
		if !fits(value, p.places[i]) {
			return "", source.Errorf(t.span(), "%s Got: '%s'", misfit(p.places[i]), short(value))
		}
		return value, nil
	default:
		return t.text, nil
	}
}

// misfit says what is due at a place.
func misfit(at place) string {
	if at == namePlace {
		return "Illegal argument. A variable used as a name must hold one name."
	}
	return "Illegal argument. A variable used as a literal must hold a quoted string, " +
		"a number, TRUE or FALSE."
}

// lookUp returns the value of the variable that reference ${name} names.
func lookUp(variables map[string]string, reference string) (string, bool) {
	wanted := reference[len("${") : len(reference)-len("}")]
	if value, ok := variables[wanted]; ok {
		return value, true
	}
	for n, value := range variables {
		if strings.EqualFold(n, wanted) {
			return value, true
		}
	}
	return "", false
}

// fits reports whether a value is what a place wants, and nothing else: exactly
// one token, for our own lexer decides what a value would mean in the text.
func fits(value string, at place) bool {
	l := &lexer{text: value}
	t := l.next()
	signed := at == literalPlace && t.is("-")
	if signed {
		t = l.next()
	}
	switch {
	case l.next().kind != end, l.unclosed, strings.TrimLeft(value, "-") != t.text:
		return false // more than one token, a comment, or blanks
	case signed:
		return t.isNumber()
	case at == namePlace:
		return t.isName() && t.kind != variable
	default:
		return t.isNumber() || t.kind == stringToken || t.is("TRUE") || t.is("FALSE")
	}
}

// expand replaces the references inside quotes. What it puts in is not searched
// again.
func expand(text string, variables map[string]string) string {
	var b strings.Builder
	quote := text[:1]
	for i := 0; i < len(text); {
		if size := referenceSize(text[i:]); size > 0 {
			if value, ok := lookUp(variables, text[i:i+size]); ok {
				b.WriteString(strings.ReplaceAll(value, quote, quote+quote))
				i += size
				continue
			}
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String()
}
