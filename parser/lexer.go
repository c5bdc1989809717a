package parser

import (
	"strings"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/parser/ast"
)

// lexer cuts a text into tokens. It never fails: what no rule accepts becomes
// a bad token, which fails where the grammar meets it.
type lexer struct {
	text string
	pos  int
	// directives collects the --@ comments passed over.
	directives []Directive
	// unclosed tells that a quote or a block comment was opened and the text
	// ended before it was closed.
	unclosed bool
	// endless tells that a block comment was found to have no end. Then none
	// after it has, and the text need not be searched again.
	endless bool
}

// marks are the tokens of punctuation, longer ones before their beginnings.
var marks = []string{
	"->", "=>", ":=", "<>", "!=", "<=", ">=", "||",
	"=", "<", ">", "+", "-", "*", "/", "%", ".", ",", ";", "(", ")", "[", "]",
}

// next returns the next token; at the end of the text an end token, for ever.
func (l *lexer) next() token {
	l.skip()
	if l.pos == len(l.text) {
		return token{kind: end, off: l.pos}
	}
	start := l.pos
	k, size := l.scan(l.text[start:])
	l.pos += size
	t := token{kind: k, text: l.text[start:l.pos], off: start}
	switch k {
	case punctuation:
		t.word = t.text
		if t.word == "!=" {
			t.word = "<>"
		}
	case name:
		if upper := strings.ToUpper(t.text); ast.Keyword(upper) {
			t.kind, t.word = keyword, upper
		}
	}
	return t
}

// scan returns the kind and size of the token that rest begins with. The first
// byte decides but for numbers, where the longest reading wins: 1e5 is a number,
// 1e5x a name.
func (l *lexer) scan(rest string) (kind, int) {
	switch c := rest[0]; {
	case isLetter(c):
		return name, run(rest, isNameByte)
	case isDigit(c), c == '.' && len(rest) > 1 && isDigit(rest[1]):
		return number(rest)
	case c == '\'' || c == '"' || c == '`':
		return l.quoted(rest)
	case c == '$':
		return reference(rest)
	}
	for _, m := range marks {
		if strings.HasPrefix(rest, m) {
			return punctuation, len(m)
		}
	}
	_, size := utf8.DecodeRuneInString(rest)
	return bad, size
}

// number scans a number or a name that begins with a digit, whichever is
// longer.
func number(rest string) (kind, int) {
	digits := run(rest, isDigit)
	k, size := integer, digits
	if size < len(rest) && rest[size] == '.' {
		k, size = decimal, size+1+run(rest[size+1:], isDigit)
	}
	if e := exponent(rest[size:]); e > 0 {
		k, size = float, size+e
	}
	if digits == 0 {
		return k, size
	}
	if word := run(rest, isNameByte); word > size {
		return digitName, word
	}
	return k, size
}

// exponent returns the size of the exponent that rest begins with, 0 if none.
func exponent(rest string) int {
	if rest == "" || (rest[0] != 'e' && rest[0] != 'E') {
		return 0
	}
	signed := 1
	if len(rest) > 1 && (rest[1] == '+' || rest[1] == '-') {
		signed = 2
	}
	digits := run(rest[signed:], isDigit)
	if digits == 0 {
		return 0
	}
	return signed + digits
}

// quoted scans a string or a quoted name. A doubled quote stands for one. If
// the last quote is missing, the token ends at the last place it could have;
// failing that the quote alone is a bad token.
func (l *lexer) quoted(rest string) (kind, int) {
	k, quote, size := quotedName, rest[0], 0
	if quote == '\'' {
		k = stringToken
	}
	for i := 1; ; i += 2 {
		next := strings.IndexByte(rest[i:], quote)
		if next < 0 {
			break
		}
		i += next
		size = i + 1
		if size == len(rest) || rest[size] != quote {
			return k, size
		}
	}
	l.unclosed = true
	if size > 0 {
		return k, size
	}
	return bad, 1
}

// reference scans ${name}.
func reference(rest string) (kind, int) {
	if size := referenceSize(rest); size > 0 {
		return variable, size
	}
	return bad, 1
}

// referenceSize returns the size of the ${name} that rest begins with, 0 if
// none.
func referenceSize(rest string) int {
	if len(rest) < 4 || !strings.HasPrefix(rest, "${") || !isLetter(rest[2]) {
		return 0
	}
	size := 2 + run(rest[2:], isNameByte)
	if size == len(rest) || rest[size] != '}' {
		return 0
	}
	return size + 1
}

// run returns how many bytes of rest, from its beginning, belong to a class.
func run(rest string, class func(byte) bool) int {
	for i := range len(rest) {
		if !class(rest[i]) {
			return i
		}
	}
	return len(rest)
}

// isDigit is the class of digits. Classes are of bytes: outside of quotes and
// comments the language is ASCII.
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isLetter is the class of what a name may begin with.
func isLetter(c byte) bool {
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
}

// isNameByte is the class of what a name may go on with.
func isNameByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '@' }
