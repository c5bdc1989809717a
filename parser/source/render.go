package source

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// renderWidth is how many characters of a long line Render shows on either
// side of the fault: a line may be megabytes long.
const renderWidth = 60

// Render returns the message of err and, if err is or wraps an *Error that
// knows its text, the source line with a marker under the faulty part. The
// marker stands right under tabs and wide characters too. Control characters,
// which both may quote from a hostile text, are shown as U+FFFD, and the values
// of passwords as asterisks. There is no newline at the end.
func Render(err error) string { return new(Renderer).Render(err) }

// Renderer renders errors as [Render] does. It remembers the text of the last one, so that many errors in a
// long script do not have it searched for secrets as often. One goroutine at a time may use it.
type Renderer struct {
	text   string
	hidden string // the text without its secrets
}

// Render is [Render].
func (r *Renderer) Render(err error) string {
	e, ok := errors.AsType[*Error](err)
	message := printable(err.Error())
	if !ok || e.Text == "" {
		return message
	}
	if r.text != e.Text {
		r.text, r.hidden = e.Text, WithoutSecrets(e.Text)
	}
	line, start, end := e.line(r.hidden)
	return message + "\n" + printable(line) + "\n" + marker(line, start, end)
}

// line returns the line of the text, whose secrets are hidden, on which the fault begins, cut to
// its neighbourhood, and the faulty part in it as byte offsets.
func (e *Error) line(text string) (line string, start, end int) {
	at := min(e.Span.Start, len(text))
	first := strings.LastIndexByte(text[:at], '\n') + 1
	line = text[first:]
	if n := strings.IndexByte(line, '\n'); n >= 0 {
		line = line[:n]
	}
	line = strings.TrimSuffix(line, "\r")
	start = min(at-first, len(line))
	end = min(max(e.Span.End-first, start), len(line))
	return clip(line, start, end)
}

// clip cuts a long line to the characters around start, with dots for what is
// left out.
func clip(line string, start, end int) (string, int, int) {
	const dots = "..."
	to := start
	for range renderWidth {
		_, n := utf8.DecodeRuneInString(line[to:])
		to += n
	}
	if to < len(line) {
		line = line[:to] + dots
		end = min(end, to)
	}
	from := start
	for range renderWidth {
		_, n := utf8.DecodeLastRuneInString(line[:from])
		from -= n
	}
	if from > 0 {
		line = dots + line[from:]
		start += len(dots) - from
		end += len(dots) - from
	}
	return line, start, end
}

// The marker repeats the line's tabs, so that it needs no idea of their width.

// marker returns the line to be printed under a source line: carets from start
// to end, at least one.
func marker(line string, start, end int) string {
	var b strings.Builder
	for _, r := range line[:start] {
		if r == '\t' {
			b.WriteByte('\t')
			continue
		}
		b.WriteString(strings.Repeat(" ", width(r)))
	}
	carets := 0
	for _, r := range line[start:end] {
		carets += width(r)
	}
	return b.String() + strings.Repeat("^", max(carets, 1))
}

// width returns how many terminal cells a character takes as printable shows
// it.
func width(r rune) int {
	if isControl(r) {
		return 1
	}
	narrow := runewidth.Condition{StrictEmojiNeutral: true}
	return narrow.RuneWidth(r)
}

// printable replaces control characters, which could drive the terminal that
// shows them, and what is not UTF-8. Tabs and line breaks stay.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if isControl(r) && r != '\t' && r != '\n' {
			return utf8.RuneError
		}
		return r
	}, line)
}

// isControl reports whether a terminal would act on the character rather than
// show it; invalid UTF-8 counts too.
func isControl(r rune) bool {
	return r < ' ' || r == utf8.RuneError || (r >= 0x7f && r < 0xa0)
}
