package serde

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// Registry is what formats with a schema registry need of one.
type Registry interface {
	// Schema returns the schema of that id. An id never gets another schema.
	Schema(ctx context.Context, id int) (registry.Schema, error)
	// Latest and Version return a version of a subject; unknown ones are a
	// [registry.ErrNotFound].
	Latest(ctx context.Context, subject string) (registry.Version, error)
	Version(ctx context.Context, subject string, version int) (registry.Version, error)
	// Register makes a schema the latest version of a subject, unless it is one of
	// its versions already, and returns its id.
	Register(ctx context.Context, subject string, s registry.Schema) (id int, err error)
	// Delete forgets a subject; one that is unknown is a [registry.ErrNotFound].
	Delete(ctx context.Context, subject string) error
}

// Option changes the formats that [New] returns.
type Option func(*Formats)

// WithRegistry gives a schema registry to the formats that need one. By default
// there is none, and they refuse all columns.
func WithRegistry(r Registry) Option {
	return func(fs *Formats) { fs.schemas.registry = r }
}

// ErrNoRegistry says that something needs a schema registry and there is none.
var ErrNoRegistry = errors.New("KSQL is not configured to use a schema registry. To enable it, please set ksql.schema.registry.url")

// schemas is the registry as formats see it: what was fetched by its id once is
// kept. It is safe for concurrent use.
type schemas struct {
	registry Registry // nil if there is none
	mu       sync.Mutex
	known    map[int]registry.Schema
}

// fetchTimeout bounds the requests that decoding and encoding make: they have no
// context of their own.
const fetchTimeout = 10 * time.Second

// check reports whether there is a registry.
func (s *schemas) check() error {
	if s.registry == nil {
		return ErrNoRegistry
	}
	return nil
}

// UnansweredError says that a schema could not be fetched, for a reason that lies with the registry or the
// way to it: what needs it can be read once that answers.
type UnansweredError struct{ Err error }

// Error implements error.
func (e *UnansweredError) Error() string { return e.Err.Error() }

// Unwrap returns what the registry was asked for, and what went wrong.
func (e *UnansweredError) Unwrap() error { return e.Err }

// unanswered returns an error of a registry as an [UnansweredError], unless it is the answer that there is no such schema.
func unanswered(err error) error {
	if errors.Is(err, registry.ErrNotFound) {
		return err
	}
	return &UnansweredError{err}
}

// noSchema says that there is no schema for a part of a record, or none that could be used.
func noSchema(side catalog.Side, err error) *Error {
	return &Error{Side: side, Message: err.Error(), Cause: err}
}

// byID returns the schema of an id, which must be of the wanted type.
func (s *schemas) byID(ctx context.Context, id int, want registry.Type) (registry.Schema, error) {
	s.mu.Lock()
	schema, ok := s.known[id]
	s.mu.Unlock()
	if !ok {
		var err error
		if schema, err = s.registry.Schema(ctx, id); err != nil {
			return schema, unanswered(err)
		}
		s.mu.Lock()
		if s.known == nil {
			s.known = map[int]registry.Schema{}
		}
		s.known[id] = schema
		s.mu.Unlock()
	}
	if schema.Type != want {
		return schema, fmt.Errorf("schema %d of the registry is of type %s, not %s", id, schema.Type, want)
	}
	return schema, nil
}

// register returns the id of a schema, making it the latest of the subject.
func (s *schemas) register(ctx context.Context, subject string, schema registry.Schema) (int, error) {
	return s.registry.Register(ctx, subject, schema)
}

// references calls visit with everything that a schema refers to, the referred
// before what refers to it.
func (s *schemas) references(ctx context.Context, schema registry.Schema, visit func(name string, s registry.Schema) error) error {
	return s.follow(ctx, schema, map[registry.Reference]bool{}, visit)
}

func (s *schemas) follow(ctx context.Context, schema registry.Schema, seen map[registry.Reference]bool, visit func(string, registry.Schema) error) error {
	for _, r := range schema.References {
		if seen[r] {
			continue
		}
		seen[r] = true
		v, err := s.registry.Version(ctx, r.Subject, r.Version)
		if err != nil {
			return unanswered(err)
		}
		if err := s.follow(ctx, v.Schema, seen, visit); err != nil {
			return err
		}
		if err := visit(r.Name, v.Schema); err != nil {
			return err
		}
	}
	return nil
}

// subject is the name under which a registry has the schemas of one side of a topic.
func subject(topic string, side catalog.Side) string { return topic + "-" + side.String() }

// frame is what stands before the bytes of a record that a registry knows the
// schema of: a zero byte and the id.
const frame = 5

// unframed returns the schema's id and the bytes behind it; ok is false where
// there is no frame.
func unframed(src []byte) (id int, body []byte, ok bool) {
	if len(src) < frame || src[0] != 0 {
		return 0, nil, false
	}
	return int(binary.BigEndian.Uint32(src[1:])), src[frame:], true
}

// CommonSchema returns the id of the schema that the first of some keys or values names, and whether all of them name one, as
// those that were written with a schema registry do. Those that are nil do not count. If all have 8 bytes, they are
// taken for numbers.
func CommonSchema(all iter.Seq[[]byte]) (id int, ok bool) {
	numbers := true
	for src := range all {
		if src == nil {
			continue
		}
		found, body, framed := unframed(src)
		if !framed || found <= 0 || len(body) == 0 {
			return 0, false
		}
		numbers = numbers && len(src) == 8
		if !ok {
			id, ok = found, true
		}
	}
	return id, ok && !numbers
}

func appendFrame(dst []byte, id int) []byte {
	return binary.BigEndian.AppendUint32(append(dst, 0), uint32(id))
}

const noFrame = "the bytes do not begin with the id of a schema, as AVRO, PROTOBUF and JSON_SR do with a schema registry"
