package types

import (
	"strings"
)

// Column is a named, typed column of a schema.
type Column struct {
	Name   string
	Type   *Type
	Header Header // where the column comes from, if from the record's headers
}

// Header says which record headers fill a column. The zero Header is for
// columns of the key and the value.
type Header struct {
	All bool   // HEADERS: every header, ARRAY<STRUCT<KEY STRING, VALUE BYTES>>
	Key string // HEADER('key'): the last header of that name, BYTES
}

// IsZero reports whether the column is not filled from headers.
func (h Header) IsZero() bool { return h == Header{} }

// HeadersType is the type of a HEADERS column.
var HeadersType = ArrayOf(StructOf(Field{Name: "KEY", Type: String}, Field{Name: "VALUE", Type: Bytes}))

// Schema is the columns of a source or a result: those of the record's key and
// those of its value, each in order. Header columns stand among the value
// columns, where they were declared. Names are unique within the schema.
type Schema struct {
	Key   []Column
	Value []Column
}

// Place says in which part of a record a column lies.
type Place uint8

// The places of columns. Pseudo columns lie outside key and value; see [Pseudo].
const (
	InKey Place = iota + 1
	InValue
	InPseudo
)

// Ref points at a column of a schema: Index counts within its Place.
type Ref struct {
	Place Place
	Index int
}

// Find returns where the column of exactly that name is.
func (s *Schema) Find(name string) (Ref, *Type, bool) {
	for i, c := range s.Key {
		if c.Name == name {
			return Ref{InKey, i}, c.Type, true
		}
	}
	for i, c := range s.Value {
		if c.Name == name {
			return Ref{InValue, i}, c.Type, true
		}
	}
	return Ref{}, nil, false
}

// Columns returns the key columns followed by the value columns.
func (s *Schema) Columns() []Column {
	all := make([]Column, 0, len(s.Key)+len(s.Value))
	return append(append(all, s.Key...), s.Value...)
}

// Names returns the names of all columns, key columns first.
func (s *Schema) Names() []string {
	names := make([]string, 0, len(s.Key)+len(s.Value))
	for _, c := range s.Columns() {
		names = append(names, c.Name)
	}
	return names
}

// HasHeaders reports whether a column is filled from record headers.
func (s *Schema) HasHeaders() bool {
	for _, c := range s.Value {
		if !c.Header.IsZero() {
			return true
		}
	}
	return false
}

// String returns the schema as ksqlDB prints it: `ID` INTEGER KEY, `NAME` STRING.
func (s *Schema) String() string {
	parts := make([]string, 0, len(s.Key)+len(s.Value))
	for _, c := range s.Key {
		parts = append(parts, quoted(c.Name)+" "+c.Type.String()+" KEY")
	}
	for _, c := range s.Value {
		parts = append(parts, quoted(c.Name)+" "+c.Type.String()+c.Header.suffix())
	}
	return strings.Join(parts, ", ")
}

func (h Header) suffix() string {
	switch {
	case h.All:
		return " HEADERS"
	case h.Key != "":
		return " HEADER('" + h.Key + "')"
	}
	return ""
}

func quoted(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// Pseudo is a column that every record has besides those of its schema.
type Pseudo int

// The pseudo columns. Window bounds exist only in windowed sources and results.
const (
	RowTime      Pseudo = iota // ROWTIME BIGINT: event time, ms since the epoch
	RowPartition               // ROWPARTITION INTEGER
	RowOffset                  // ROWOFFSET BIGINT
	WindowStart                // WINDOWSTART BIGINT: ms since the epoch, inclusive
	WindowEnd                  // WINDOWEND BIGINT: ms since the epoch
	RowTopic                   // ROWTOPIC STRING: of sources over a pattern alone
)

// PseudoColumns are the pseudo columns by their Pseudo, with their reserved names.
var PseudoColumns = []Column{
	RowTime:      {Name: "ROWTIME", Type: Bigint},
	RowPartition: {Name: "ROWPARTITION", Type: Int},
	RowOffset:    {Name: "ROWOFFSET", Type: Bigint},
	WindowStart:  {Name: "WINDOWSTART", Type: Bigint},
	WindowEnd:    {Name: "WINDOWEND", Type: Bigint},
	RowTopic:     {Name: "ROWTOPIC", Type: String},
}

// FindPseudo returns the pseudo column of that name, which no other column may have.
// ROWTOPIC is not among them: only in sources over a pattern it is more than a name.
func FindPseudo(name string) (Pseudo, bool) {
	for i, c := range PseudoColumns[:RowTopic] {
		if c.Name == name {
			return Pseudo(i), true
		}
	}
	return 0, false
}
