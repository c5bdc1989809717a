package serde

import (
	"context"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// jsonRegistryFormat is JSON with a schema registry: the id of a JSON Schema, then
// the text. The text is held to the schema that it was written with, as Kafka Connect's
// converter does; json_strict.go has the rules.
func jsonRegistryFormat(s *schemas) *Format {
	return &Format{
		Name:     "JSON_SR",
		Features: catalog.WrapSingles | catalog.UnwrapSingles | catalog.SchemaInference | catalog.Names,
		Check: func(_ catalog.Side, columns []types.Column) error {
			if err := s.check(); err != nil {
				return err
			}
			return checkMaps("JSON", columns)
		},
		NewDecoder: func(spec Spec) Decoder {
			return &jsonRegistryDecoder{spec: spec, schemas: s, decoders: map[int]*jsonDecoder{}}
		},
		NewEncoder: func(spec Spec) Encoder {
			return &registryEncoder{spec: spec, schemas: s, derive: jsonSchema, compile: compileJSON}
		},
		Schema: jsonSchema,
		Infer:  inferJSON,
	}
}

// jsonRegistryDecoder reads the text behind the id with the schema of that id.
type jsonRegistryDecoder struct {
	spec     Spec
	schemas  *schemas
	decoders map[int]*jsonDecoder // by the id of the schema
	id       int                  // of the record before, and its decoder
	decoder  *jsonDecoder
	none     pardons // of a record whose schema cannot be had
}

// Decode reads src, which begins with the id of a schema.
func (d *jsonRegistryDecoder) Decode(src []byte, row data.Row, arena *data.Arena) (null bool, err error) {
	if src == nil {
		clear(row)
		return true, nil
	}
	id, body, ok := unframed(src)
	if !ok {
		return false, &Error{Side: d.spec.Side, Message: noFrame}
	}
	if d.decoder == nil || id != d.id {
		if d.decoder, err = d.compiled(id); err != nil {
			return false, noSchema(d.spec.Side, err)
		}
		d.id = id
	}
	return d.decoder.Decode(body, row, arena)
}

// compiled returns the decoder of a schema.
func (d *jsonRegistryDecoder) compiled(id int) (*jsonDecoder, error) {
	if known, ok := d.decoders[id]; ok {
		return known, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	schema, err := d.schemas.byID(ctx, id, registry.JSON)
	if err != nil {
		return nil, err
	}
	decoder, err := newStrictDecoder(d.spec, schema.Text)
	if err != nil {
		return nil, err
	}
	d.decoders[id] = decoder
	return decoder, nil
}

func (d *jsonRegistryDecoder) pardons() *pardons {
	if d.decoder == nil {
		return &d.none
	}
	return d.decoder.pardons()
}

// compileJSON returns how rows are written; the schema only gives its id.
func compileJSON(_ context.Context, _ *schemas, _ registry.Schema, spec Spec) (body, error) {
	return &jsonBody{*newJSONEncoder(spec).(*jsonEncoder)}, nil
}

// jsonBody writes the text behind the id.
type jsonBody struct{ jsonEncoder }

func (b *jsonBody) null(row data.Row) bool { return b.single && row[b.columns[0].index].IsNull() }

func (b *jsonBody) append(dst []byte, row data.Row) ([]byte, error) { return b.Encode(dst, row) }
