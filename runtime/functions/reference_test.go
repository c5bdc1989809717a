package functions_test

import (
	"flag"
	"os"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/functions"
)

// rewriting reports whether goldens are to be written anew: a flag of package datadriven.
func rewriting() bool {
	f := flag.Lookup("rewrite")
	return f != nil && f.Value.String() == "true"
}

// TestReferenceFile holds FUNCTIONS.md to what the functions say of themselves;
// go test -rewrite writes it anew.
func TestReferenceFile(t *testing.T) {
	t.Parallel()
	const file = "../../FUNCTIONS.md"
	want := functions.New().AppendReference(nil)
	if rewriting() {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("FUNCTIONS.md is not what the functions say of themselves: go test ./runtime/functions -rewrite")
	}
}
