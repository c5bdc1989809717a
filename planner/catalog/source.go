package catalog

import (
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
)

// Kind tells streams from tables.
type Kind uint8

// The kinds of sources.
const (
	Stream Kind = iota + 1
	Table
)

// String returns STREAM or TABLE.
func (k Kind) String() string {
	if k == Table {
		return "TABLE"
	}
	return "STREAM"
}

// Source is a stream or a table over a topic, or a stream over all topics that match
// a pattern. A Source in a catalog is never changed.
type Source struct {
	Name string
	Kind Kind
	// Topic is empty where Pattern is set.
	Topic   string
	Pattern TopicPattern
	Schema  *types.Schema
	Key     Format
	Value   Format

	// Timestamp is the column that gives the records' event time; empty for
	// the record's own timestamp. TimestampFormat is set for STRING columns alone.
	Timestamp, TimestampFormat string
	// Window says that the topic holds windowed keys.
	Window Window
	// ReadOnly is CREATE SOURCE: no INSERT, no ALTER, no DELETE TOPIC.
	ReadOnly bool
	// Derived says that the source was made with a query that fills it, which may have ended since.
	Derived bool
	// Statement is the text that made the source, with its last change.
	Statement string
}

// WindowType is the kind of windows that a topic's keys lie in, as WINDOW_TYPE writes it.
type WindowType string

// The types of windows; NoWindow where keys are plain.
const (
	NoWindow WindowType = ""
	Tumbling WindowType = "TUMBLING"
	Hopping  WindowType = "HOPPING"
	Session  WindowType = "SESSION"
)

// Window describes the windowed keys of a topic; Size is zero for sessions.
type Window struct {
	Type WindowType
	Size time.Duration
	// Retention is how long a window of a table that a query makes can be asked for, counted back from
	// the newest one; 0 where nothing says.
	Retention time.Duration
}

// Alike reports whether windows are of the same type and size.
func (w Window) Alike(other Window) bool { return w.Type == other.Type && w.Size == other.Size }

// Windowed reports whether the source's keys carry window bounds.
func (s *Source) Windowed() bool { return s.Window.Type != NoWindow }

// Topics returns what the source reads in one word: its topic, or the pattern.
func (s *Source) Topics() string { return s.Topic + string(s.Pattern) }

// Bare returns the columns that are encoded in key and value: all but those filled from headers.
func (s *Source) Bare(side Side) []types.Column {
	if side == KeySide {
		return s.Schema.Key
	}
	bare := make([]types.Column, 0, len(s.Schema.Value))
	for _, c := range s.Schema.Value {
		if c.Header.IsZero() {
			bare = append(bare, c)
		}
	}
	return bare
}
