// Package source says where in an SQL text something stands and what is wrong
// there. Every floor above reports faults in texts with its Error, so that a
// user always sees the same form: a position, a message, and in a terminal the
// source line with a marker under it.
//
// All values are plain data and safe for concurrent use once built.
package source

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Span is a range of byte offsets in a text: Start belongs to it, End does not.
// The zero Span stands for "no place known".
//
// Nodes of the syntax tree embed it, which is why it has no String method.
type Span struct {
	Start, End int
}

// Place returns the span itself. Through it every type that embeds a Span can
// tell its place.
func (s Span) Place() Span { return s }

// IsZero reports whether no place is known.
func (s Span) IsZero() bool { return s == Span{} }

// To returns the smallest span that covers both s and end. A zero span counts
// as absent.
func (s Span) To(end Span) Span {
	switch {
	case s.IsZero():
		return end
	case end.IsZero():
		return s
	}
	return Span{Start: min(s.Start, end.Start), End: max(s.End, end.End)}
}

// Shift moves the span by offset bytes: from a part of a text to the whole.
func (s Span) Shift(offset int) Span {
	return Span{Start: s.Start + offset, End: s.End + offset}
}

// In returns the part of text that the span covers, cut to the text's bounds.
func (s Span) In(text string) string {
	start := min(max(s.Start, 0), len(text))
	return text[start:min(max(s.End, start), len(text))]
}

// Position is a place as people count: both numbers start at 1, lines end at
// \n only, and a column is one character (a tab is one, whatever its width).
type Position struct {
	Line, Column int
}

// PositionOf returns the position of a byte offset in text. An offset behind
// the text is taken as its end.
func PositionOf(text string, offset int) Position {
	head := text[:min(max(offset, 0), len(text))]
	line := head[strings.LastIndexByte(head, '\n')+1:]
	return Position{
		Line:   1 + strings.Count(head, "\n"),
		Column: 1 + utf8.RuneCountInString(line),
	}
}

// String returns the position as "line:column".
func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }
