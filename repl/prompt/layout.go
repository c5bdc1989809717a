package prompt

import (
	"strings"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"github.com/ksqlite/ksqlite/repl/cells"
)

// tabWidth is how many blanks a tab takes in the editor.
const tabWidth = 4

// picture is a text in the editor as it lies on the terminal.
type picture struct {
	rows   []string // with colours, without the ends of lines
	widths []int    // of the rows, in cells
	row    int      // where the cursor is
	column int
}

// sheet lays a text out on rows.
type sheet struct {
	picture
	width int // of the terminal
	line  strings.Builder
	used  int    // cells of the row
	style string // in force
}

// lay lays out a text with line breaks. Each line begins with a prompt, those behind
// the first with the second one; cursor is an offset in the text. No row is wider than
// the terminal: what it would wrap begins a row of its own.
func lay(text string, cursor int, prompts [2]string, styles []Style, width int) picture {
	s := &sheet{width: width}
	s.put(prompts[0], cells.Width(prompts[0]), "")
	at := 0
	mark := func() {
		if at <= cursor {
			s.row, s.column = len(s.rows), min(s.used, s.width-1) // at a line break the row may be full
		}
	}
	for g := graphemes.FromString(text); g.Next(); {
		cluster := g.Value()
		shown, size := cellsOf(cluster)
		if cluster == "\n" || cluster == "\r\n" {
			mark()
			s.wrap()
			s.put(prompts[1], cells.Width(prompts[1]), "")
		} else {
			if s.used+size > s.width {
				s.wrap()
			}
			mark()
			s.put(shown, size, styleAt(&styles, at))
		}
		at += len(cluster)
	}
	if s.used >= s.width {
		s.wrap()
	}
	mark()
	s.wrap()
	return s.picture
}

// cellsOf returns what is shown for a character, and how many cells that takes.
func cellsOf(cluster string) (shown string, size int) {
	switch {
	case cluster == "\t":
		return strings.Repeat(" ", tabWidth), tabWidth
	case strings.ContainsFunc(cluster, isKey):
		return "", 0
	}
	shown = cells.Escaped(cluster)
	return shown, cells.Width(shown)
}

// styleAt returns the style at an offset, and drops those that end before it.
func styleAt(styles *[]Style, at int) string {
	for len(*styles) > 0 && (*styles)[0].End <= at {
		*styles = (*styles)[1:]
	}
	if len(*styles) > 0 && (*styles)[0].Start <= at {
		return (*styles)[0].Code
	}
	return ""
}

// put adds a text to the row.
func (s *sheet) put(text string, size int, code string) {
	if text == "" {
		return
	}
	if code != s.style {
		s.endStyle()
		if code != "" {
			s.line.WriteString("\x1b[" + code + "m")
		}
		s.style = code
	}
	s.line.WriteString(text)
	s.used += size
}

func (s *sheet) endStyle() {
	if s.style != "" {
		s.line.WriteString("\x1b[0m")
		s.style = ""
	}
}

// wrap ends the row.
func (s *sheet) wrap() {
	s.endStyle()
	s.rows, s.widths = append(s.rows, s.line.String()), append(s.widths, s.used)
	s.line.Reset()
	s.used = 0
}

// clusterBefore returns how many code points the character before an offset has.
func clusterBefore(line []rune, pos int) int {
	last := 0
	for g := graphemes.FromString(string(line[:pos])); g.Next(); {
		last = len([]rune(g.Value()))
	}
	return last
}

// clusterAt returns how many code points the character at an offset has.
func clusterAt(line []rune, pos int) int {
	g := graphemes.FromString(string(line[pos:]))
	if !g.Next() {
		return 0
	}
	return len([]rune(g.Value()))
}
