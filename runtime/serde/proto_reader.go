package serde

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file compiles a message type and the columns that take its fields into a
// protoReader, which proto_decode.go runs.

// protoReader reads messages of one type. It is immutable.
type protoReader struct {
	slots []protoSlot
	// near holds, for the small numbers that nearly all fields have, the index in
	// slots plus one; 0 for numbers that no column takes.
	near [64]uint8
	// unset are the values that fields have which are not in the message.
	unset []data.Value
}

// protoSlot reads one field into a column.
type protoSlot struct {
	protoValue
	lone    protowire.Type // of a field with one value, else protoSeveral
	number  int32
	name    string // of the column
	index   int    // of the column in the row
	keep    bool
	list    bool
	entries bool
	key     protoValue // of the entries of a map, whose values are the slot's own
}

// protoSeveral stands for the wire type of lists and maps.
const protoSeveral protowire.Type = -1

// protoValue reads one value: that of a field, or one of the values of a list or map.
type protoValue struct {
	form    protoForm
	kind    protoreflect.Kind // on the wire
	wire    protowire.Type
	to      *types.Type
	enum    map[int32]string
	message *protoReader // of a STRUCT
	scale   int          // that a DECIMAL was declared with
	wrapped *protoValue  // the value in a wrapper
	unset   data.Value   // the value of a field that is not in the message
}

// protoForm is what has to be done to read a value.
type protoForm uint8

const (
	protoMismatch protoForm = iota // the column does not take the field
	protoInt
	protoDouble
	protoBool
	protoText
	protoBytes
	protoEnum
	protoWrapper
	protoMoment // google.protobuf.Timestamp
	protoDay    // google.type.Date
	protoClock  // google.type.TimeOfDay
	protoExact  // confluent.type.Decimal
	protoStruct
)

// maxProtoSlots is how many fields are found at once by their number.
const maxProtoSlots = 255

// newProtoReader returns the reader of messages of type m into a row of the given
// width; the columns say where in the row they lie.
func newProtoReader(m *protoMessage, columns []field, width int) *protoReader {
	r := &protoReader{unset: make([]data.Value, width)}
	for _, c := range columns {
		f := m.find(c.Name)
		if f == nil {
			continue
		}
		s := newProtoSlot(f, c)
		r.slots = append(r.slots, s)
		if n := len(r.slots); s.number < int32(len(r.near)) && n <= maxProtoSlots && r.near[s.number] == 0 {
			r.near[s.number] = uint8(n)
		}
		if c.wanted {
			r.unset[c.index] = s.unset
		}
	}
	return r
}

func newProtoSlot(f *protoField, c field) protoSlot {
	s := protoSlot{lone: protoSeveral, number: f.number, name: c.Name, index: c.index, keep: c.wanted, list: f.list, entries: f.entries}
	kind := c.Type.Kind()
	switch {
	case f.list && kind == types.KindArray:
		s.protoValue = newProtoValue(f, c.Type.Elem())
		s.unset = data.Array(nil)
	case f.entries && kind == types.KindMap:
		s.key = newProtoValue(f.message.fields[0], c.Type.Key())
		s.protoValue = newProtoValue(f.message.fields[1], c.Type.Elem())
		s.unset = data.Map(nil)
	case f.list || f.entries:
		s.to, s.wire = c.Type, protoWireType(f.kind) // a mismatch
	default:
		s.protoValue = newProtoValue(f, c.Type)
		s.lone = s.wire
		if f.present {
			s.unset = data.Null
		}
	}
	return s
}

// newProtoValue returns the reader of single values of the field's type.
func newProtoValue(f *protoField, t *types.Type) protoValue {
	v := protoValue{kind: f.kind, wire: protoWireType(f.kind), to: t, enum: f.enum, scale: f.scale}
	if kind, ok := f.wrapped(); ok {
		inner := newProtoValue(&protoField{kind: kind}, t)
		v.form, v.wrapped = protoWrapper, &inner
		return v
	}
	if f.kind == protoreflect.MessageKind {
		v.form = protoMessageForm(f, t)
		if v.form == protoStruct {
			v.message = newProtoReader(f.message, structColumns(t), len(t.Fields()))
		}
		return v
	}
	v.form = protoScalarForm(f.kind, t)
	v.unset = protoDefault(&v)
	return v
}

// structColumns returns the fields of a STRUCT as columns that are all wanted.
func structColumns(t *types.Type) []field {
	columns := make([]field, len(t.Fields()))
	for i, f := range t.Fields() {
		columns[i] = field{Column: types.Column{Name: f.Name, Type: f.Type}, index: i, wanted: true}
	}
	return columns
}

func protoMessageForm(f *protoField, t *types.Type) protoForm {
	switch {
	case f.entries:
		return protoMismatch
	case f.message.name == protoTimestamp && t.Kind() == types.KindTimestamp:
		return protoMoment
	case f.message.name == protoDate && t.Kind() == types.KindDate:
		return protoDay
	case f.message.name == protoTime && t.Kind() == types.KindTime:
		return protoClock
	case f.message.name == protoDecimal && t.Kind() == types.KindDecimal:
		return protoExact
	case t.Kind() == types.KindStruct:
		return protoStruct
	}
	return protoMismatch
}

func protoScalarForm(kind protoreflect.Kind, t *types.Type) protoForm {
	switch kind {
	case protoreflect.BoolKind:
		return formIf(takesBoolean(t), protoBool)
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return formIf(takesInt(t, 32), protoInt)
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return formIf(takesDouble(t), protoDouble)
	case protoreflect.StringKind:
		return formIf(t.Kind() == types.KindString, protoText)
	case protoreflect.BytesKind:
		return formIf(t.Kind() == types.KindBytes, protoBytes)
	case protoreflect.EnumKind:
		return formIf(t.Kind() == types.KindString, protoEnum)
	}
	return formIf(takesInt(t, 64), protoInt)
}

func formIf(taken bool, form protoForm) protoForm {
	if taken {
		return form
	}
	return protoMismatch
}

// protoDefault returns the default of a scalar: 0, FALSE, an empty text.
func protoDefault(v *protoValue) data.Value {
	arena := &data.Arena{} // the text of a number stays in memory as long as the reader
	switch v.form {
	case protoBool:
		return booleanValue(false, v.to.Kind())
	case protoInt:
		return intValue(0, v.to.Kind(), arena)
	case protoDouble:
		return doubleValue(0, v.to.Kind(), arena)
	case protoText:
		return data.String("")
	case protoBytes:
		return data.Bytes([]byte{})
	case protoEnum:
		return data.String(v.enum[0])
	}
	return data.Null
}

// slot returns the reader of the field of that number, nil if no column takes it.
func (r *protoReader) slot(number int32) *protoSlot {
	if number < int32(len(r.near)) {
		if i := r.near[number]; i > 0 {
			return &r.slots[i-1]
		}
		if len(r.slots) <= maxProtoSlots {
			return nil
		}
	}
	for i := range r.slots {
		if r.slots[i].number == number {
			return &r.slots[i]
		}
	}
	return nil
}
