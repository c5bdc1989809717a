package datagen

import (
	"math/rand/v2"
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// Kind is a sort of records.
type Kind struct {
	// Name is what it is called on a command line.
	Name string
	// About says what the records are.
	About string
	// Key is the name of the field that is the key by default; empty is none.
	Key    string
	fields []field
	// begin chooses what several fields of a row have in common. It may be nil.
	begin func(*source)
}

// field is a column of the value, and how its values are made up.
type field struct {
	name  string
	typ   *types.Type
	value value
}

// value makes up a value for a row.
type value func(*source) data.Value

// Columns returns the columns of the value.
func (k *Kind) Columns() []types.Column {
	columns := make([]types.Column, len(k.fields))
	for i, f := range k.fields {
		columns[i] = types.Column{Name: f.name, Type: f.typ}
	}
	return columns
}

// source is where the values of a series come from.
type source struct {
	*rand.Rand
	// at is the time of the row in milliseconds since 1970, and number counts the rows
	// from 1.
	at, number int64
	// What begin has chosen for the row.
	person person
	visit  *visit
	visits []*visit // that are going on
}

// Generator makes up the rows of a kind. It belongs to one goroutine.
type Generator struct {
	kind   *Kind
	source source
	row    data.Row
}

// NewGenerator begins a series of rows. Equal seeds make equal series.
func NewGenerator(k *Kind, seed uint64) *Generator {
	const stream = 0x6b73716c697465 // any constant: the generator wants two numbers
	return &Generator{kind: k, row: make(data.Row, len(k.fields)), source: source{Rand: rand.New(rand.NewPCG(seed, stream))}}
}

// Next returns the next row, at a time in milliseconds since 1970: a value for each
// column. It is valid until the next call.
func (g *Generator) Next(at int64) data.Row {
	g.source.at = at
	g.source.number++
	if g.kind.begin != nil {
		g.kind.begin(&g.source)
	}
	for i, f := range g.kind.fields {
		g.row[i] = f.value(&g.source)
	}
	return g.row
}

// SeededStart is when the series of a given seed begins, and SeededStep how far apart
// its rows are.
const (
	SeededStart = int64(1_767_225_600_000) // 2026-01-01T00:00:00Z
	SeededStep  = 100 * time.Millisecond
)
