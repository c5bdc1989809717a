package exec

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
)

// Log keeps the statements that have made the catalog, in the order in which
// they were executed: the catalog is what comes out of executing them again. Its
// methods are not called concurrently by one engine.
type Log interface {
	// Entries returns those that follow the first n, appended by this process or by
	// others. The caller must not change them.
	Entries(ctx context.Context, n int64) ([]Entry, error)
	// Append makes e the entry behind the first n and returns once it will be there
	// after a crash too, as far as the log outlives its process. If there is
	// an entry behind the first n already, it changes nothing and returns ErrOvertaken:
	// what e was checked against is no longer how things are.
	Append(ctx context.Context, n int64, e Entry) error
	// Close releases what the log holds.
	Close() error
}

// ErrOvertaken says that another statement was executed meanwhile.
var ErrOvertaken = errors.New("another process has executed a statement meanwhile")

// Entry is a statement and all it depends on besides the statements before it.
type Entry struct {
	// Statement is its text with all variables substituted.
	Statement string `json:"statement"`
	// Properties are those that were set when it was executed, by the session
	// or by the process. They hold no secrets.
	Properties map[string]string `json:"properties,omitempty"`
}

// MemoryLog is a Log that lives as long as its process. The zero MemoryLog is
// empty and ready for use. It is safe for concurrent use.
type MemoryLog struct {
	mu      sync.Mutex
	entries []Entry
}

var _ Log = (*MemoryLog)(nil)

// Entries returns what was appended behind the first n.
func (l *MemoryLog) Entries(_ context.Context, n int64) ([]Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.entries[n:]), nil
}

// Append keeps the entry.
func (l *MemoryLog) Append(_ context.Context, n int64, e Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n != int64(len(l.entries)) {
		return ErrOvertaken
	}
	e.Properties = maps.Clone(e.Properties)
	l.entries = append(l.entries, e)
	return nil
}

// Close does nothing: the entries stay for another engine.
func (*MemoryLog) Close() error { return nil }
