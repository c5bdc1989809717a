package prompt

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
)

// historyLimit is how many entries are kept.
const historyLimit = 1000

// History is the statements and commands of this and earlier runs, the oldest
// first, one entry each on the lines that it was typed on. It is kept in a
// file, to which every entry is added at once: two shells may share it.
type History struct {
	path string // "" keeps it in memory only
	// Entries are what can be recalled, and belong to the history.
	Entries []string
}

// OpenHistory reads the history file, which may be missing.
func OpenHistory(path string) (*History, error) {
	h := &History{path: path}
	if path == "" {
		return h, nil
	}
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return h, fmt.Errorf("reading the history: %w", err)
	}
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSpace(line); line != "" {
			h.Entries = append(h.Entries, decodeEntry(line))
		}
	}
	if len(h.Entries) > 2*historyLimit {
		h.Entries = slices.Clone(h.Entries[len(h.Entries)-historyLimit:])
		return h, h.rewrite()
	}
	return h, nil
}

// Add appends an entry unless it repeats the last one or is a comment alone. It is kept as it was
// typed, without blanks around it and without passwords.
func (h *History) Add(text string) error {
	entry := source.WithoutSecrets(strings.TrimSpace(text))
	if bare, open := bareText(text); bare == "" && !open || len(h.Entries) > 0 && h.Entries[len(h.Entries)-1] == entry {
		return nil
	}
	h.Entries = append(h.Entries, entry)
	if h.path == "" {
		return nil
	}
	f, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("writing the history: %w", err)
	}
	_, err = f.WriteString(encodeEntry(entry) + "\n")
	return errors.Join(err, f.Close())
}

// encodeEntry makes one line of an entry: a quoted text may have several.
func encodeEntry(entry string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(entry)
}

// decodeEntry undoes encodeEntry.
func decodeEntry(line string) string {
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r").Replace(line)
}

// rewrite replaces the file by the entries in memory.
func (h *History) rewrite() error {
	f, err := os.CreateTemp(filepath.Dir(h.path), ".ksqlite_history*")
	if err != nil {
		return fmt.Errorf("writing the history: %w", err)
	}
	w := bufio.NewWriter(f)
	for _, entry := range h.Entries {
		w.WriteString(encodeEntry(entry) + "\n")
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("writing the history: %w", err)
	}
	return os.Rename(f.Name(), h.path)
}
