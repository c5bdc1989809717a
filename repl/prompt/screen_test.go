package prompt

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/hinshun/vt10x"
)

// TestScreenDrawsWhatIsThere draws many texts one after the other on a terminal emulator,
// each by what has changed, and holds that the terminal shows the text and the cursor
// where they should be, and what stood above it still.
func TestScreenDrawsWhatIsThere(t *testing.T) {
	t.Parallel()
	const width, height = 20, 9
	random := rand.New(rand.NewPCG(1, 2))
	vt := vt10x.New(vt10x.WithSize(width, height))
	s := &editorScreen{
		out: vt, size: func() (int, int) { return width, height },
		colour: func(text string) []Style { return []Style{{0, len(text) / 2, "31"}} },
	}
	if _, err := vt.Write([]byte("above\r\n")); err != nil {
		t.Fatal(err)
	}
	s.begin([2]string{"ksql> ", ">"}, "")
	for range 3000 {
		line := randomLine(random, 70)
		pos := random.IntN(len(line) + 1)
		s.show(line, pos)
		if random.IntN(4) == 0 {
			s.tell([]string{"a choice", "and a long line that does not fit"})
		}
		want := s.drawn
		cursor := vt.Cursor()
		top := cursor.Y - want.row
		for i, row := range want.rows {
			row = withoutColours(row)
			if got := screenRow(vt, top+i); got != strings.TrimRight(row, " ") {
				t.Fatalf("%q: row %d is %q, want %q", string(line), i, got, row)
			}
		}
		if cursor.X != want.column {
			t.Fatalf("%q at %d: the cursor is in column %d, want %d", string(line), pos, cursor.X, want.column)
		}
		for below := top + len(want.rows); below < height; below++ {
			if got := screenRow(vt, below); got != "" {
				t.Fatalf("%q: %q is left below", string(line), got)
			}
		}
		if top > 0 && top == 1 && screenRow(vt, 0) != "above" {
			t.Fatalf("%q: what stood above is %q", string(line), screenRow(vt, 0))
		}
	}
}

// randomLine returns up to so many characters, line breaks among them.
func randomLine(random *rand.Rand, most int) []rune {
	line := make([]rune, random.IntN(most))
	for i := range line {
		line[i] = []rune("abcdefgh \n")[random.IntN(10)]
	}
	return []rune(strings.TrimRight(string(line), "\n"))
}

// screenRow returns a row of the terminal without the blanks at its end.
func screenRow(vt vt10x.Terminal, y int) string {
	rows := strings.Split(vt.String(), "\n")
	if y < 0 || y >= len(rows) {
		return ""
	}
	return strings.TrimRight(rows[y], " ")
}

// withoutColours returns a text without what colours it.
func withoutColours(text string) string {
	return strings.NewReplacer("\x1b[31m", "", "\x1b[0m", "").Replace(text)
}

// TestLayOfWideCharacters holds where the rows of characters break that take two cells,
// or none, and where the cursor is among them.
func TestLayOfWideCharacters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text        string
		cursor      int
		rows        string
		row, column int
	}{
		{"日本日本", 0, "> 日本日|本", 0, 2},
		{"日本日本", len("日本日"), "> 日本日|本", 1, 0},
		{"a日本日本", len("a日本"), "> a日本|日本", 1, 0}, // half a character has no place
		{"e\u0301e\u0301", len("e\u0301"), "> e\u0301e\u0301", 0, 3},
		{"👩‍👩‍👧x", len("👩‍👩‍👧"), "> 👩‍👩‍👧x", 0, 4},
		{"🇩🇪🇯🇵", len("🇩🇪"), "> 🇩🇪🇯🇵", 0, 4},
		{"abcdef", 6, "> abcdef|", 1, 0}, // the row is full: the cursor is in the next one
		{"a\tb", 2, "> a    b|", 0, 7},
		{"a\nb", 3, "> a|.b", 1, 2},
		{"\x1b[3", 4, `> \x1b[3`, 1, 0},
	} {
		p := lay(c.text, c.cursor, [2]string{"> ", "."}, nil, 8)
		rows := strings.Join(p.rows, "|")
		if rows != c.rows && rows != c.rows+"|" || p.row != c.row || p.column != c.column {
			t.Errorf("%q: %q, the cursor in row %d, column %d", c.text, rows, p.row, p.column)
		}
	}
}
