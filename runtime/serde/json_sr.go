package serde

import (
	"context"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// jsonRegistryFormat is JSON with a schema registry: the id of a JSON Schema, then
// the text. The text is read as the format JSON reads it, whatever the schema says,
// which is what ksqlDB does with ksql.json_sr.converter.deserializer.enabled=false.
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
		NewDecoder: func(spec Spec) Decoder { return &jsonRegistryDecoder{spec.Side, newJSONDecoder(spec).(*jsonDecoder)} },
		NewEncoder: func(spec Spec) Encoder {
			return &registryEncoder{spec: spec, schemas: s, derive: jsonSchema, compile: compileJSON}
		},
		Schema: jsonSchema,
		Infer:  inferJSON,
	}
}

// jsonRegistryDecoder reads the text behind the id.
type jsonRegistryDecoder struct {
	side catalog.Side
	text *jsonDecoder
}

// Decode reads src, which begins with the id of a schema.
func (d *jsonRegistryDecoder) Decode(src []byte, row data.Row, arena *data.Arena) (null bool, err error) {
	if src == nil {
		return d.text.Decode(nil, row, arena)
	}
	_, body, ok := unframed(src)
	if !ok {
		return false, &Error{Side: d.side, Message: noFrame}
	}
	return d.text.Decode(body, row, arena)
}

func (d *jsonRegistryDecoder) pardons() *pardons { return d.text.pardons() }

// compileJSON returns how rows are written; the schema only gives its id.
func compileJSON(_ context.Context, _ *schemas, _ registry.Schema, spec Spec) (body, error) {
	return &jsonBody{*newJSONEncoder(spec).(*jsonEncoder)}, nil
}

// jsonBody writes the text behind the id.
type jsonBody struct{ jsonEncoder }

func (b *jsonBody) null(row data.Row) bool { return b.single && row[b.columns[0].index].IsNull() }

func (b *jsonBody) append(dst []byte, row data.Row) ([]byte, error) { return b.Encode(dst, row) }
