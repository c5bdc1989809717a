package parser

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
)

// This file shows tokens to those who colour or complete a text.

// Class says what a lexeme is to a reader.
type Class int

// The classes of lexemes.
const (
	Word     Class = iota + 1 // a word of the grammar
	Name                      // a name without quotes, ${name} among them
	Quoted                    // a name in quotes
	Text                      // a string
	Number                    // a number
	Mark                      // punctuation
	Comment                   // a comment
	Broken                    // what no rule accepts
	Unclosed                  // a string, name or comment up to the end of the text, its end is missing
)

// Lexeme is a token or comment of a text.
type Lexeme struct {
	source.Span
	Class Class
	// Word is a word of the grammar in capitals, or a mark; empty for other classes.
	Word string
}

// classes are the classes of the kinds of tokens; end has none.
var classes = map[kind]Class{
	keyword: Word, stringToken: Text, integer: Number, decimal: Number, float: Number,
	name: Name, digitName: Name, quotedName: Quoted, variable: Name, punctuation: Mark, bad: Broken,
}

// Lexemes returns the tokens and comments of a text in order, of whatever statements. It
// takes any text. What follows an unclosed quote belongs to one lexeme.
func Lexemes(text string) []Lexeme {
	var all []Lexeme
	l := &lexer{text: text}
	for {
		before := l.pos
		t := l.next()
		if l.unclosed && t.kind != end {
			all = append(all, comments(text, before, t.off)...)
			return append(all, Lexeme{Span: source.Span{Start: t.off, End: len(text)}, Class: Unclosed})
		}
		all = append(all, comments(text, before, t.off)...)
		if t.kind == end {
			return all
		}
		all = append(all, Lexeme{Span: t.span(), Class: classes[t.kind], Word: t.word})
	}
}

// comments returns the comments between two tokens, as one lexeme for all that touch.
func comments(text string, from, to int) []Lexeme {
	const blanks = " \t\r\n"
	between := text[from:to]
	trimmed := strings.TrimLeft(between, blanks)
	if trimmed == "" {
		return nil
	}
	start := from + len(between) - len(trimmed)
	return []Lexeme{{Span: source.Span{Start: start, End: start + len(strings.TrimRight(trimmed, blanks))}, Class: Comment}}
}
