package prompt

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/repl/terminal"
)

const (
	pasteOn  = "\x1b[?2004h" // from now on the terminal says what is pasted
	pasteOff = "\x1b[?2004l"
)

// editorScreen draws the text that is being typed, with the prompt before it and what
// is to be told about it below. It draws below what the terminal shows already, by
// moves relative to the cursor, and writes only the rows that have changed.
//
// The library's own drawing is not used: it takes emoji for one cell, moves back by
// characters and not by cells, knows no line breaks, and repaints all at each key. Its
// methods may be called by several goroutines.
type editorScreen struct {
	out    io.Writer
	size   func() (width, height int)
	colour func(text string) []Style

	mu      sync.Mutex
	active  bool // a line is being read
	prompts [2]string
	before  string // what was typed on the lines before; it is not drawn
	line    []rune
	cursor  int // in line
	below   []string
	later   []string // what stands below once the line is drawn the next time
	summary string   // what is drawn instead of the line, once it was entered by a paste

	drawn picture // what the terminal shows
	width int     // of the terminal then
}

// begin begins to read a line.
func (s *editorScreen) begin(prompts [2]string, before string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active, s.prompts, s.before = true, prompts, before
	s.line, s.cursor, s.below, s.later, s.summary, s.drawn = nil, 0, nil, nil, "", picture{}
	s.write(pasteOn)
}

// end ends that.
func (s *editorScreen) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active {
		s.active = false
		s.write(pasteOff)
	}
}

// show draws a line and where the cursor is in it. A line break at its end says that it
// was entered, and the next text will stand below it.
func (s *editorScreen) show(line []rune, cursor int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line, s.cursor, s.below, s.later = line, cursor, s.later, nil
	s.draw()
}

// tellNext shows lines below the text when it is drawn the next time, until the key
// behind that.
func (s *editorScreen) tellNext(lines []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.later = lines
}

// summarize has a pasted text drawn instead of the line that is entered now, of a long
// one the first lines.
func (s *editorScreen) summarize(text string) {
	const most, first = 20, 5
	s.mu.Lock()
	defer s.mu.Unlock()
	s.summary = text
	if lines := strings.Split(text, "\n"); len(lines) > most {
		s.summary = fmt.Sprintf("%s\n… %d more lines", strings.Join(lines[:first], "\n"), len(lines)-first)
	}
}

// ring rings the bell.
func (s *editorScreen) ring() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write("\a")
}

// room returns how wide and how high what is told below the text may be.
func (s *editorScreen) room() (width, height int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	width, height = s.bounds()
	return width, height/2 - 1
}

// tell shows lines below the text until the next key.
func (s *editorScreen) tell(lines []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.below = lines
	s.draw()
}

// text returns what is being typed, and where the cursor is.
func (s *editorScreen) text() (line []rune, cursor int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.line, s.cursor
}

// earlier returns what was typed on the lines before.
func (s *editorScreen) earlier() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.before
}

// clear wipes the whole terminal.
func (s *editorScreen) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drawn = picture{}
	s.write("\x1b[H\x1b[2J")
	s.draw()
}

// resized draws anew after the terminal has another width. Most terminals break the
// rows that are too long then, so the first one is found by counting those.
func (s *editorScreen) resized() {
	s.mu.Lock()
	defer s.mu.Unlock()
	width, _ := s.bounds()
	if !s.active || len(s.drawn.rows) == 0 {
		return
	}
	up := s.drawn.row
	if width < s.width {
		up = s.drawn.column / width
		for _, used := range s.drawn.widths[:s.drawn.row] {
			up += 1 + max(0, used-1)/width
		}
	}
	s.drawn = picture{}
	s.write(upBy(up) + "\r" + terminal.RestOfAll)
	s.draw()
}

// withdraw leaves the text where it is and goes below it: another program gets the
// terminal. restore draws it anew.
func (s *editorScreen) withdraw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active {
		down := max(0, len(s.drawn.rows)-1-s.drawn.row)
		s.write(strings.Repeat("\n", down) + "\r\n" + pasteOff)
		s.drawn = picture{}
	}
}

func (s *editorScreen) restore() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active {
		s.write(pasteOn)
		s.draw()
	}
}

// above writes something above the text.
func (s *editorScreen) above(write func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write(upBy(s.drawn.row) + "\r" + terminal.RestOfAll)
	s.drawn = picture{}
	write()
	s.draw()
}

// bounds returns the size of the terminal, a usual one if it is not known.
func (s *editorScreen) bounds() (width, height int) {
	width, height = s.size()
	if width <= 0 {
		width = 80
	}
	if height <= 0 {
		height = 24
	}
	return max(width, 2*tabWidth), height
}

// draw brings the terminal from what it shows to what it should show.
func (s *editorScreen) draw() {
	if !s.active {
		return
	}
	width, height := s.bounds()
	text, entered := strings.CutSuffix(string(s.line), "\n")
	cursor := min(len(string(s.line[:s.cursor])), len(text))
	if s.summary != "" {
		text, cursor = s.summary, 0
	}
	next := lay(text, cursor, s.prompts, s.styles(text), width)
	if entered {
		next.row, next.column = len(next.rows)-1, 0
	} else {
		next = next.within(height, s.below, width)
	}
	out := s.drawn.turnInto(next)
	s.drawn, s.width = next, width
	if entered {
		s.drawn = picture{}
		out += "\r\n"
	}
	s.write(out)
}

// styles colours the text, which may go on with what was typed before.
func (s *editorScreen) styles(text string) []Style {
	styles := s.colour(s.before + text)
	shifted := styles[:0]
	for _, st := range styles {
		if st.End -= len(s.before); st.End > 0 {
			st.Start -= len(s.before)
			shifted = append(shifted, st)
		}
	}
	return shifted
}

func (s *editorScreen) write(text string) {
	if text != "" {
		_, _ = io.WriteString(s.out, text) // a lost terminal is met when it is read
	}
}

// within returns the part of a picture around the cursor that the terminal has room
// for, with the lines that stand below it.
func (p picture) within(height int, below []string, width int) picture {
	below = below[:min(len(below), height/2)]
	room := max(1, height-len(below))
	if len(p.rows) > room {
		first := min(max(0, p.row-room/2), len(p.rows)-room)
		p.rows, p.widths = p.rows[first:first+room], p.widths[first:first+room]
		p.row -= first
	}
	for _, line := range below {
		line = cells.Truncated(line, width, "…")
		p.rows, p.widths = append(p.rows, line), append(p.widths, cells.Width(line))
	}
	return p
}

// turnInto returns what makes the next picture of the one on the terminal.
func (p picture) turnInto(next picture) string {
	if slices.Equal(p.rows, next.rows) && p.row == next.row && p.column == next.column && len(p.rows) > 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(upBy(p.row) + "\r")
	last := len(next.rows) - 1
	for i, row := range next.rows {
		switch {
		case i == last && len(p.rows) > len(next.rows):
			b.WriteString(terminal.RestOfAll + row)
		case i >= len(p.rows) || p.rows[i] != row:
			// Behind a row that is as wide as the terminal its last cell would be wiped.
			b.WriteString(terminal.RestOfLine + row)
		}
		if i < last {
			b.WriteString("\r\n")
		}
	}
	b.WriteString(upBy(last-next.row) + "\r")
	if next.column > 0 {
		fmt.Fprintf(&b, "\x1b[%dC", next.column)
	}
	return b.String()
}

// upBy moves the cursor up.
func upBy(rows int) string {
	if rows <= 0 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA", rows)
}
