package repl

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

func TestFolded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"the quick brown fox", 0, "the quick brown fox"},
		{"the quick brown fox", 19, "the quick brown fox"},
		{"the quick brown fox", 18, "the quick brown\nfox"},
		{"the quick brown fox", 9, "the quick\nbrown fox"},
		{"the quick brown fox", 1, "the\nquick\nbrown\nfox"},
		{"a_very_long_word and more", 8, "a_very_long_word\nand more"},
		{"head:\n\tone two three\n", 16, "head:\n\tone two\n\tthree\n"},
		{"  one two three", 9, "  one two\n  three"},
		{"日本語 テキスト", 8, "日本語\nテキスト"},
		{"one   two", 6, "one\ntwo"},
		{"", 5, ""},
		{"\t", 5, "\t"},
	} {
		if got := folded(c.text, c.width); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

// TestMessagesFold holds that messages are broken at blanks, and the line of SQL
// that an error shows is not, as its marker stands below.
func TestMessagesFold(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	console := Console{Out: &out, Err: &out, Terminal: true, Color: true, Width: func() int { return 20 }}
	p := &printer{Display: Display{Console: console, Settings: DefaultSettings()}}
	sql := "SELECT one, two, three FROM s"
	p.showError(source.Errorf(source.Span{Start: 17, End: 22}, "Column THREE cannot be resolved").In(sql))
	p.showError(errors.New("the topic of this query is gone"))
	answer := &entity{blocks: []exec.Block{{Text: []string{"Use the UNSET command to revert your change."}}}}
	if err := p.entity(answer); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[31mline 1:18: Column\nTHREE cannot be\nresolved\n" + sql + "\n" + strings.Repeat(" ", 17) + "^^^^^\x1b[0m\n" +
		"\x1b[31mthe topic of this\nquery is gone\x1b[0m\n" +
		"\nUse the UNSET\ncommand to revert\nyour change.\n"
	if out.String() != want {
		t.Errorf("%q, want\n%q", out.String(), want)
	}
}
