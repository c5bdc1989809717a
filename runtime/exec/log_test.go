package exec_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ksqlite/ksqlite/runtime/exec"
)

// reopened appends entries to the log in a file and returns what another
// process finds there.
func reopened(t *testing.T, name string, entries ...exec.Entry) []exec.Entry {
	t.Helper()
	log := open(t, name)
	before, err := log.Entries(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		if err := log.Append(t.Context(), int64(len(before)+i), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, name)
	defer again.Close()
	found, err := again.Entries(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func open(t *testing.T, name string) *exec.FileLog {
	t.Helper()
	log, err := exec.OpenFileLog(name)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestFileLogOutlivesItsProcess(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "statements.jsonl")
	first := exec.Entry{Statement: "CREATE TYPE a AS INT;\n-- ünïcode", Properties: map[string]string{"auto.offset.reset": "earliest"}}
	second := exec.Entry{Statement: "DROP TYPE a;"}
	if diff := cmp.Diff([]exec.Entry{first}, reopened(t, name, first)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]exec.Entry{first, second}, reopened(t, name, second)); diff != "" {
		t.Error(diff)
	}
}

func TestFileLogSurvivesATornLine(t *testing.T) {
	t.Parallel()
	first, second := exec.Entry{Statement: "CREATE TYPE a AS INT;"}, exec.Entry{Statement: "DROP TYPE a;"}
	whole := filepath.Join(t.TempDir(), "whole")
	reopened(t, whole, first, second)
	text, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	one := len(text) - len(`{"statement":"DROP TYPE a;"}`) - 1
	for size := one; size < len(text); size++ { // the second line is cut at every byte
		torn := filepath.Join(t.TempDir(), "torn")
		if err := os.WriteFile(torn, text[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]exec.Entry{first, second}, reopened(t, torn, second)); diff != "" {
			t.Fatalf("cut to %d bytes: %s", size, diff)
		}
	}
}

func TestFileLogRefusesADamagedLine(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "damaged")
	if err := os.WriteFile(name, []byte("{\"statement\":\"A;\"}\ngarbage\n{\"statement\":\"B;\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.OpenFileLog(name); err == nil {
		t.Error("a damaged line in the middle goes unnoticed")
	}
}

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
