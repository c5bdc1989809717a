package exec

import (
	"context"
	"errors"
	"strconv"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// assertSchema is ASSERT [NOT EXISTS] SCHEMA. With both a subject and an id it is
// about that id among the versions of the subject.
func (s *Session) assertSchema(ctx context.Context, n *ast.AssertSchema) (Entity, error) {
	if s.engine.options.Registry == nil {
		return nil, serde.ErrNoRegistry
	}
	timeout := s.properties.Duration(config.AssertSchemaTimeout)
	if n.Timeout != nil {
		var err error
		if timeout, err = length(n.Timeout); err != nil {
			return nil, err
		}
	}
	a, err := newSchemaAssertion(n)
	if err != nil {
		return nil, err
	}
	reason, err := eventually(ctx, timeout, func() (string, error) {
		there, err := s.engine.hasSchema(ctx, a.Subject, a.ID)
		if err != nil || there == a.Exists {
			return "", err
		}
		return a.sentence(there), nil
	})
	if err != nil {
		return nil, err
	}
	if reason != "" {
		return nil, unlikeAsserted(n.Span, reason)
	}
	return a, nil
}

// hasSchema reports whether the registry has a schema; subject and id are nil where
// any will do.
func (e *Engine) hasSchema(ctx context.Context, subject *string, id *int) (bool, error) {
	known := e.options.Registry
	if subject == nil {
		_, err := known.Schema(ctx, *id)
		return found(err)
	}
	latest, err := known.Latest(ctx, *subject)
	if there, err := found(err); !there || err != nil || id == nil || latest.ID == *id {
		return there, err
	}
	for number := latest.Version - 1; number > 0; number-- {
		v, err := known.Version(ctx, *subject, number)
		if there, err := found(err); err != nil || there && v.ID == *id {
			return there, err
		}
	}
	return false, nil
}

// found tells what is not there from what could not be asked.
func found(err error) (bool, error) {
	if errors.Is(err, registry.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// SchemaAssertion is the answer of ASSERT SCHEMA.
type SchemaAssertion struct {
	Head
	// Subject and ID are nil where the statement has none.
	Subject *string `json:"subject"`
	ID      *int    `json:"id"`
	Exists  bool    `json:"exists"`
}

func newSchemaAssertion(n *ast.AssertSchema) (*SchemaAssertion, error) {
	a := &SchemaAssertion{Head: Head{Type: "assert_schema"}, Exists: !n.NotExists}
	if n.Subject != nil {
		a.Subject = &n.Subject.Text
	}
	if n.ID != nil {
		id := int(n.ID.Value)
		a.ID = &id
	}
	if a.Subject == nil && a.ID == nil {
		return nil, refused(n, "ASSERT SCHEMA needs a SUBJECT, an ID, or both")
	}
	return a, nil
}

// Blocks returns one line.
func (a *SchemaAssertion) Blocks() []Block { return []Block{lines(a.sentence(a.Exists) + ".")} }

func (a *SchemaAssertion) sentence(exists bool) string {
	text := "Schema with"
	if a.Subject != nil {
		text += " subject " + *a.Subject
	}
	if a.ID != nil {
		text += " id " + strconv.Itoa(*a.ID)
	}
	if exists {
		return text + " exists"
	}
	return text + " does not exist"
}
