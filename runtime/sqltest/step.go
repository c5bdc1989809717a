package sqltest

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// This file executes single statements of tests.

// step executes one statement; path is that of the script in which it stands.
func (r *run) step(ctx context.Context, path string, st exec.Statement) error {
	switch n := st.Statement.(type) {
	case *ast.AssertValues:
		return r.assertValues(n)
	case *ast.AssertTombstone:
		return r.assertTombstone(n)
	case *ast.AssertSource:
		return r.assertSource(n)
	case *ast.AssertTopic, *ast.AssertSchema:
		r.assertions++
		return r.execute(ctx, st)
	case *ast.InsertValues:
		return r.insert(ctx, n, st)
	case *ast.CreateSource:
		if err := r.provideTopic(ctx, n); err != nil {
			return err
		}
		return r.execute(ctx, st)
	case *ast.RunScript:
		return r.include(ctx, path, n)
	case *ast.Query, *ast.Print:
		return source.Errorf(n.Place(), "Nobody sees the rows of a query in a test. ASSERT VALUES compares those of a stream or table.")
	case *ast.Resume:
		if err := r.execute(ctx, st); err != nil {
			return err
		}
		return r.engine.catchUp()
	default:
		return r.execute(ctx, st)
	}
}

// execute executes a statement, whose answer nobody reads.
func (r *run) execute(ctx context.Context, st exec.Statement) error {
	result, err := r.engine.session.Execute(ctx, st)
	if err == nil && result.Rows != nil {
		result.Rows.Close()
	}
	return err
}

// provideTopic makes the topic of a source that does not say how many partitions it has,
// as ksqlDB's tests do: with one.
func (r *run) provideTopic(ctx context.Context, n *ast.CreateSource) error {
	with, err := config.Read(n.With, config.Create, n.Span)
	if err != nil || with.KafkaTopic.Value == "" || with.Partitions.Set {
		return nil //nolint:nilerr // the statement itself will say so
	}
	err = r.engine.cluster.CreateTopic(ctx, broker.NewTopic{Name: with.KafkaTopic.Value, Partitions: 1})
	if errors.Is(err, broker.ErrTopicExists) {
		return nil
	}
	return err
}

// insert writes a record and has all queries process it, and what comes of it.
func (r *run) insert(ctx context.Context, n *ast.InsertValues, st exec.Statement) error {
	topic := ""
	if src, ok := r.engine.exec.Catalog().Source(n.Name.Text); ok {
		topic = src.Topic
	}
	before, _ := r.engine.cluster.Log(topic)
	if err := r.execute(ctx, st); err != nil {
		return err
	}
	if !r.still {
		return r.engine.propagate(topic, len(before))
	}
	log, _ := r.engine.cluster.Log(topic)
	for _, m := range log[len(before):] {
		r.inserted = append(r.inserted, Input{topic, m})
	}
	return nil
}

// maxDepth is how deep scripts may run scripts.
const maxDepth = 16

// include is RUN SCRIPT: the statements of a file beside the one that names it, with
// their assertions.
func (r *run) include(ctx context.Context, path string, n *ast.RunScript) error {
	inner := n.Path.Value
	if !filepath.IsAbs(inner) {
		inner = filepath.Join(filepath.Dir(path), inner)
	}
	if r.depth >= maxDepth {
		return source.Errorf(n.Path.Span, "%d scripts run one inside the other: %s is not run", maxDepth, inner)
	}
	text, err := r.readFile(inner)
	if err != nil {
		return source.Errorf(n.Path.Span, "Cannot read the script: %s", err)
	}
	r.depth++
	defer func() { r.depth-- }()
	return r.script(ctx, whole(inner, text))
}
