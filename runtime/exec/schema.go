package exec

import (
	"context"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// This file is what statements that create sources do with the schema registry.

// complete adds the columns that a CREATE leaves to the registry, or to the records of its
// topic. What it returns is what is planned and what is written to the log. The inference
// is nil if nothing was found in records.
func (s *Session) complete(ctx context.Context, st Statement, n *ast.CreateSource) (Statement, *ast.CreateSource, *Inference, error) {
	samples := &topicSamples{engine: s.engine}
	planner := s.planner()
	completed, err := planner.Complete(ctx, s.engine.formats, samples, n)
	if err != nil || completed == n {
		return st, n, nil, err
	}
	st.Statement, st.Text = completed, ast.Format(completed)+";"
	found, err := samples.inference(planner, completed)
	return st, completed, found, err
}

// registerSchemas lets the registry know the schemas of a new source's key and
// value. Those that it has for the topic are only replaced if again is true.
func (e *Engine) registerSchemas(ctx context.Context, s *catalog.Source, again bool) error {
	for _, spec := range []serde.Spec{
		{Format: s.Key, Side: catalog.KeySide, Topic: s.Topic, Columns: s.Schema.Key},
		{Format: s.Value, Side: catalog.ValueSide, Topic: s.Topic, Columns: s.Schema.Value},
	} {
		if err := e.formats.Register(ctx, spec, again); err != nil {
			return err
		}
	}
	return nil
}

// forgetSchemas deletes the schemas of a topic that is gone.
func (e *Engine) forgetSchemas(ctx context.Context, s *catalog.Source) error {
	if err := e.formats.Forget(ctx, s.Key, catalog.KeySide, s.Topic); err != nil {
		return err
	}
	return e.formats.Forget(ctx, s.Value, catalog.ValueSide, s.Topic)
}
