package serde

import (
	"context"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// registryEncoder writes the id of a schema, and behind it what the format's body
// makes of the row. It asks the registry when it gets its first row.
type registryEncoder struct {
	spec    Spec
	schemas *schemas
	derive  func(Spec) registry.Schema
	compile func(context.Context, *schemas, registry.Schema, Spec) (body, error)
	id      int
	body    body // nil before the first row
}

// body writes rows with one schema.
type body interface {
	// null reports whether the row is a null key or value.
	null(row data.Row) bool
	append(dst []byte, row data.Row) ([]byte, error)
}

// Encode appends the row. A lone unwrapped NULL is a null key or value.
func (e *registryEncoder) Encode(dst []byte, row data.Row) ([]byte, error) {
	if row == nil {
		return nil, nil
	}
	if e.body == nil {
		if err := e.prepare(); err != nil {
			return nil, &Error{Side: e.spec.Side, Message: err.Error()}
		}
	}
	if e.body.null(row) {
		return nil, nil
	}
	return e.body.append(appendFrame(dst, e.id), row)
}

// prepare finds the schema: the one that was asked for, or the one that the
// columns make, which the registry has from then on.
func (e *registryEncoder) prepare() error {
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	schema := e.derive(e.spec)
	id := e.spec.Format.SchemaID
	var err error
	if id != 0 {
		schema, err = e.schemas.byID(ctx, id, schema.Type)
	} else {
		id, err = e.schemas.register(ctx, subject(e.spec.Topic, e.spec.Side), schema)
	}
	if err != nil {
		return err
	}
	body, err := e.compile(ctx, e.schemas, schema, e.spec)
	if err != nil {
		return err
	}
	e.id, e.body = id, body
	return nil
}
