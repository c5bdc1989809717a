package prompt

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(path, []byte(strings.Repeat("a;\nb;\n", 2*historyLimit)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenHistory(path); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if lines := bytes.Count(content, []byte("\n")); err != nil || lines != historyLimit {
		t.Errorf("%d lines, %v", lines, err)
	}
}
