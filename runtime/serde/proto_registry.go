package serde

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// protoFormat is the format of Protobuf with a schema registry: the id of the
// schema, where in it the message type is, and the message. Fields are found by
// their names in the schema of the writer, as in AVRO; what an unset field is, and
// how NULL is written, is as in PROTOBUF_NOSR. Single values always have a message
// around them.
func protoFormat(s *schemas) *Format {
	return &Format{
		Name:     "PROTOBUF",
		Features: catalog.WrapSingles | catalog.SchemaInference | catalog.Names | catalog.Nullables,
		Check: func(_ catalog.Side, columns []types.Column) error {
			if err := s.check(); err != nil {
				return err
			}
			return checkProto(columns)
		},
		NewDecoder: func(spec Spec) Decoder {
			return &protoDecoder{spec: spec, columns: spec.fields(), schemas: s, readers: map[string]*protoReader{}}
		},
		NewEncoder: func(spec Spec) Encoder {
			return &registryEncoder{spec: spec, schemas: s, derive: protoSchema, compile: compileProto}
		},
		Schema: protoSchema,
		Infer:  inferProto,
	}
}

// protoSchema returns the schema that the columns make.
func protoSchema(spec Spec) registry.Schema {
	message := protoOf(asFields(spec.fields()), spec.Format.FullName, spec.Format.Nullable)
	return registry.Schema{Type: registry.Protobuf, Text: message.text()}
}

// protoDecoder reads one side of records.
type protoDecoder struct {
	spec    Spec
	columns []field
	schemas *schemas
	readers map[string]*protoReader // by the bytes of the id and the path
	head    []byte                  // of the record before: those bytes, and its reader
	reader  *protoReader
	scan    protoScan
}

// Decode reads src with the message type that it names.
func (d *protoDecoder) Decode(src []byte, row data.Row, arena *data.Arena) (null bool, err error) {
	if src == nil {
		clear(row)
		return true, nil
	}
	if len(d.head) == 0 || !bytes.HasPrefix(src, d.head) {
		if err := d.turn(src); err != nil {
			return false, noSchema(d.spec.Side, err)
		}
	}
	d.scan.arena, d.scan.base = arena, address(src)
	ok := d.scan.root(src[len(d.head):], d.reader, nil, row)
	d.scan.arena = nil
	if !ok {
		return false, &Error{Side: d.spec.Side, Path: d.scan.fault.path(), Message: d.scan.fault.message}
	}
	return false, nil
}

func (d *protoDecoder) pardons() *pardons { return &d.scan.fault.pardons }

// turn takes the reader of another message type: the one that src begins with.
func (d *protoDecoder) turn(src []byte) error {
	id, body, ok := unframed(src)
	if !ok {
		return errors.New(noFrame)
	}
	path := protoPathLength(body)
	if path == 0 {
		return errors.New("the bytes do not say which message of the schema they are")
	}
	head := src[:frame+path]
	reader := d.readers[string(head)]
	if reader == nil {
		var err error
		if reader, err = d.compile(id, body[:path]); err != nil {
			return err
		}
		d.readers[string(head)] = reader
	}
	d.head, d.reader = append(d.head[:0], head...), reader
	return nil
}

func (d *protoDecoder) compile(id int, head []byte) (*protoReader, error) {
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	schema, err := d.schemas.byID(ctx, id, registry.Protobuf)
	if err != nil {
		return nil, err
	}
	file, err := d.schemas.parseProto(ctx, schema)
	if err != nil {
		return nil, err
	}
	m, err := protoAt(file, protoPath(head))
	if err != nil {
		return nil, err
	}
	return newProtoReader(protoConverter{}.message(m), d.columns, len(d.spec.Columns)), nil
}

// maxProtoPath bounds how deep in a schema a message type may lie.
const maxProtoPath = 100

// protoPathLength returns how long the path to the message type is that a record
// begins with: how many indexes there are, then the indexes; 0 if it does not end.
func protoPathLength(src []byte) int {
	count, length := binary.Varint(src)
	if length <= 0 || count < 0 || count > maxProtoPath {
		return 0
	}
	for range count {
		_, n := binary.Varint(src[length:])
		if n <= 0 {
			return 0
		}
		length += n
	}
	return length
}

// protoPath reads such a path. No index at all stands for the first message.
func protoPath(head []byte) []int {
	count, n := binary.Varint(head)
	if count == 0 {
		return []int{0}
	}
	path := make([]int, count)
	for i := range path {
		head = head[n:]
		var index int64
		index, n = binary.Varint(head)
		path[i] = int(index)
	}
	return path
}

func appendProtoPath(dst []byte, path []int) []byte {
	if len(path) == 1 && path[0] == 0 {
		return append(dst, 0)
	}
	dst = binary.AppendVarint(dst, int64(len(path)))
	for _, i := range path {
		dst = binary.AppendVarint(dst, int64(i))
	}
	return dst
}

// compileProto returns how rows are written with a schema.
func compileProto(ctx context.Context, s *schemas, schema registry.Schema, spec Spec) (body, error) {
	columns := spec.fields()
	b := &protoBody{side: spec.Side, head: []byte{0}}
	if spec.Format.SchemaID == 0 {
		b.writer = newProtoWriter(protoOf(asFields(columns), spec.Format.FullName, spec.Format.Nullable), columns)
		return b, nil
	}
	file, err := s.parseProto(ctx, schema)
	if err != nil {
		return nil, err
	}
	m, path, err := protoNamed(file, spec.Format.FullName)
	if err != nil {
		return nil, err
	}
	b.head = appendProtoPath(nil, path)
	b.writer = newProtoWriter(protoConverter{}.message(m), columns)
	return b, nil
}

// protoBody writes what stands behind the id of the schema.
type protoBody struct {
	side   catalog.Side
	head   []byte // the path to the message type
	writer *protoWriter
	print  protoPrint
}

func (b *protoBody) null(data.Row) bool { return false }

func (b *protoBody) append(dst []byte, row data.Row) ([]byte, error) {
	dst, ok := b.print.message(append(dst, b.head...), b.writer, row)
	if !ok {
		return nil, &Error{Side: b.side, Path: b.print.fault.path(), Message: b.print.fault.message}
	}
	return dst, nil
}
