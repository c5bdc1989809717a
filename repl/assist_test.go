package repl

import (
	"testing"

	"github.com/ksqlite/ksqlite/repl/repltest"
)

// TestCompleteCommand holds that the shell's own commands are completed, too.
func TestCompleteCommand(t *testing.T) {
	t.Parallel()
	s, _ := session(t, &repltest.Backend{})
	for before, want := range map[string]string{
		"hist":          "history",
		"set cli wr":    "WRAP ",
		"output j":      "JSON",
		"help create s": "CREATE S",
		"run sc":        "script",
		"spool doc":     "doc.go",
		"SET CLI hi":    "HIGHLIGHT ",
	} {
		c := (*assistant)(s).Complete(before, "")
		if got := c.Common(before[len(before)-c.Length:]); got != want {
			t.Errorf("%q: %q of %q, want %q", before, got, c.Candidates, want)
		}
	}
}
