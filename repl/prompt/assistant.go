package prompt

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/runtime/display"
)

// Assistant is what an editor asks about a text.
type Assistant interface {
	// Colour returns the colours of a text.
	Colour(text string) []Style
	// Complete returns how the word at the end of a text could go on. What follows
	// behind the cursor is told too.
	Complete(before, after string) Completion
	// Whole reports whether a text can be run as it is.
	Whole(text string) bool
	// Suspend stops the process until somebody lets it go on.
	Suspend()
}

// Style is a colour of a part of a text.
type Style struct {
	Start, End int // bytes
	Code       string
}

// Completion is how the word before the cursor could go on.
type Completion struct {
	// Length is how many bytes the word has, which a candidate replaces.
	Length     int
	Candidates []string
	// Note tells why there may be more, "" for nothing.
	Note string
}

// Common returns what all candidates begin with, or the word itself if that is no more
// of it. Candidates are compared without regard to case.
func (c Completion) Common(word string) string {
	if len(c.Candidates) == 0 {
		return word
	}
	prefix := c.Candidates[0]
	for _, other := range c.Candidates[1:] {
		n := 0
		for n < min(len(prefix), len(other)) && prefix[n] == other[n] {
			n++
		}
		prefix = prefix[:n]
	}
	for !utf8.ValidString(prefix) {
		prefix = prefix[:len(prefix)-1]
	}
	if len(prefix) < len(word) {
		return word
	}
	return prefix
}

// Menu returns the candidates in columns, in as many lines as there is room for.
func (c Completion) Menu(width, height int) []string {
	var lines []string
	column := 0
	for _, candidate := range c.Candidates {
		column = max(column, cells.Width(cells.Escaped(candidate))+2)
	}
	across := max(1, width/max(1, column))
	for part := range slices.Chunk(c.Candidates, across) {
		if len(lines) == max(1, height-1) {
			shown := len(lines) * across
			lines = append(lines, "… "+display.Count(int64(len(c.Candidates)-shown))+" more")
			break
		}
		var line strings.Builder
		for _, candidate := range part {
			line.WriteString(cells.Pad(cells.Escaped(strings.TrimSpace(candidate)), column))
		}
		lines = append(lines, strings.TrimRight(line.String(), " "))
	}
	if c.Note != "" {
		lines = append(lines, c.Note)
	}
	return lines
}
