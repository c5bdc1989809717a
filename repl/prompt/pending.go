package prompt

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
)

// Pending collects typed lines until they make up whole statements.
type Pending struct {
	text strings.Builder
}

// Typed returns what has been typed since the last whole statement.
func (p *Pending) Typed() string { return p.text.String() }

// Empty reports whether nothing has been typed since the last whole statement.
func (p *Pending) Empty() bool { return p.text.Len() == 0 }

// Reset forgets what has been typed.
func (p *Pending) Reset() { p.text.Reset() }

// WithoutSecrets returns a line that continues what is pending, without its passwords.
func (p *Pending) WithoutSecrets(line string) string {
	return source.WithoutSecrets(p.text.String() + line)[p.text.Len():]
}

// ToEdit returns the text that is to be edited if a line that continues what is pending ends with \e.
func (p *Pending) ToEdit(line string) (text string, ok bool) {
	before, ok := strings.CutSuffix(strings.TrimRight(line, " \t"), `\e`)
	if !ok {
		return "", false
	}
	text = p.text.String() + before
	if bare, open := bareText(text); open || bare == "" || strings.HasSuffix(bare, ";") {
		return "", false // a text, or what is to be done behind statements that are whole
	}
	// A comment hides what stands behind it.
	if bare, _ := bareText(text + `\e`); !strings.HasSuffix(bare, `\e`) {
		return "", false
	}
	return strings.TrimRight(text, " \t\n"), true
}

// Add takes a line. Once the text is complete, that is when its last character
// outside comments and blanks is a semicolon, Add returns it and starts anew. A
// text of blanks and comments alone is forgotten; a backslash at the end of a
// line joins the next one.
func (p *Pending) Add(line string) (text string, complete bool) {
	if joined, ok := strings.CutSuffix(line, `\`); ok {
		p.text.WriteString(joined)
		return "", false
	}
	p.text.WriteString(line)
	bare, open := bareText(p.text.String())
	if !open && bare == "" {
		p.Reset()
		return "", false
	}
	if !open && strings.HasSuffix(bare, ";") {
		text = p.text.String()
		p.Reset()
		return text, true
	}
	p.text.WriteByte('\n')
	return "", false
}

// bareText returns SQL without comments, its lines joined by blanks. open says that a quote or a comment is not closed.
func bareText(sql string) (bare string, open bool) {
	var b strings.Builder
	for i := 0; i < len(sql); {
		end, kind := token(sql, i)
		switch {
		case end < 0:
			return strings.TrimSpace(b.String()), true
		case kind == comment:
			b.WriteByte(' ')
		case sql[i] == '\n' || sql[i] == '\r':
			b.WriteByte(' ')
		default:
			b.WriteString(sql[i:end])
		}
		i = end
	}
	return strings.TrimSpace(b.String()), false
}

// kind tells comments from text.
type kind bool

const comment kind = true

// token returns the end of the quoted text, comment or single byte that begins
// at i; -1 if it is not closed. A line comment ends before its newline.
func token(sql string, i int) (end int, k kind) {
	rest := sql[i:]
	switch {
	case strings.HasPrefix(rest, "--"):
		if n := strings.IndexByte(rest, '\n'); n >= 0 {
			return i + n, comment
		}
		return len(sql), comment
	case strings.HasPrefix(rest, "/*"):
		if n := strings.Index(rest[2:], "*/"); n >= 0 {
			return i + 2 + n + 2, comment
		}
		return -1, comment
	case strings.ContainsRune("'\"`", rune(rest[0])):
		// A doubled quote is read as the end of one text and the start of
		// another, which comes to the same.
		if n := strings.IndexByte(rest[1:], rest[0]); n >= 0 {
			return i + 1 + n + 1, false
		}
		return -1, false
	}
	return i + 1, false
}
