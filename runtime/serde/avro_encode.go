package serde

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file writes rows in Avro's binary encoding, as a schema says.

// avroPrint is one encoding.
type avroPrint struct{ fault fault }

// record appends the fields of a record; ok is false after a fault.
func (p *avroPrint) record(dst []byte, w *avroWriter, row []data.Value) (_ []byte, ok bool) {
	for i := range w.fields {
		f := &w.fields[i]
		if f.index < 0 || f.fixed != nil && f.null < 0 && row[f.index].IsNull() {
			dst = append(dst, f.fixed...)
			continue
		}
		if dst, ok = p.value(dst, f.avroWriter, row[f.index]); !ok {
			return dst, p.fault.in(f.name)
		}
	}
	return dst, true
}

// value appends a value, after the branch of the union that it may stand in.
func (p *avroPrint) value(dst []byte, w *avroWriter, v data.Value) (_ []byte, ok bool) {
	if v.IsNull() {
		if w.null < 0 {
			return dst, p.fault.fail("the schema does not allow NULL here")
		}
		return binary.AppendVarint(dst, int64(w.null)), true
	}
	if w.form == avroMismatch {
		return dst, p.fault.fail("cannot write " + w.from.String() + " as Avro's " + w.written)
	}
	if w.branch >= 0 {
		dst = binary.AppendVarint(dst, int64(w.branch))
	}
	switch w.form {
	case avroInt, avroDate, avroTime, avroMillis:
		return binary.AppendVarint(dst, v.Int64()), true
	case avroString, avroBytes:
		return appendAvroBytes(dst, v.Raw()), true
	case avroDouble:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v.Float64())), true
	case avroFloat:
		return binary.LittleEndian.AppendUint32(dst, math.Float32bits(float32(v.Float64()))), true
	case avroBool:
		return append(dst, byte(v.Int64())), true
	case avroDecimal:
		return appendAvroDecimal(dst, v), true
	case avroRecord:
		return p.record(dst, w, v.Elems())
	case avroArray:
		return p.array(dst, w, v.Elems())
	case avroMap, avroEntries:
		return p.entries(dst, w, v.Entries())
	}
	return p.rare(dst, w, v)
}

// rare appends a value of a type that only schemas of others have.
func (p *avroPrint) rare(dst []byte, w *avroWriter, v data.Value) (_ []byte, ok bool) {
	switch w.form {
	case avroEnum:
		i := slices.Index(w.symbols, v.Text())
		if i < 0 {
			return dst, p.fault.fail("the enum has no '" + v.Text() + "'")
		}
		return binary.AppendVarint(dst, int64(i)), true
	case avroFixed:
		if v.Kind() == types.KindBytes && len(v.Raw()) == w.size {
			return append(dst, v.Raw()...), true
		}
	case avroDecimalFixed:
		unscaled := appendUnscaled(nil, v)
		if missing := w.size - len(unscaled); missing >= 0 {
			for range missing {
				dst = append(dst, byte(int8(unscaled[0])>>7)) // the sign
			}
			return append(dst, unscaled...), true
		}
	}
	return dst, p.fault.fail("the value does not fit Avro's " + w.written)
}

func appendAvroBytes(dst, b []byte) []byte {
	return append(binary.AppendVarint(dst, int64(len(b))), b...)
}

// appendAvroDecimal appends the bytes of the unscaled number.
func appendAvroDecimal(dst []byte, v data.Value) []byte {
	start := len(dst)
	dst = appendUnscaled(append(dst, 0), v)
	size := len(dst) - start - 1
	if size < 64 { // the length in one byte
		dst[start] = byte(size << 1)
		return dst
	}
	return appendAvroBytes(dst[:start], slices.Clone(dst[start+1:]))
}

// array appends the elements in one block.
func (p *avroPrint) array(dst []byte, w *avroWriter, elems []data.Value) (_ []byte, ok bool) {
	if len(elems) > 0 {
		dst = binary.AppendVarint(dst, int64(len(elems)))
	}
	for i, v := range elems {
		if dst, ok = p.value(dst, w.elem, v); !ok {
			return dst, p.fault.at(i)
		}
	}
	return append(dst, 0), true
}

// entries appends the entries of a MAP in one block.
func (p *avroPrint) entries(dst []byte, w *avroWriter, entries []data.Entry) (_ []byte, ok bool) {
	if len(entries) > 0 {
		dst = binary.AppendVarint(dst, int64(len(entries)))
	}
	for _, e := range entries {
		switch {
		case w.form == avroEntries:
			dst, ok = p.value(dst, w.elem, data.Struct([]data.Value{e.Key, e.Value}))
		case e.Key.IsNull():
			ok = p.fault.fail("Avro's maps have no NULL as a key")
		default:
			dst, ok = p.value(appendAvroBytes(dst, e.Key.Raw()), w.elem, e.Value)
		}
		if !ok {
			return dst, p.fault.in(e.Key.Text())
		}
	}
	return append(dst, 0), true
}

// appendAvroDefault appends the default of a field that no column fills; without
// one it is null if the type allows that. ok is false if there is nothing to append.
func appendAvroDefault(dst []byte, t *avroType, v any) (_ []byte, ok bool) {
	if t.kind == "union" {
		for i, b := range t.branches {
			if fixed, ok := appendAvroDefault(nil, b, v); ok && (v == nil) == (b.kind == "null") {
				return append(binary.AppendVarint(dst, int64(i)), fixed...), true
			}
		}
		return dst, false
	}
	switch v := v.(type) {
	case nil:
		return dst, t.kind == "null"
	case bool:
		if v {
			return append(dst, 1), t.kind == "boolean"
		}
		return append(dst, 0), t.kind == "boolean"
	case int32:
		return binary.AppendVarint(dst, int64(v)), t.kind == "int"
	case int64:
		return binary.AppendVarint(dst, v), t.kind == "long"
	case float32:
		return binary.LittleEndian.AppendUint32(dst, math.Float32bits(v)), t.kind == "float"
	case float64:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v)), t.kind == "double"
	case string:
		if t.kind == "enum" {
			i := slices.Index(t.symbols, v)
			return binary.AppendVarint(dst, int64(i)), i >= 0
		}
		return appendAvroBytes(dst, []byte(v)), t.kind == "string"
	case []byte:
		if t.kind == "fixed" {
			return append(dst, v...), len(v) == t.size
		}
		return appendAvroBytes(dst, v), t.kind == "bytes"
	}
	return appendAvroDefaults(dst, t, v)
}

// appendAvroDefaults appends the default of a nested type.
func appendAvroDefaults(dst []byte, t *avroType, v any) (_ []byte, ok bool) {
	switch v := v.(type) {
	case []any:
		if len(v) > 0 {
			dst = binary.AppendVarint(dst, int64(len(v)))
		}
		for _, e := range v {
			if t.elem == nil {
				return dst, false
			}
			if dst, ok = appendAvroDefault(dst, t.elem, e); !ok {
				return dst, false
			}
		}
		return append(dst, 0), t.kind == "array"
	case map[string]any:
		if t.kind == "map" {
			return append(dst, 0), len(v) == 0 // one with entries has never been seen
		}
		for _, f := range t.fields {
			member, has := v[f.name]
			if !has {
				member = f.fallback
			}
			if dst, ok = appendAvroDefault(dst, f.avroType, member); !ok {
				return dst, false
			}
		}
		return dst, t.kind == "record"
	}
	return dst, false
}
