package exec

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// Log keeps the statements that have made the catalog, in the order in which
// they were executed: the catalog is what comes out of executing them again. It
// is used by one engine at a time; its methods are not called concurrently.
type Log interface {
	// Entries returns everything that was appended so far, by this process and
	// by earlier ones.
	Entries(ctx context.Context) ([]Entry, error)
	// Append returns once the entry will be there after a crash too, as far as
	// the log outlives its process.
	Append(ctx context.Context, e Entry) error
	// Close releases what the log holds.
	Close() error
}

// Entry is a statement and all it depends on besides the statements before it.
type Entry struct {
	// Statement is its text with all variables substituted.
	Statement string `json:"statement"`
	// Properties are those that were set when it was executed, by the session
	// or by the process. They hold no secrets.
	Properties map[string]string `json:"properties,omitempty"`
}

// MemoryLog is a Log that lives as long as its process. The zero MemoryLog is
// empty and ready for use.
type MemoryLog struct {
	mu      sync.Mutex
	entries []Entry
}

var _ Log = (*MemoryLog)(nil)

// Entries returns what was appended. The caller owns the slice.
func (l *MemoryLog) Entries(context.Context) ([]Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.entries), nil
}

// Append keeps the entry.
func (l *MemoryLog) Append(_ context.Context, e Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Properties = maps.Clone(e.Properties)
	l.entries = append(l.entries, e)
	return nil
}

// Close does nothing: the entries stay for another engine.
func (*MemoryLog) Close() error { return nil }
