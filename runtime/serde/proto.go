package serde

import (
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// protoBareFormat is the format of Protobuf messages without a schema registry:
// the message is the one that the columns make, in their order, so writers and
// readers have to agree on the columns.
//
// NULL is written as an unset field. What is read of an unset field is the default
// of its type, an empty list or map, or NULL for messages, which include DECIMAL,
// DATE, TIME and TIMESTAMP; [catalog.Nullable] lets scalars be NULL too.
// The files proto_*.go have the details.
func protoBareFormat() *Format {
	return &Format{
		Name:     "PROTOBUF_NOSR",
		Features: catalog.WrapSingles | catalog.UnwrapSingles | catalog.Nullables,
		Check: func(_ catalog.Side, columns []types.Column) error {
			return checkProto(columns)
		},
		NewDecoder: newProtoBareDecoder,
		NewEncoder: newProtoBareEncoder,
	}
}

// protoRoot returns the columns that the outermost message has as its fields: those
// of an unwrapped STRUCT, or else those of the record. A lone value of another type
// needs a message around it, whether it is unwrapped or not.
func protoRoot(spec Spec) (columns []field, within *field) {
	columns = spec.fields()
	if spec.Format.Unwrapped && len(columns) == 1 && columns[0].Type.Kind() == types.KindStruct {
		return structColumns(columns[0].Type), &columns[0]
	}
	return columns, nil
}

// protoBareDecoder reads messages of one type.
type protoBareDecoder struct {
	side   catalog.Side
	reader *protoReader
	within *field // the column of an unwrapped STRUCT, else nil
	scan   protoScan
}

func newProtoBareDecoder(spec Spec) Decoder {
	columns, within := protoRoot(spec)
	width := len(spec.Columns)
	if within != nil {
		width = len(columns)
	}
	message := protoOf(asFields(columns), "", spec.Format.Nullable)
	return &protoBareDecoder{side: spec.Side, within: within, reader: newProtoReader(message, columns, width)}
}

// Decode reads src as a message.
func (d *protoBareDecoder) Decode(src []byte, row data.Row, arena *data.Arena) (null bool, err error) {
	if src == nil {
		clear(row)
		return true, nil
	}
	d.scan.arena, d.scan.base = arena, address(src)
	ok := d.scan.root(src, d.reader, d.within, row)
	d.scan.arena = nil
	if !ok {
		return false, &Error{Side: d.side, Path: d.scan.fault.path(), Message: d.scan.fault.message}
	}
	return false, nil
}

func (d *protoBareDecoder) pardons() *pardons { return &d.scan.fault.pardons }

// root reads the outermost message into the row, or into the STRUCT within it.
func (s *protoScan) root(src []byte, r *protoReader, within *field, row data.Row) bool {
	if within == nil {
		copy(row, r.unset)
		return s.message(src, r, row)
	}
	clear(row)
	values := s.arena.Values(len(r.unset))
	copy(values, r.unset)
	if !s.message(src, r, values) {
		return s.fault.in(within.Name)
	}
	if within.wanted {
		row[within.index] = data.Struct(values)
	}
	return true
}

// protoBareEncoder writes messages of one type.
type protoBareEncoder struct {
	side   catalog.Side
	writer *protoWriter
	within *field // the column of an unwrapped STRUCT, else nil
	print  protoPrint
}

func newProtoBareEncoder(spec Spec) Encoder {
	columns, within := protoRoot(spec)
	message := protoOf(asFields(columns), "", spec.Format.Nullable)
	return &protoBareEncoder{side: spec.Side, within: within, writer: newProtoWriter(message, columns)}
}

// Encode appends the row as a message. An unwrapped STRUCT that is NULL is a null key or value.
func (e *protoBareEncoder) Encode(dst []byte, row data.Row) ([]byte, error) {
	if row == nil {
		return nil, nil
	}
	if e.within != nil {
		v := row[e.within.index]
		if v.IsNull() {
			return nil, nil
		}
		row = v.Elems()
	}
	dst, ok := e.print.message(dst, e.writer, row)
	if !ok {
		return nil, &Error{Side: e.side, Path: e.print.fault.path(), Message: e.print.fault.message}
	}
	return nonNil(dst), nil
}
