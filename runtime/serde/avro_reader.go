package serde

import (
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file compiles the schema that records were written with, and the columns
// that take its fields, into an avroReader, which avro_decode.go runs.

// avroReader reads, or skips, values of one type of the writer's schema. It is
// immutable once compiled.
type avroReader struct {
	form     avroForm
	to       types.Kind
	typ      *types.Type
	fields   []avroSlot    // of a record, in the order of the writer
	width    int           // of the STRUCT that a record becomes
	elem     *avroReader   // of an array or a map
	branches []*avroReader // of a union
	places   []int         // in the STRUCT that a union of several types becomes; -1 for nowhere
	symbols  []data.Value
	size     int // of a fixed
	scale    int // of a decimal
	written  string
	tiny     bool // elements may take no bytes at all
}

// avroSlot reads one field of a record; index is -1 if no column takes it.
type avroSlot struct {
	*avroReader
	plain *avroReader // that skips the field
	name  string      // of the column
	index int
	keep  bool
}

// avroForm is what has to be done to read a value.
type avroForm uint8

const (
	avroMismatch avroForm = iota // the column does not take the type
	avroNull
	avroBool
	avroInt // int and long
	avroFloat
	avroDouble
	avroString
	avroBytes
	avroFixed
	avroEnum
	avroDecimal // bytes
	avroDecimalFixed
	avroDate
	avroTime
	avroMillis // timestamp-millis
	avroArray
	avroMap
	avroEntries // an array of records of key and value
	avroRecord
	avroUnion
	avroBranches // a union of several types, of which one field of a STRUCT is filled
)

// avroCompiler remembers what it has compiled for skipping, since types may lie in
// themselves. Where a column takes them they end with the column's type.
type avroCompiler struct{ skipped map[*avroType]*avroReader }

func newAvroCompiler() *avroCompiler { return &avroCompiler{skipped: map[*avroType]*avroReader{}} }

// record compiles the root of a key or value that is a record of columns; nil if
// the schema is something else.
func (c *avroCompiler) record(t *avroType, columns []field, width int) *avroReader {
	r := &avroReader{form: avroRecord, written: t.kind, width: width}
	switch t.kind {
	case "record":
		c.slots(r, t, columns)
		return r
	case "union":
		r.form = avroUnion
		for _, b := range t.branches {
			branch := &avroReader{form: avroNull, written: b.kind}
			if b.kind != "null" {
				branch = c.record(b, columns, width)
			}
			if branch == nil {
				return nil
			}
			r.branches = append(r.branches, branch)
		}
		return r
	}
	return nil
}

// slots compiles the fields of a record; the columns say where their values go.
func (c *avroCompiler) slots(r *avroReader, t *avroType, columns []field) {
	taken := make([]*field, len(t.fields))
	for i := range columns {
		if at := t.find(columns[i].Name); at >= 0 {
			taken[at] = &columns[i]
		}
	}
	for i, f := range t.fields {
		slot := avroSlot{index: -1}
		if column := taken[i]; column != nil {
			slot = avroSlot{avroReader: c.value(f.avroType, column.Type), plain: c.skip(f.avroType), name: column.Name, index: column.index, keep: column.wanted}
		} else {
			slot.avroReader = c.skip(f.avroType)
		}
		r.fields = append(r.fields, slot)
	}
}

// value compiles a type for a column or a part of one.
func (c *avroCompiler) value(t *avroType, to *types.Type) *avroReader {
	r := &avroReader{form: avroFormOf(t, to), to: to.Kind(), typ: to, written: t.kind, size: t.size, scale: t.scale}
	switch r.form {
	case avroEnum:
		r.symbols = symbolValues(t.symbols)
	case avroArray, avroMap:
		r.elem = c.value(t.elem, to.Elem())
		r.tiny = c.skip(t.elem).empty(0)
	case avroEntries:
		entry := types.StructOf(types.Field{Name: "key", Type: to.Key()}, types.Field{Name: "value", Type: to.Elem()})
		r.elem = c.value(t.elem, entry)
		r.tiny = c.skip(t.elem).empty(0)
	case avroRecord:
		r.width = len(to.Fields())
		c.slots(r, t, structColumns(to))
	case avroUnion:
		for _, b := range t.branches {
			r.branches = append(r.branches, c.value(b, to))
		}
	case avroBranches:
		r.width = len(to.Fields())
		c.members(r, t, to)
	case avroMismatch:
		if t.logical != "" {
			r.written = t.logical
		}
	}
	return r
}

// members compiles the branches of a union for the fields of a STRUCT that have their names.
func (c *avroCompiler) members(r *avroReader, t *avroType, to *types.Type) {
	for _, b := range t.branches {
		name := b.member()
		place := to.FieldIndex(name)
		if place < 0 {
			place = to.FieldIndex(strings.ToUpper(name))
		}
		branch := c.skip(b)
		if place >= 0 {
			branch = c.value(b, to.Fields()[place].Type)
		}
		r.places = append(r.places, place)
		r.branches = append(r.branches, branch)
	}
}

// skip compiles a type that no column takes.
func (c *avroCompiler) skip(t *avroType) *avroReader {
	if r, ok := c.skipped[t]; ok {
		return r
	}
	r := &avroReader{form: avroPlainForm(t), written: t.kind, size: t.size}
	c.skipped[t] = r
	for _, f := range t.fields {
		r.fields = append(r.fields, avroSlot{avroReader: c.skip(f.avroType), index: -1})
	}
	for _, b := range t.branches {
		r.branches = append(r.branches, c.skip(b))
	}
	if t.elem != nil {
		r.elem = c.skip(t.elem)
		r.tiny = r.elem.empty(0)
	}
	return r
}

// empty reports whether values of the type may take no bytes.
func (r *avroReader) empty(depth int) bool {
	switch r.form {
	case avroNull:
		return true
	case avroFixed:
		return r.size == 0
	case avroRecord:
		for _, f := range r.fields {
			if depth > maxAvroDepth || !f.empty(depth+1) {
				return false
			}
		}
		return true
	}
	return false
}

func symbolValues(symbols []string) []data.Value {
	values := make([]data.Value, len(symbols))
	for i, s := range symbols {
		values[i] = data.String(s)
	}
	return values
}

// avroFormOf returns how a column reads a type.
func avroFormOf(t *avroType, to *types.Type) avroForm {
	plain := avroPlainForm(t)
	kind := to.Kind()
	ok := false
	switch plain {
	case avroNull:
		ok = true
	case avroUnion:
		if kind == types.KindStruct && t.nullable() == t {
			return avroBranches
		}
		ok = true
	case avroBool:
		ok = takesBoolean(to)
	case avroInt:
		return avroIntForm(t, to)
	case avroFloat, avroDouble:
		ok = takesDouble(to)
	case avroString, avroEnum:
		ok = kind == types.KindString
	case avroBytes, avroFixed:
		return avroBytesForm(t, plain, to)
	case avroArray:
		if kind == types.KindMap && t.isEntries() {
			return avroEntries
		}
		ok = kind == types.KindArray
	case avroMap:
		ok = kind == types.KindMap
	case avroRecord:
		ok = kind == types.KindStruct
	}
	if !ok {
		return avroMismatch
	}
	return plain
}

// isEntries reports whether an array holds the entries of a map, as Kafka Connect
// writes maps whose keys are not plain text.
func (t *avroType) isEntries() bool {
	return t.elem.kind == "record" && len(t.elem.fields) == 2 && t.elem.find("key") == 0 && t.elem.find("value") == 1
}

func avroIntForm(t *avroType, to *types.Type) avroForm {
	for _, c := range []struct {
		kind, logical string
		to            types.Kind
		form          avroForm
	}{
		{"int", "date", types.KindDate, avroDate},
		{"int", "time-millis", types.KindTime, avroTime},
		{"long", "timestamp-millis", types.KindTimestamp, avroMillis},
	} {
		if t.kind == c.kind && t.logical == c.logical {
			if to.Kind() == c.to {
				return c.form
			}
			return avroMismatch
		}
	}
	if bits := map[string]int{"int": 32, "long": 64}[t.kind]; takesInt(to, bits) {
		return avroInt
	}
	return avroMismatch
}

func avroBytesForm(t *avroType, plain avroForm, to *types.Type) avroForm {
	switch {
	case t.logical == "decimal" && to.Kind() == types.KindDecimal && plain == avroBytes:
		return avroDecimal
	case t.logical == "decimal" && to.Kind() == types.KindDecimal:
		return avroDecimalFixed
	case t.logical != "decimal" && to.Kind() == types.KindBytes:
		return plain
	}
	return avroMismatch
}

// avroPlainForm returns how a type is read, whatever it means.
func avroPlainForm(t *avroType) avroForm {
	switch t.kind {
	case "boolean":
		return avroBool
	case "int", "long":
		return avroInt
	case "float":
		return avroFloat
	case "double":
		return avroDouble
	case "string":
		return avroString
	case "bytes":
		return avroBytes
	case "fixed":
		return avroFixed
	case "enum":
		return avroEnum
	case "array":
		return avroArray
	case "map":
		return avroMap
	case "record":
		return avroRecord
	case "union":
		return avroUnion
	}
	return avroNull
}
