package exec_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ksqlite/ksqlite/runtime/exec"
)

func TestMemoryLogKeepsWhatItWasGiven(t *testing.T) {
	t.Parallel()
	var log exec.MemoryLog
	properties := map[string]string{"a": "1"}
	if err := log.Append(t.Context(), 0, exec.Entry{Statement: "A;", Properties: properties}); err != nil {
		t.Fatal(err)
	}
	properties["a"] = "2"
	got, err := log.Entries(t.Context(), 0)
	if diff := cmp.Diff([]exec.Entry{{Statement: "A;", Properties: map[string]string{"a": "1"}}}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}
