package serde

import (
	"encoding/binary"
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file writes rows as Protobuf messages: the fields in the order of their
// numbers, and those left out that have their default value.

// protoWriter writes messages of one type. It is immutable.
type protoWriter struct{ fields []protoOut }

// protoOut writes one column as a field.
type protoOut struct {
	protoOutValue
	number        int32
	name          string // of the column
	index         int    // of the column in the row
	list, entries bool
	present       bool // a default value is written too
	key           protoOutValue
}

// protoOutValue writes one value.
type protoOutValue struct {
	form    protoForm
	kind    protoreflect.Kind
	wire    protowire.Type
	from    *types.Type
	enum    map[int32]string
	message *protoWriter   // of a STRUCT
	wrapped *protoOutValue // the value in a wrapper
}

func newProtoWriter(m *protoMessage, columns []field) *protoWriter {
	w := &protoWriter{}
	for _, f := range m.sorted() {
		for _, c := range columns {
			if m.find(c.Name) == f {
				w.fields = append(w.fields, newProtoOut(f, c))
				break
			}
		}
	}
	return w
}

func newProtoOut(f *protoField, c field) protoOut {
	o := protoOut{number: f.number, name: c.Name, index: c.index, list: f.list, entries: f.entries, present: f.present}
	kind := c.Type.Kind()
	switch {
	case f.list && kind == types.KindArray:
		o.protoOutValue = newProtoOutValue(f, c.Type.Elem())
	case f.entries && kind == types.KindMap:
		o.key = newProtoOutValue(f.message.fields[0], c.Type.Key())
		o.protoOutValue = newProtoOutValue(f.message.fields[1], c.Type.Elem())
	case f.list || f.entries:
		o.kind, o.from = f.kind, c.Type // a mismatch
	default:
		o.protoOutValue = newProtoOutValue(f, c.Type)
	}
	return o
}

func newProtoOutValue(f *protoField, t *types.Type) protoOutValue {
	v := protoOutValue{kind: f.kind, wire: protoWireType(f.kind), from: t, enum: f.enum}
	if kind, ok := f.wrapped(); ok {
		inner := newProtoOutValue(&protoField{kind: kind}, t)
		v.form, v.wrapped = protoWrapper, &inner
		return v
	}
	if f.kind == protoreflect.MessageKind {
		v.form = protoMessageForm(f, t)
		if v.form == protoStruct {
			v.message = newProtoWriter(f.message, structColumns(t))
		}
		return v
	}
	v.form = protoScalarForm(f.kind, t)
	if v.form != protoText && v.form != protoEnum && t.Kind() == types.KindString || v.form == protoInt && t.Kind() == types.KindDouble {
		v.form = protoMismatch // what is read as text is not written from text
	}
	return v
}

// protoPrint is one encoding.
type protoPrint struct{ fault fault }

// message appends the fields of a message; ok is false after a fault.
func (p *protoPrint) message(dst []byte, w *protoWriter, row []data.Value) (_ []byte, ok bool) {
	for i := range w.fields {
		o := &w.fields[i]
		v := row[o.index]
		if v.IsNull() {
			continue
		}
		switch {
		case o.form == protoMismatch:
			ok = p.fault.fail("cannot write " + o.from.String() + " as a field of type " + o.kind.String())
		case o.list:
			dst, ok = p.list(dst, o, v.Elems())
		case o.entries:
			dst, ok = p.entries(dst, o, v.Entries())
		case !o.present && o.unset(v):
			ok = true
		default:
			dst, ok = p.value(appendProtoTag(dst, o.number, o.wire), &o.protoOutValue, v)
		}
		if !ok {
			return dst, p.fault.in(o.name)
		}
	}
	return dst, true
}

// unset reports whether a value is the default of its field and need not be written.
func (o *protoOutValue) unset(v data.Value) bool {
	switch o.form {
	case protoInt, protoBool:
		return v.Int64() == 0
	case protoDouble:
		return math.Float64bits(v.Float64()) == 0
	case protoText, protoBytes:
		return len(v.Raw()) == 0
	}
	return false
}

// list appends the elements of an ARRAY: numbers packed, others each as a field.
func (p *protoPrint) list(dst []byte, o *protoOut, elems []data.Value) (_ []byte, ok bool) {
	packed := o.wire != protowire.BytesType
	if packed && len(elems) > 0 {
		dst = append(appendProtoTag(dst, o.number, protowire.BytesType), 0)
	}
	start := len(dst) - 1
	for i, v := range elems {
		if v.IsNull() {
			p.fault.fail("Protobuf has no NULL in a list")
			return dst, p.fault.at(i)
		}
		if !packed {
			dst = appendProtoTag(dst, o.number, o.wire)
		}
		if dst, ok = p.value(dst, &o.protoOutValue, v); !ok {
			return dst, p.fault.at(i)
		}
	}
	if packed && len(elems) > 0 {
		dst = sealProto(dst, start)
	}
	return dst, true
}

// entries appends the entries of a MAP. A value that is NULL is left out, which
// is read as the default.
func (p *protoPrint) entries(dst []byte, o *protoOut, entries []data.Entry) (_ []byte, ok bool) {
	for _, e := range entries {
		dst = append(appendProtoTag(dst, o.number, protowire.BytesType), 0)
		start := len(dst) - 1
		if !e.Key.IsNull() {
			if dst, ok = p.value(appendProtoTag(dst, 1, o.key.wire), &o.key, e.Key); !ok {
				return dst, false
			}
		}
		if !e.Value.IsNull() {
			if dst, ok = p.value(appendProtoTag(dst, 2, o.wire), &o.protoOutValue, e.Value); !ok {
				return dst, p.fault.in(e.Key.Text())
			}
		}
		dst = sealProto(dst, start)
	}
	return dst, true
}

// value appends one value that is not NULL.
func (p *protoPrint) value(dst []byte, o *protoOutValue, v data.Value) (_ []byte, ok bool) {
	switch o.form {
	case protoInt:
		return p.integer(dst, o.kind, v.Int64())
	case protoBool:
		return appendProtoNumber(dst, uint64(v.Int64()), o.kind), true
	case protoDouble:
		return appendProtoNumber(dst, math.Float64bits(v.Float64()), o.kind), true
	case protoText, protoBytes:
		raw := v.Raw()
		return append(binary.AppendUvarint(dst, uint64(len(raw))), raw...), true
	case protoEnum:
		return p.symbol(dst, o, v.Text())
	}
	dst = append(dst, 0)
	start := len(dst) - 1
	ok = true
	switch o.form {
	case protoStruct:
		dst, ok = p.message(dst, o.message, v.Elems())
	case protoWrapper:
		if !o.wrapped.unset(v) {
			dst, ok = p.value(appendProtoTag(dst, 1, o.wrapped.wire), o.wrapped, v)
		}
	case protoExact:
		dst = appendProtoDecimal(dst, v, o.from)
	case protoMoment, protoDay, protoClock:
		dst = appendProtoTemporal(dst, o.form, v.Int64())
	default:
		ok = p.fault.fail("cannot write " + o.from.String() + " as a field of type " + o.kind.String())
	}
	return sealProto(dst, start), ok
}

func (p *protoPrint) integer(dst []byte, kind protoreflect.Kind, i int64) (_ []byte, ok bool) {
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	switch kind {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		low, high = math.MinInt32, math.MaxInt32
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		low, high = 0, math.MaxUint32
	}
	if i < low || i > high {
		return dst, p.fault.fail("the number does not fit a field of type " + kind.String())
	}
	return appendProtoNumber(dst, uint64(i), kind), true
}

// symbol appends the number that an enum has for the name.
func (p *protoPrint) symbol(dst []byte, o *protoOutValue, name string) (_ []byte, ok bool) {
	for number, n := range o.enum {
		if n == name {
			return binary.AppendUvarint(dst, uint64(int64(number))), true
		}
	}
	return dst, p.fault.fail("the enum has no '" + name + "'")
}

// appendProtoDecimal appends the unscaled number (1), the precision (2), and the scale (3).
func appendProtoDecimal(dst []byte, v data.Value, t *types.Type) []byte {
	dst = append(appendProtoTag(dst, 1, protowire.BytesType), 0)
	start := len(dst) - 1
	dst = sealProto(appendUnscaled(dst, v), start)
	dst = binary.AppendUvarint(appendProtoTag(dst, 2, protowire.VarintType), uint64(t.Precision()))
	if t.Scale() != 0 {
		dst = binary.AppendUvarint(appendProtoTag(dst, 3, protowire.VarintType), uint64(t.Scale()))
	}
	return dst
}

// appendProtoTemporal appends the fields of a Timestamp, a Date or a TimeOfDay.
func appendProtoTemporal(dst []byte, form protoForm, n int64) []byte {
	switch form {
	case protoMoment:
		at := time.UnixMilli(n)
		return appendProtoFields(dst, at.Unix(), int64(at.Nanosecond()))
	case protoDay:
		year, month, day := time.Unix(n*24*60*60, 0).UTC().Date()
		return appendProtoFields(dst, int64(year), int64(month), int64(day))
	}
	s := n / 1000
	return appendProtoFields(dst, s/3600, s/60%60, s%60, n%1000*1_000_000)
}

// appendProtoFields appends numbers as the fields 1, 2 and so on; zeros are left out.
func appendProtoFields(dst []byte, numbers ...int64) []byte {
	for i, n := range numbers {
		if n != 0 {
			dst = binary.AppendUvarint(appendProtoTag(dst, int32(i+1), protowire.VarintType), uint64(n))
		}
	}
	return dst
}
