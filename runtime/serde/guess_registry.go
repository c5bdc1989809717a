package serde

import (
	"context"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file shows records whose schema a registry has, before anybody has declared
// columns for them: the columns are all that the schema describes.

// registered shows records of one format.
type registered struct {
	formats *Formats
	side    catalog.Side
	format  *Format
	print   printer
	// readers are kept by the bytes that tell the schema.
	readers map[string]*registeredReader
	arena   data.Arena
}

// printer appends a row of the columns as a format shows it.
type printer func(dst []byte, row data.Row, columns []types.Column) []byte

// registeredReader reads the records of one schema.
type registeredReader struct {
	decoder Decoder
	columns []types.Column
	lone    bool // the value stands alone, without a record around it
}

func (fs *Formats) registered(name string, side catalog.Side, show printer) candidate {
	r := &registered{formats: fs, side: side, format: fs.find(name), print: show, readers: map[string]*registeredReader{}}
	return candidate{name, r.show}
}

// show appends the record; ok is false if the bytes are not of the format.
func (r *registered) show(dst, src []byte) (text []byte, ok bool) {
	id, body, ok := unframed(src)
	if !ok {
		return dst, false
	}
	head := frame
	if r.format.Name == "PROTOBUF" {
		head += protoPathLength(body)
	}
	reader, known := r.readers[string(src[:head])]
	if !known {
		reader = r.open(id, body[:head-frame])
		r.readers[string(src[:head])] = reader
	}
	if reader == nil {
		return dst, false
	}
	r.arena.Reset()
	row := data.Row(r.arena.Values(len(reader.columns)))
	if _, err := reader.decoder.Decode(src, row, &r.arena); err != nil {
		return dst, false
	}
	if reader.lone {
		return appendJSON(dst, row[0], reader.columns[0].Type), true
	}
	return r.print(dst, row, reader.columns), true
}

// open returns the reader of a schema, nil if the registry has none of the format.
// path is where in a Protobuf schema the message is.
func (r *registered) open(id int, path []byte) *registeredReader {
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	s := &r.formats.schemas
	schema, err := s.byID(ctx, id, r.format.Schema(Spec{}).Type)
	if err != nil {
		return nil
	}
	name := ""
	if len(path) > 0 {
		file, err := s.parseProto(ctx, schema)
		if err != nil {
			return nil
		}
		message, err := protoAt(file, protoPath(path))
		if err != nil {
			return nil
		}
		name = string(message.FullName())
	}
	t, _, err := r.format.Infer(ctx, s, schema, name)
	if err != nil {
		return nil
	}
	reader := &registeredReader{lone: t.Kind() != types.KindStruct}
	if reader.lone {
		reader.columns = []types.Column{{Name: loneName(r.side), Type: t}}
	} else {
		for _, f := range t.Fields() {
			reader.columns = append(reader.columns, types.Column{Name: f.Name, Type: f.Type})
		}
	}
	spec := Spec{Format: catalog.Format{Name: r.format.Name, Unwrapped: reader.lone}, Side: r.side, Columns: reader.columns}
	if reader.decoder, err = r.formats.NewDecoder(spec); err != nil {
		return nil
	}
	return reader
}

// printJSON prints a record without blanks, as JSON_SR has it.
func printJSON(dst []byte, row data.Row, columns []types.Column) []byte {
	return appendJSONStruct(dst, row, asTypeFields(columns))
}

// printAvro prints a record as Avro's own library does: JSON with blanks.
func printAvro(dst []byte, row data.Row, columns []types.Column) []byte {
	return appendSpaced(dst, data.Struct(row), types.StructOf(asTypeFields(columns)...))
}

// appendSpaced appends a value as JSON with a blank behind commas and colons.
func appendSpaced(dst []byte, v data.Value, t *types.Type) []byte {
	if v.IsNull() || !t.Kind().Nested() {
		return appendJSON(dst, v, t)
	}
	comma := func(i int) {
		if i > 0 {
			dst = append(dst, ", "...)
		}
	}
	switch t.Kind() {
	case types.KindArray:
		dst = append(dst, '[')
		for i, e := range v.Elems() {
			comma(i)
			dst = appendSpaced(dst, e, t.Elem())
		}
		return append(dst, ']')
	case types.KindMap:
		dst = append(dst, '{')
		for i, e := range v.Entries() {
			comma(i)
			dst = append(appendQuoted(dst, e.Key.Raw()), ": "...)
			dst = appendSpaced(dst, e.Value, t.Elem())
		}
		return append(dst, '}')
	}
	dst = append(dst, '{')
	for i, e := range v.Elems() {
		comma(i)
		dst = append(appendQuoted(dst, []byte(t.Fields()[i].Name)), ": "...)
		dst = appendSpaced(dst, e, t.Fields()[i].Type)
	}
	return append(dst, '}')
}

// printProto prints a message as Protobuf's text format does, on one line.
func printProto(dst []byte, row data.Row, columns []types.Column) []byte {
	return appendProtoFieldsText(dst, row, asTypeFields(columns))
}

func appendProtoFieldsText(dst []byte, values []data.Value, fields []types.Field) []byte {
	start := len(dst)
	for i, v := range values {
		if v.IsNull() {
			continue
		}
		name, t := fields[i].Name, fields[i].Type
		switch t.Kind() {
		case types.KindArray:
			for _, e := range v.Elems() {
				dst = appendProtoFieldText(dst, start, name, e, t.Elem())
			}
		case types.KindMap:
			entry := types.StructOf(types.Field{Name: "key", Type: t.Key()}, types.Field{Name: "value", Type: t.Elem()})
			for _, e := range v.Entries() {
				dst = appendProtoFieldText(dst, start, name, data.Struct([]data.Value{e.Key, e.Value}), entry)
			}
		default:
			dst = appendProtoFieldText(dst, start, name, v, t)
		}
	}
	return dst
}

// appendProtoFieldText appends one field, after a blank unless it is the first since start.
func appendProtoFieldText(dst []byte, start int, name string, v data.Value, t *types.Type) []byte {
	if len(dst) > start {
		dst = append(dst, ' ')
	}
	dst = append(dst, name...)
	if t.Kind() != types.KindStruct {
		return appendJSON(append(dst, ": "...), v, t)
	}
	dst = appendProtoFieldsText(append(dst, " { "...), v.Elems(), t.Fields())
	return append(dst, " }"...)
}
