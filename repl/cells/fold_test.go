package cells

import "testing"

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
		if got := Folded(c.text, c.width); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.text, c.width, got, c.want)
		}
	}
}
