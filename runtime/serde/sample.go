package serde

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
)

// Sample gathers what the keys or the values of some records look like, so that
// columns can be found for them. It belongs to one goroutine.
type Sample interface {
	// Observe looks at the key or the value of one more record. A nil src, which is no
	// key or a tombstone, tells nothing.
	Observe(src []byte)
	// Infer returns what fits what was seen.
	Infer() Inferred
}

// Inferred is what a [Sample] has found.
type Inferred struct {
	// Columns are those that fit; none if nothing was seen that columns could hold.
	Columns []types.Column
	// Fields say of each column, and each field in it, where it comes from.
	Fields []SampledField
	// Records is how many were seen, besides those without key or value. Unfit is how
	// many of them the columns cannot hold.
	Records, Unfit int
}

// SampledField is a column, or a field within one, with what was seen of it.
type SampledField struct {
	// Path leads to it: address.city, items[].price, prices{} for the values of a MAP.
	Path string
	// Type is nil for a member that is no column.
	Type *types.Type
	// Records is in how many records it was there, be it null.
	Records int
	// Note says what is unusual: types that do not go together, nothing but nulls, a name
	// that no column may have. It is empty for most.
	Note string
}

// NewSample returns an empty sample of one side of a topic's records. The format must
// be one that columns can be sampled for: catalog.SampledKeys or SampledValues.
func (fs *Formats) NewSample(f catalog.Format, side catalog.Side) Sample {
	return fs.find(f.Name).Sample(f, side)
}

// kafkaSample tells the types of keys in Kafka's own format by their lengths: all of
// them text is STRING, all of 4 bytes INT, all of 8 bytes BIGINT.
type kafkaSample struct {
	name                        string
	records, texts, ints, longs int
}

func newKafkaSample(_ catalog.Format, side catalog.Side) Sample {
	return &kafkaSample{name: loneName(side)}
}

func (s *kafkaSample) Observe(src []byte) {
	if src == nil {
		return
	}
	s.records++
	switch {
	case isPlainText(src):
		s.texts++
	case len(src) == 4:
		s.ints++
	case len(src) == 8:
		s.longs++
	}
}

func (s *kafkaSample) Infer() Inferred {
	found := Inferred{Records: s.records, Unfit: s.records}
	var t *types.Type
	switch s.records {
	case 0:
		return found
	case s.texts:
		t = types.String
	case s.ints:
		t = types.Int
	case s.longs:
		t = types.Bigint
	default:
		return found
	}
	found.Unfit = 0
	found.Columns = []types.Column{{Name: s.name, Type: t}}
	found.Fields = []SampledField{{Path: s.name, Type: t, Records: s.records}}
	return found
}

// isPlainText reports whether bytes are text without control characters: a short
// number of Kafka's serializers nearly always has one.
func isPlainText(src []byte) bool {
	for _, c := range src {
		if c < ' ' || c == 0x7F {
			return false
		}
	}
	return utf8.Valid(src)
}

// jsonSample finds columns for JSON text: the members of its objects or, where it is
// not wrapped in one, a lone column.
type jsonSample struct {
	side    catalog.Side
	lone    bool
	scan    jsonScanner
	root    jsonSampled
	records int
	broken  int // records that are not JSON
}

func newJSONSample(f catalog.Format, side catalog.Side) Sample {
	return &jsonSample{side: side, lone: f.Unwrapped || side == catalog.KeySide}
}

func (s *jsonSample) Observe(src []byte) {
	if src == nil {
		return
	}
	s.records++
	s.scan = jsonScanner{src: trimMark(src)}
	if s.scan.skip(0) < 0 {
		s.broken++
		return
	}
	s.scan.depth = 0
	s.observe(s.scan.space(0), &s.root)
}

func (s *jsonSample) Infer() Inferred {
	found := Inferred{Records: s.records, Unfit: s.records - s.root.counts[jsonNull] - s.root.counts[jsonObjects]}
	i := inference{side: s.side, found: &found}
	if s.lone {
		found.Unfit = s.broken
		if s.records-s.broken > s.root.counts[jsonNull] {
			found.Columns = []types.Column{{Name: loneName(s.side), Type: i.field(loneName(s.side), &s.root)}}
		}
		return found
	}
	if s.root.counts[jsonObjects] > 0 {
		found.Columns = i.columns(&s.root)
	}
	return found
}

// kindCounts says how often each kind of value was met: "INTEGER 3, STRING 1".
func kindCounts(counts [jsonKinds]int) string {
	var parts []string
	for kind, n := range counts {
		if n > 0 && jsonSampleKind(kind) != jsonNull {
			parts = append(parts, fmt.Sprintf("%s %d", jsonSampleKindNames[kind], n))
		}
	}
	return strings.Join(parts, ", ")
}
