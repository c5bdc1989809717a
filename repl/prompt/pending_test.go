package prompt

import "testing"

// \e behind SQL asks for the editor; in a text, in a comment, and behind whole statements it is none of that.
func TestToEdit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		before, line, text string
		ok                 bool
	}{
		{"", `SELECT a \e`, "SELECT a", true},
		{"SELECT a\n", `FROM s\e `, "SELECT a\nFROM s", true},
		{"SELECT a\n", `\e`, "SELECT a", true},
		{"SELECT 1; SELECT\n", `2 \e`, "SELECT 1; SELECT\n2", true},
		{"", `\e`, "", false},
		{"", `SELECT 1; \e`, "", false},
		{"SELECT 'a\n", `b \e`, "", false},
		{"", `SELECT '\e';`, "", false},
		{"", `SELECT a -- \e`, "", false},
		{"", `SELECT a`, "", false},
	} {
		var p Pending
		p.text.WriteString(c.before)
		if text, ok := p.ToEdit(c.line); text != c.text || ok != c.ok {
			t.Errorf("%q %q: %q, %v", c.before, c.line, text, ok)
		}
	}
}
