package compat

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// TestCompat compares an old schema with a new one, between which there is a line "->",
// and prints why the new one cannot read what the old one wrote (backward), and the
// other way round (forward).
func TestCompat(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			t.Helper()
			language := registry.Type(strings.ToUpper(d.Cmd))
			first, second, _ := strings.Cut(d.Input, "->")
			var schemas [2]Schema
			for i, text := range []string{first, second} {
				var err error
				if schemas[i], err = Parse(t.Context(), registry.Schema{Type: language, Text: strings.TrimSpace(text)}, nil); err != nil {
					return fmt.Sprintf("error: %s\n", err)
				}
			}
			return told("backward", Check(schemas[1], schemas[0]), "new", "old") + told("forward", Check(schemas[0], schemas[1]), "old", "new")
		})
	})
}

func told(direction string, faults []Fault, reader, writer string) string {
	if len(faults) == 0 {
		return direction + ": compatible\n"
	}
	var b strings.Builder
	for _, f := range faults {
		fmt.Fprintf(&b, "%s: %s: %s\n", direction, f.Type, f.Describe(reader, writer))
	}
	return b.String()
}
