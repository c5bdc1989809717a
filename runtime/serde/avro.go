package serde

import (
	"context"
	"fmt"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// avroFormat is the format of Avro with a schema registry: the id of the schema,
// then Avro's binary encoding.
//
// Records are read with the schema that they were written with. A column takes
// the field of exactly its name, else the one whose name is its own in upper case;
// what types it takes, lenient.go says. Missing fields are NULL, others are passed
// over. Records are written with the schema that the columns make, in which
// everything can be null, or with the one whose id was asked for. The files
// avro_*.go have the details.
func avroFormat(s *schemas) *Format {
	return &Format{
		Name:     "AVRO",
		Features: catalog.WrapSingles | catalog.UnwrapSingles | catalog.SchemaInference | catalog.Names,
		Check: func(_ catalog.Side, columns []types.Column) error {
			if err := s.check(); err != nil {
				return err
			}
			return checkAvro(columns)
		},
		NewDecoder: func(spec Spec) Decoder { return newAvroDecoder(s, spec) },
		NewEncoder: func(spec Spec) Encoder {
			return &registryEncoder{spec: spec, schemas: s, derive: avroSchema, compile: compileAvro}
		},
		Schema: avroSchema,
		Infer:  inferAvro,
	}
}

// avroSchema returns the schema that the columns make.
func avroSchema(spec Spec) registry.Schema {
	columns := spec.fields()
	text := ""
	if spec.Format.Unwrapped && len(columns) == 1 {
		text = avroLoneText(columns[0].Type, spec.Format.FullName)
	} else {
		text = avroText(asFields(columns), spec.Format.FullName)
	}
	return registry.Schema{Type: registry.Avro, Text: text}
}

// avroDecoder reads one side of records.
type avroDecoder struct {
	spec    Spec
	columns []field
	lone    *field // the column of an unwrapped value, else nil
	schemas *schemas
	readers map[int]*avroReader // by the id of the schema
	id      int                 // of the record before, and its reader
	reader  *avroReader
	scan    avroScan
}

func newAvroDecoder(s *schemas, spec Spec) Decoder {
	d := &avroDecoder{spec: spec, columns: spec.fields(), schemas: s, readers: map[int]*avroReader{}}
	if spec.Format.Unwrapped && len(d.columns) == 1 {
		d.lone = &d.columns[0]
	}
	return d
}

// Decode reads src with the schema whose id it begins with.
func (d *avroDecoder) Decode(src []byte, row data.Row, arena *data.Arena) (null bool, err error) {
	if src == nil {
		clear(row)
		return true, nil
	}
	id, body, ok := unframed(src)
	if !ok {
		return false, &Error{Side: d.spec.Side, Message: noFrame}
	}
	if d.reader == nil || id != d.id {
		if d.reader, err = d.compiled(id); err != nil {
			return false, noSchema(d.spec.Side, err)
		}
		d.id = id
	}
	s := &d.scan
	s.src, s.pos, s.arena, s.depth, s.empties = body, 0, arena, 0, 0
	null, ok = s.root(d.reader, d.lone, row)
	s.src, s.arena = nil, nil
	if !ok {
		return false, &Error{Side: d.spec.Side, Path: s.fault.path(), Message: s.fault.message}
	}
	return null, nil
}

func (d *avroDecoder) pardons() *pardons { return &d.scan.fault.pardons }

// compiled returns the reader of a schema.
func (d *avroDecoder) compiled(id int) (*avroReader, error) {
	if r, ok := d.readers[id]; ok {
		return r, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	schema, err := d.schemas.byID(ctx, id, registry.Avro)
	if err != nil {
		return nil, err
	}
	t, err := d.schemas.parseAvro(ctx, schema)
	if err != nil {
		return nil, err
	}
	var r *avroReader
	if d.lone != nil {
		r = newAvroCompiler().value(t, d.lone.Type)
	} else {
		r = newAvroCompiler().record(t, d.columns, len(d.spec.Columns))
	}
	if r == nil {
		return nil, fmt.Errorf("schema %d is not that of a record with fields, but of a single %s", id, t.nullable().kind)
	}
	d.readers[id] = r
	return r, nil
}

// compileAvro returns how rows are written with a schema.
func compileAvro(ctx context.Context, s *schemas, schema registry.Schema, spec Spec) (body, error) {
	t, err := s.parseAvro(ctx, schema)
	if err != nil {
		return nil, err
	}
	columns := spec.fields()
	b := &avroBody{side: spec.Side}
	if spec.Format.Unwrapped && len(columns) == 1 {
		b.lone, b.writer = &columns[0], newAvroWriter(t, columns[0].Type)
		return b, nil
	}
	b.writer, err = avroRecordWriter(t, columns)
	return b, err
}

// avroBody writes what stands behind the id of the schema.
type avroBody struct {
	side   catalog.Side
	lone   *field
	writer *avroWriter
	print  avroPrint
}

func (b *avroBody) null(row data.Row) bool { return b.lone != nil && row[b.lone.index].IsNull() }

func (b *avroBody) append(dst []byte, row data.Row) ([]byte, error) {
	ok := false
	if b.lone != nil {
		if dst, ok = b.print.value(dst, b.writer, row[b.lone.index]); !ok {
			b.print.fault.in(b.lone.Name)
		}
	} else {
		if b.writer.branch >= 0 {
			dst = append(dst, byte(b.writer.branch<<1))
		}
		dst, ok = b.print.record(dst, b.writer, row)
	}
	if !ok {
		return nil, &Error{Side: b.side, Path: b.print.fault.path(), Message: b.print.fault.message}
	}
	return dst, nil
}
