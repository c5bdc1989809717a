package serde

import (
	"context"
	"errors"

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
			return nil, noSchema(e.spec.Side, err)
		}
	}
	if e.body.null(row) {
		return nil, nil
	}
	return e.body.append(appendFrame(dst, e.id), row)
}

// prepare finds the schema: the one that was asked for, or the one that the
// columns make, which the registry has from then on. If the registry does not let
// that one follow what others have written, their latest schema is taken: it is
// what the readers of the topic know.
func (e *registryEncoder) prepare() error {
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	schema := e.derive(e.spec)
	spec := e.spec
	id := spec.Format.SchemaID
	var err error
	if id != 0 {
		schema, err = e.schemas.byID(ctx, id, schema.Type)
	} else if id, err = e.schemas.register(ctx, subject(spec.Topic, spec.Side), schema); errors.Is(err, registry.ErrIncompatible) {
		spec.Format.SchemaID, schema, err = e.latest(ctx, schema.Type, err)
		id = spec.Format.SchemaID
	}
	if err != nil {
		return err
	}
	body, err := e.compile(ctx, e.schemas, schema, spec)
	if err != nil {
		return err
	}
	e.id, e.body = id, body
	return nil
}

// latest returns the latest schema of the topic, or why it was asked for if that one
// is of another type.
func (e *registryEncoder) latest(ctx context.Context, want registry.Type, why error) (int, registry.Schema, error) {
	latest, err := e.schemas.registry.Latest(ctx, subject(e.spec.Topic, e.spec.Side))
	if err != nil || latest.Schema.Type != want {
		return 0, registry.Schema{}, why
	}
	return latest.ID, latest.Schema, nil
}
