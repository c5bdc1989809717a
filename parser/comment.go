package parser

import (
	"strings"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/parser/source"
)

// Directive is a comment of the form --@name: value, which scripts for tests
// use.
type Directive struct {
	source.Span
	// Text is what stands after --@ on its line, without blanks around it.
	Text string
}

// skip passes blanks and comments. Blanks are four characters of ASCII; a
// no-break space or a byte order mark is none of them.
func (l *lexer) skip() {
	for l.pos < len(l.text) {
		switch c := l.text[l.pos]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			l.pos++
		case c == '-' && strings.HasPrefix(l.text[l.pos:], "--@"):
			l.directive()
		case c == '-' && l.lineComment():
		case c == '/' && l.blockComment():
		default:
			return
		}
	}
}

// directive passes a --@ comment and keeps it.
func (l *lexer) directive() {
	start := l.pos
	l.pos = lineEnd(l.text, start)
	l.directives = append(l.directives, Directive{
		Span: source.Span{Start: start, End: l.pos},
		Text: strings.TrimSpace(l.text[start+len("--@") : l.pos]),
	})
}

// lineComment passes a comment that begins with two minus signs. As in ksqlDB
// the character after them always belongs to it, so one right before a line
// break swallows the next line too, and at the end of the text they are two
// minus signs.
func (l *lexer) lineComment() bool {
	rest := l.text[l.pos:]
	if len(rest) < 3 || !strings.HasPrefix(rest, "--") {
		return false
	}
	_, size := utf8.DecodeRuneInString(rest[2:])
	l.pos = lineEnd(l.text, l.pos+2+size)
	return true
}

// blockComment passes a comment between /* and */, which do not nest. Without
// its end it is no comment.
func (l *lexer) blockComment() bool {
	rest := l.text[l.pos:]
	if l.endless || !strings.HasPrefix(rest, "/*") {
		return false
	}
	size := strings.Index(rest[2:], "*/")
	if size < 0 {
		l.endless = true
		l.unclosed = true
		return false
	}
	l.pos += 2 + size + 2
	return true
}

// lineEnd returns the offset of the first line break at or after pos, or the
// end of the text.
func lineEnd(text string, pos int) int {
	if n := strings.IndexByte(text[pos:], '\n'); n >= 0 {
		return pos + n
	}
	return len(text)
}
