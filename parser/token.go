package parser

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

// This file says what a token is and what it means to the grammar.

// kind is the kind of a token. On a tie in length the lexer prefers the
// earlier kind.
type kind int

const (
	keyword kind = iota + 1
	stringToken
	integer
	decimal
	float
	name
	digitName // 1abc: a name that begins with a digit
	quotedName
	variable // ${name}
	punctuation
	bad // what no rule of the language accepts
	end // of the text
)

// token is one word, number, string or mark of the text.
type token struct {
	kind kind
	// text is the token as written.
	text string
	// word is what the grammar compares: a keyword in capitals, or
	// punctuation, where != is <>. Empty for other kinds.
	word string
	// off is the byte offset of text; line and column are worked out when
	// needed.
	off int
}

// span returns the token's place.
func (t token) span() source.Span {
	return source.Span{Start: t.off, End: t.off + len(t.text)}
}

// is reports whether the token is this keyword or punctuation.
func (t token) is(word string) bool { return t.word == word && word != "" }

// isName reports whether the token can stand where a name is due.
func (t token) isName() bool {
	switch t.kind {
	case name, digitName, quotedName, variable:
		return true
	case keyword:
		return !ast.Reserved(t.word)
	default:
		return false
	}
}

// isNumber reports whether the token is a number without sign.
func (t token) isNumber() bool {
	return t.kind == integer || t.kind == decimal || t.kind == float
}

// name returns what the token means as a name.
func (t token) name() ast.Name {
	if t.kind == quotedName {
		return ast.Name{Span: t.span(), Text: unquote(t.text), Quoted: true}
	}
	return ast.Name{Span: t.span(), Text: strings.ToUpper(t.text)}
}

// unquote removes the quotes around text and the doubling of those inside it.
func unquote(text string) string {
	quote := text[:1]
	return strings.ReplaceAll(text[1:len(text)-1], quote+quote, quote)
}

// units are the words for units of time, singular and plural.
var units = map[string]ast.Unit{
	"DAY": ast.Days, "DAYS": ast.Days,
	"HOUR": ast.Hours, "HOURS": ast.Hours,
	"MINUTE": ast.Minutes, "MINUTES": ast.Minutes,
	"SECOND": ast.Seconds, "SECONDS": ast.Seconds,
	"MILLISECOND": ast.Milliseconds, "MILLISECONDS": ast.Milliseconds,
}

// unitWords are the words for units that are told where one is due.
var unitWords = [...]string{"DAYS", "HOURS", "MINUTES", "SECONDS", "MILLISECONDS"}

// argumentUnit returns the unit of time a reserved word stands for as an
// argument of a function. The free words, such as DAY, name a column there.
func argumentUnit(word string) (ast.Unit, bool) {
	switch word {
	case "YEARS":
		return ast.Years, true
	case "MONTHS":
		return ast.Months, true
	}
	unit, ok := units[word]
	return unit, ok && ast.Reserved(word)
}
