package exec

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file writes down the catalog as statements. Executed in an engine that has
// no properties and no catalog of its own, they make the same one there.

// showCreate is SHOW CREATE.
func (s *Session) showCreate(ctx context.Context, n *ast.ShowCreate) (Entity, error) {
	e := s.engine
	now := e.now()
	r := &recreation{
		engine: e, now: now, made: map[string]bool{}, statements: []string{},
		planner: &planner.Planner{Catalog: now.catalog, Functions: e.functions, Formats: e.formats},
	}
	if err := r.write(ctx, n); err != nil {
		return nil, err
	}
	r.setExactly(nil)
	return &CreateStatements{Head: Head{Type: "create_statements"}, Statements: r.statements}, nil
}

// recreation is the statements of an answer while they are written.
type recreation struct {
	engine *Engine
	now    *state
	// planner knows the catalog and has no property set.
	planner    *planner.Planner
	statements []string
	// number counts those that the log keeps: the ids of queries are made of it.
	number int64
	// set is the properties as the statements so far leave them.
	set map[string]string
	// made are the sources that the statements so far have made, or are about to.
	made map[string]bool
}

func (r *recreation) write(ctx context.Context, n *ast.ShowCreate) error {
	if n.All {
		return r.all(ctx)
	}
	if n.Kind == 0 {
		q := r.now.find(n.Query)
		if q == nil {
			return r.now.unknownQuery(n.Query)
		}
		_, err := r.query(q)
		return err
	}
	src, err := r.planner.Source(n.Name)
	if err != nil {
		return err
	}
	if src.Kind != catalog.Kind(n.Kind) {
		return source.Errorf(n.Name.Span, "Incompatible data source type is %s, but statement was SHOW CREATE %s", src.Kind, n.Kind)
	}
	if q := r.now.creator(src.Name); q != nil {
		_, err := r.query(q)
		return err
	}
	return r.source(ctx, src)
}

// all writes types, then the sources with the queries that make them, then the other
// queries. Of the sources over a topic the one that was there first comes first, since
// the topic is made as it says.
func (r *recreation) all(ctx context.Context) error {
	for _, name := range r.now.catalog.TypeNames() {
		t, _ := r.now.catalog.Type(name)
		r.log(planner.RecreateType(name, t))
	}
	done := map[*persistent]bool{}
	for _, name := range r.now.names {
		if err := r.need(ctx, name, done); err != nil {
			return err
		}
	}
	for _, q := range r.now.queries {
		if err := r.after(ctx, q, done); err != nil {
			return err
		}
	}
	return nil
}

// after writes a query and, before it, what makes the sources that it needs. That
// is not always the order of creation: a query may have been replaced by one that was
// created anew. Queries that feed each other in a circle began with a source that
// one of them replaced.
func (r *recreation) after(ctx context.Context, q *persistent, done map[*persistent]bool) error {
	if done[q] {
		return nil
	}
	done[q] = true
	needed := q.plan.Sources
	if !q.plan.Creates {
		needed = append(slices.Clone(needed), q.plan.Root.Into.Name)
	}
	for _, name := range needed {
		if err := r.need(ctx, name, done); err != nil {
			return err
		}
	}
	id, err := r.query(q)
	if err == nil && q.paused {
		r.log(&ast.Pause{Query: exactly(id)})
	}
	return err
}

// need writes what makes the source of that name, unless that is done.
func (r *recreation) need(ctx context.Context, name string, done map[*persistent]bool) error {
	switch creator := r.now.creator(name); {
	case r.made[name]:
		return nil
	case creator != nil && !done[creator]:
		return r.after(ctx, creator, done)
	}
	src, _ := r.now.catalog.Source(name)
	return r.source(ctx, src)
}

// source writes the CREATE of a source over its topic.
func (r *recreation) source(ctx context.Context, src *catalog.Source) error {
	parsed, err := parser.Parse(src.Statement)
	if err != nil {
		return err
	}
	made := make([]ast.Statement, len(parsed))
	for i, p := range parsed {
		made[i] = p.Statement
	}
	partitions, err := r.partitions(ctx, src)
	if err != nil {
		return err
	}
	r.setExactly(nil)
	for _, n := range r.planner.Recreate(src, made, partitions) {
		r.log(n)
	}
	r.made[src.Name] = true
	return nil
}

// partitions returns how many partitions the topic of a source has, 0 if it is gone, or
// one of several.
func (r *recreation) partitions(ctx context.Context, src *catalog.Source) (int, error) {
	if src.Pattern != "" {
		return 0, nil
	}
	found, err := r.engine.options.Cluster.Topics(ctx, src.Topic)
	if errors.Is(err, broker.ErrUnknownTopic) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return len(found[0].Partitions), nil
}

// query writes the statement of a query, with the properties that the query
// depends on, and returns the id that it gets.
func (r *recreation) query(q *persistent) (id string, err error) {
	parsed, err := parser.Parse(q.statement)
	if err != nil {
		return "", err
	}
	n := parsed[0].Statement
	if create, ok := n.(*ast.CreateSourceAs); ok {
		create.OrReplace, create.IfNotExists = r.made[create.Name.Text], false
		r.made[create.Name.Text] = true
	}
	r.planner.Respell(n, q.catalog)
	r.setExactly(q.properties.Lasting())
	id = newQueryID(q.plan, r.number)
	r.log(n)
	return id, nil
}

// setExactly writes what makes these the properties of the session.
func (r *recreation) setExactly(want map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(r.set)) {
		if _, ok := want[name]; !ok {
			r.add(&ast.Unset{Property: &ast.String{Value: name}})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if value, ok := r.set[name]; !ok || value != want[name] {
			r.add(&ast.Set{Property: &ast.String{Value: name}, Value: &ast.String{Value: want[name]}})
		}
	}
	r.set = want
}

// log adds a statement that the log keeps.
func (r *recreation) log(n ast.Statement) {
	r.add(n)
	r.number++
}

func (r *recreation) add(n ast.Statement) { r.statements = append(r.statements, ast.Format(n)+";") }
