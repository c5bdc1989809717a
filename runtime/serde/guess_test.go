package serde

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/planner/catalog"
)

// TestGuess runs testdata/guess: each line of key and value is the bytes of
// another record of the same topic.
func TestGuess(t *testing.T) {
	t.Parallel()
	datadriven.RunTest(t, "testdata/guess", func(t *testing.T, d *datadriven.TestData) string {
		side := catalog.ValueSide
		if d.Cmd == "key" {
			side = catalog.KeySide
		}
		guess := NewGuess(side)
		var out strings.Builder
		fmt.Fprintln(&out, guess.Formats())
		for line := range strings.SplitSeq(d.Input, "\n") {
			src := goldenBytes(t, line, true)
			if guess.Observe(src) {
				fmt.Fprintln(&out, guess.Formats())
			}
			fmt.Fprintf(&out, "  %s\n", guess.Append(nil, src))
		}
		return out.String()
	})
}
