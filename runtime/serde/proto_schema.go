package serde

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file holds what is known of a Protobuf message, and makes the message that
// stands for a list of columns.

// protoMessage is a message type. One that lies in itself points at itself.
type protoMessage struct {
	name   string // full name
	fields []*protoField
}

// protoField is a field of a message.
type protoField struct {
	name    string
	number  int32
	kind    protoreflect.Kind
	message *protoMessage    // of a field of MessageKind: its type; of a map: that of its entries
	enum    map[int32]string // the names of an enum's numbers
	list    bool             // repeated, but not a map
	entries bool             // a map
	present bool             // tells an unset value from a default one
	// precision and scale are those that a DECIMAL was declared with; precision 0 if none are known.
	precision, scale int
}

// The messages that stand for SQL types.
const (
	protoDecimal   = "confluent.type.Decimal"
	protoDate      = "google.type.Date"
	protoTime      = "google.type.TimeOfDay"
	protoTimestamp = "google.protobuf.Timestamp"
)

// protoWrappers are the messages that hold one value and can be absent.
var protoWrappers = map[string]protoreflect.Kind{
	"google.protobuf.BoolValue": protoreflect.BoolKind, "google.protobuf.StringValue": protoreflect.StringKind,
	"google.protobuf.BytesValue": protoreflect.BytesKind,
	"google.protobuf.Int32Value": protoreflect.Int32Kind, "google.protobuf.UInt32Value": protoreflect.Uint32Kind,
	"google.protobuf.Int64Value": protoreflect.Int64Kind, "google.protobuf.UInt64Value": protoreflect.Uint64Kind,
	"google.protobuf.FloatValue": protoreflect.FloatKind, "google.protobuf.DoubleValue": protoreflect.DoubleKind,
}

// wrapped returns the kind of the one value in a wrapper message; ok is false for other fields.
func (f *protoField) wrapped() (kind protoreflect.Kind, ok bool) {
	if f.kind != protoreflect.MessageKind || f.entries {
		return 0, false
	}
	kind, ok = protoWrappers[f.message.name]
	return kind, ok
}

// protoSymbol are types that each are one message or one scalar.
var protoSymbols = map[types.Kind]struct {
	kind    protoreflect.Kind
	message string // of MessageKind; else the wrapper
}{
	types.KindBoolean:   {protoreflect.BoolKind, "google.protobuf.BoolValue"},
	types.KindInt:       {protoreflect.Int32Kind, "google.protobuf.Int32Value"},
	types.KindBigint:    {protoreflect.Int64Kind, "google.protobuf.Int64Value"},
	types.KindDouble:    {protoreflect.DoubleKind, "google.protobuf.DoubleValue"},
	types.KindString:    {protoreflect.StringKind, "google.protobuf.StringValue"},
	types.KindBytes:     {protoreflect.BytesKind, "google.protobuf.BytesValue"},
	types.KindDecimal:   {protoreflect.MessageKind, protoDecimal},
	types.KindDate:      {protoreflect.MessageKind, protoDate},
	types.KindTime:      {protoreflect.MessageKind, protoTime},
	types.KindTimestamp: {protoreflect.MessageKind, protoTimestamp},
}

// protoNames gives messages their names, in the order in which they are met, as
// ConnectDefault1, ConnectDefault2 and so on.
type protoNames struct {
	nullable catalog.Nullable
	given    int
}

// protoOf returns the message that stands for the columns: its fields are the
// columns in order, numbered from 1. An empty name is ConnectDefault1.
func protoOf(columns []types.Field, name string, nullable catalog.Nullable) *protoMessage {
	names := &protoNames{nullable: nullable}
	m := names.message(columns)
	if name != "" {
		m.name = name
	}
	return m
}

func (n *protoNames) message(fields []types.Field) *protoMessage {
	n.given++
	m := &protoMessage{name: fmt.Sprintf("ConnectDefault%d", n.given)}
	for i, f := range fields {
		m.fields = append(m.fields, n.field(protoIdentifier(f.Name), int32(i+1), f.Type))
	}
	return m
}

func (n *protoNames) field(name string, number int32, t *types.Type) *protoField {
	f := &protoField{name: name, number: number, kind: protoreflect.MessageKind}
	switch t.Kind() {
	case types.KindArray:
		*f = *n.plain(name, number, t.Elem())
		f.list = true
	case types.KindMap:
		f.entries = true
		f.message = &protoMessage{name: name + "Entry", fields: []*protoField{n.plain("key", 1, t.Key()), n.plain("value", 2, t.Elem())}}
	case types.KindStruct:
		f.message = n.message(t.Fields())
	default:
		return n.nullably(n.plain(name, number, t))
	}
	return f
}

// plain returns a field that cannot be NULL, or is a message.
func (n *protoNames) plain(name string, number int32, t *types.Type) *protoField {
	symbol, scalar := protoSymbols[t.Kind()]
	if !scalar {
		return n.field(name, number, t)
	}
	f := &protoField{name: name, number: number, kind: symbol.kind, precision: t.Precision(), scale: t.Scale()}
	if f.kind == protoreflect.MessageKind {
		f.message = &protoMessage{name: symbol.message}
	}
	return f
}

// nullably lets a scalar field tell NULL from the default, if the format is asked to.
func (n *protoNames) nullably(f *protoField) *protoField {
	if f.kind == protoreflect.MessageKind {
		return f
	}
	switch n.nullable {
	case catalog.Optional:
		f.present = true
	case catalog.Wrapper:
		for wrapper, kind := range protoWrappers {
			if kind == f.kind {
				f.kind, f.message = protoreflect.MessageKind, &protoMessage{name: wrapper}
				break
			}
		}
	case catalog.NotNullable:
	}
	return f
}

// protoIdentifier is a column's name as that of a field: what cannot stand in an
// identifier becomes an underscore.
func protoIdentifier(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' {
			return r
		}
		return '_'
	}, name)
}

// find returns the field that a column takes: the one of exactly its name, or else
// the last whose name is its own in upper case.
func (m *protoMessage) find(column string) *protoField {
	identifier := protoIdentifier(column)
	var found *protoField
	for _, f := range m.fields {
		if f.name == column || f.name == identifier {
			return f
		}
		if strings.ToUpper(f.name) == column {
			found = f
		}
	}
	return found
}

// checkProto refuses what Protobuf cannot say: maps with other keys than STRING,
// and lists of lists or of maps, which have no field type.
func checkProto(columns []types.Column) error {
	if err := checkMaps("PROTOBUF format", columns); err != nil {
		return err
	}
	for _, c := range columns {
		if t := unlistable(c.Type); t != nil {
			return fmt.Errorf("PROTOBUF format does not support %s, column: %s: an ARRAY or MAP inside of an ARRAY or MAP "+
				"has to be the field of a STRUCT", t, quoted(c.Name))
		}
	}
	return nil
}

// unlistable returns the first ARRAY or MAP whose elements are ARRAYs or MAPs.
func unlistable(t *types.Type) *types.Type {
	if t == nil {
		return nil
	}
	if e := t.Elem(); e != nil && (e.Kind() == types.KindArray || e.Kind() == types.KindMap) {
		return t
	}
	for _, f := range t.Fields() {
		if found := unlistable(f.Type); found != nil {
			return found
		}
	}
	return unlistable(t.Elem())
}

// asFields returns the columns as the fields of a STRUCT.
func asFields(columns []field) []types.Field {
	fields := make([]types.Field, len(columns))
	for i, c := range columns {
		fields[i] = types.Field{Name: c.Name, Type: c.Type}
	}
	return fields
}

// sorted returns the fields in the order of their numbers, as they are written.
func (m *protoMessage) sorted() []*protoField {
	return slices.SortedFunc(slices.Values(m.fields), func(a, b *protoField) int { return int(a.number - b.number) })
}
