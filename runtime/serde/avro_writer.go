package serde

import (
	"fmt"
	"slices"

	"github.com/ksqlite/ksqlite/planner/types"
)

// This file compiles a schema, and the columns that fill it, into an avroWriter,
// which avro_encode.go runs. The schema is mostly the one that the columns make,
// but it may be any that a registry has.

// avroWriter writes values of one type of a schema. It is immutable.
type avroWriter struct {
	form avroForm
	from *types.Type
	// null and branch are the indexes in a union of null and of the type itself; -1
	// where there is no null or no union.
	null, branch int
	fields       []avroOut // of a record
	elem         *avroWriter
	symbols      []string
	size         int // of a fixed
	written      string
}

// avroOut writes one field of a record.
type avroOut struct {
	*avroWriter
	name  string // of the column
	index int    // of the column, -1 if none fills the field
	fixed []byte // what is written then, or where a NULL cannot be; nil for nothing
}

// avroRecordWriter compiles the root of keys or values that are records of columns.
func avroRecordWriter(t *avroType, columns []field) (*avroWriter, error) {
	record := t.nullable()
	if record.kind != "record" {
		return nil, fmt.Errorf("the schema is not a record, but %s", record.kind)
	}
	w := &avroWriter{null: -1, branch: slices.Index(t.branches, record), written: record.kind}
	return w, w.outs(record, columns)
}

func newAvroWriter(t *avroType, from *types.Type) *avroWriter {
	w := &avroWriter{null: -1, branch: -1, from: from, written: t.kind}
	if t.kind == "union" {
		t = w.choose(t, from)
	}
	w.form, w.symbols, w.size = avroFormOf(t, from), t.symbols, t.size
	switch w.form {
	case avroArray, avroMap:
		w.elem = newAvroWriter(t.elem, from.Elem())
	case avroEntries:
		w.elem = newAvroWriter(t.elem, types.StructOf(types.Field{Name: "key", Type: from.Key()}, types.Field{Name: "value", Type: from.Elem()}))
	case avroRecord:
		if w.outs(t, structColumns(from)) != nil {
			w.form = avroMismatch
		}
	case avroDecimal, avroDecimalFixed:
		if t.scale != from.Scale() {
			w.form = avroMismatch
		}
	case avroInt, avroDouble, avroFloat, avroBool:
		if from.Kind() == types.KindString {
			w.form = avroMismatch // what is read as text is not written from text
		}
	}
	return w
}

// choose picks the branch of a union that holds the column.
func (w *avroWriter) choose(union *avroType, from *types.Type) *avroType {
	chosen := union
	for i, b := range union.branches {
		switch {
		case b.kind == "null":
			w.null = i
		case w.branch < 0 && newAvroWriter(b, from).form != avroMismatch:
			w.branch, chosen = i, b
		}
	}
	if w.branch < 0 {
		return &avroType{kind: "union of other types"}
	}
	return chosen
}

// outs compiles the fields of a record. A field that no column fills has its
// default, or is null; otherwise the record cannot be written.
func (w *avroWriter) outs(t *avroType, columns []field) error {
	w.form, w.fields = avroRecord, nil
	taken := make([]*field, len(t.fields))
	for i := range columns {
		if at := t.find(columns[i].Name); at >= 0 {
			taken[at] = &columns[i]
		}
	}
	for i, f := range t.fields {
		out := avroOut{index: -1, name: f.name}
		fixed, ok := appendAvroDefault(nil, f.avroType, f.fallback)
		if ok {
			out.fixed = fixed
		}
		if column := taken[i]; column != nil {
			out.avroWriter, out.index, out.name = newAvroWriter(f.avroType, column.Type), column.index, column.Name
		} else if !ok {
			return fmt.Errorf("field %s of the schema has no default, and there is no column for it", f.name)
		}
		w.fields = append(w.fields, out)
	}
	return nil
}
