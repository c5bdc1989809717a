package repl

import (
	"slices"
	"testing"

	"github.com/ksqlite/ksqlite/repl/repltest"
)

// TestCompleteCommand holds that the shell's own commands are completed, too.
func TestCompleteCommand(t *testing.T) {
	t.Parallel()
	s, _ := session(t, &repltest.Backend{})
	for before, want := range map[string]string{
		"hist":          "history",
		"set cli wr":    "WRAP O",
		"output j":      "JSON",
		"help create s": "CREATE S",
		"run sc":        "script",
		"spool doc":     "doc.go",
		"SET CLI hi":    "HIGHLIGHT O",

		"set cli WRAP of":      "WRAP OFF",
		"set cli LIVE ON b":    "LIVE ON BY ",
		"set cli LIVE ON BY ":  "LIVE ON BY ",
		"set cli COLUMN-WIDTH": "COLUMN-WIDTH ",
	} {
		c := (*assistant)(s).Complete(before, "")
		if got := c.Common(before[len(before)-c.Length:]); got != want {
			t.Errorf("%q: %q of %q, want %q", before, got, c.Candidates, want)
		}
	}
}

// TestCompleteSetting holds that the values of a setting are offered behind it.
func TestCompleteSetting(t *testing.T) {
	t.Parallel()
	s, _ := session(t, &repltest.Backend{})
	got := (*assistant)(s).Complete("set cli live ", "").Candidates
	if want := []string{"LIVE ON", "LIVE ON BY ", "LIVE OFF"}; !slices.Equal(got, want) {
		t.Errorf("offered are %q, not %q", got, want)
	}
}

// TestCompleteNothing holds that statements and commands are offered where nothing is typed yet, and
// no command within a statement.
func TestCompleteNothing(t *testing.T) {
	t.Parallel()
	s, _ := session(t, &repltest.Backend{})
	offered := (*assistant)(s).Complete("", "").Candidates
	for _, want := range []string{"SELECT ", "help", "exit", "output", "run script", "spool", "set cli"} {
		if !slices.Contains(offered, want) {
			t.Errorf("%q is not among %q", want, offered)
		}
	}
	if first, last := offered[0], offered[len(offered)-1]; first != "ALTER " || last != "version" {
		t.Errorf("not in order: %q", offered)
	}
	if within := (*assistant)(s).Complete("SELECT *\n", "").Candidates; slices.Contains(within, "help") {
		t.Errorf("within a statement: %q", within)
	}
}
