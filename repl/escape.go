package repl

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// cells measures text as terminals lay it out, whatever the locale says: wide
// characters take two cells, ambiguous ones take one.
var cells = &runewidth.Condition{StrictEmojiNeutral: true}

// escaped returns text with everything replaced that a terminal would act on
// instead of showing it: \n, \t, \x1b, bytes that are not UTF-8 as \xff, and
// the characters that reverse the direction of a line.
func escaped(text string) string { return escapedBut(text, "") }

// Escaped returns a text of several lines with everything else replaced that a terminal
// would act on instead of showing it: \x1b, bytes that are not UTF-8 as \xff, and the
// characters that reverse the direction of a line. Who writes messages that have words of
// others in them, such as a record or a name, passes them through it.
func Escaped(text string) string { return escapedBut(text, "\n\t") }

// escapedBut is escaped with the characters of keep let through.
func escapedBut(text, keep string) string {
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

// pad fills text with blanks up to a width in cells.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-cells.StringWidth(text)))
}

// pieces cuts text into parts that are at most width cells wide; an empty text
// is one empty piece. A character wider than width stands alone.
func pieces(text string, width int) []string {
	var parts []string
	for cells.StringWidth(text) > width {
		head := cells.Truncate(text, width, "")
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
