package cells

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// condition measures text as terminals lay it out, whatever the locale says: wide
// characters take two cells, ambiguous ones take one.
var condition = &runewidth.Condition{StrictEmojiNeutral: true}

// Width returns how many cells a text takes.
func Width(text string) int { return condition.StringWidth(text) }

// Truncated returns a text that takes at most width cells: what is too much is left out, and
// tail stands at its end then.
func Truncated(text string, width int, tail string) string {
	return condition.Truncate(text, width, tail)
}

// Escaped returns text with everything replaced that a terminal would act on
// instead of showing it: \n, \t, \x1b, bytes that are not UTF-8 as \xff, and
// the characters that reverse the direction of a line.
func Escaped(text string) string { return EscapedBut(text, "") }

// EscapedLines returns a text of several lines with everything else replaced that a terminal
// would act on instead of showing it: \x1b, bytes that are not UTF-8 as \xff, and the
// characters that reverse the direction of a line. Who writes messages that have words of
// others in them, such as a record or a name, passes them through it.
func EscapedLines(text string) string { return EscapedBut(text, "\n\t") }

// EscapedBut is [Escaped] with the characters of keep let through.
func EscapedBut(text, keep string) string {
	if !strings.ContainsFunc(text, active) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case !active(r) || strings.ContainsRune(keep, r) && r != utf8.RuneError:
			b.WriteRune(r)
		case r == utf8.RuneError:
			_, size := utf8.DecodeRuneInString(text[i:])
			if size == 1 {
				fmt.Fprintf(&b, `\x%02x`, text[i])
			} else {
				b.WriteRune(r)
			}
		default:
			b.WriteString(escape(r))
		}
	}
	return b.String()
}

// active reports whether a character has to be looked at: one that drives a
// terminal, or the replacement character, which may stand for a broken byte.
func active(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r == utf8.RuneError ||
		r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

func escape(r rune) string {
	switch r {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	if r < 0x100 {
		return fmt.Sprintf(`\x%02x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// Pad fills text with blanks up to a width in cells.
func Pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-Width(text)))
}

// Pieces cuts text into parts that are at most width cells wide; an empty text
// is one empty piece. A character wider than width stands alone.
func Pieces(text string, width int) []string {
	var parts []string
	for Width(text) > width {
		head := Truncated(text, width, "")
		if head == "" {
			_, size := utf8.DecodeRuneInString(text)
			head = text[:size]
		}
		parts = append(parts, head)
		text = text[len(head):]
	}
	if text != "" || len(parts) == 0 {
		parts = append(parts, text)
	}
	return parts
}

// Clipped returns the first piece, its end replaced by dots if more than blanks follow.
func Clipped(parts []string, width int) string {
	if strings.TrimSpace(strings.Join(parts[1:], "")) == "" {
		return parts[0]
	}
	const dots = "..."
	if width <= len(dots) {
		return dots[:width]
	}
	return Truncated(parts[0], width-len(dots), "") + dots
}

// EscapedJSON escapes what encoding/json leaves as it is although it can drive a
// terminal: DEL, the C1 control characters and those that turn a line round. They can
// only stand in strings.
func EscapedJSON(document string) string {
	hostile := func(r rune) bool { return r >= 0x7f && r != utf8.RuneError && active(r) }
	if !strings.ContainsFunc(document, hostile) {
		return document
	}
	out := make([]byte, 0, len(document)+16)
	for _, r := range document {
		if hostile(r) {
			out = fmt.Appendf(out, `\u%04x`, r)
			continue
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}
