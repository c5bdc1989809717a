package exec

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file executes the statements that change the catalog. Each of them first
// checks everything, then changes the cluster, and the catalog last: a process
// that dies between leaves at worst a topic that nobody knows, or a source whose
// topic is gone and which can be dropped once more.

// createSource is CREATE STREAM or TABLE over a topic.
func (s *Session) createSource(ctx context.Context, st Statement, n *ast.CreateSource) (Entity, error) {
	e := s.engine
	e.ddl.Lock()
	defer e.ddl.Unlock()
	planner := s.planner()
	old, exists := planner.Catalog.Source(n.Name.Text)
	if exists && n.IfNotExists {
		return newNotice(taken(n.Kind, ast.Quote(n.Name.Text), old.Kind)), nil
	}
	if exists && !n.OrReplace {
		return nil, e.alreadyThere(n.Name, n.Kind, old)
	}
	st, n, inferred, err := s.complete(ctx, st, n)
	if err != nil {
		return nil, err
	}
	creation, err := planner.Create(n) // publish plans once more: replaying the log does only that
	if err != nil {
		return nil, err
	}
	if n.OrReplace {
		if err := s.checkReplace(n.Name, old, creation.Source); err != nil {
			return nil, err
		}
		if q := e.now().creator(n.Name.Text); q != nil {
			return nil, source.Errorf(n.Name.Span, "Cannot add %s '%s': the query %s fills it. Replace it with CREATE OR REPLACE %s ... AS SELECT.",
				kindName(n.Kind), n.Name.Text, q.id, n.Kind)
		}
	}
	made := false
	if creation.Source.Pattern == "" {
		if made, err = s.provideTopic(ctx, declaredBy(n), creation, ""); err != nil {
			return nil, err
		}
		err = e.registerSchemas(ctx, creation.Source, false)
	}
	if err == nil {
		err = e.publish(ctx, planner, st)
	}
	if made && undone(err) {
		e.undoTopic(ctx, creation.Source.Topic)
	}
	if err != nil {
		return nil, err
	}
	status := e.done(kindName(n.Kind), n.Name.Text, "create", title(n.Kind)+" created")
	if status.Inferred = inferred; inferred != nil && e.options.Headless {
		e.options.Logger.Warn("the columns of "+n.Name.Text+" are found in its topic each time the file of queries is read; list them to keep them",
			"statement", inferred.Statement)
	}
	return status, nil
}

// taken says that a name is in use; quoted is the name as the sentence has it.
func taken(kind ast.Kind, quoted string, old catalog.Kind) string {
	return fmt.Sprintf("Cannot add %s %s: A %s with the same name already exists.",
		kindName(kind), quoted, strings.ToLower(old.String()))
}

// alreadyThere refuses a name that is in use. Who runs a script on a Kafka once more
// may not know that what it creates is still there.
func (e *Engine) alreadyThere(name ast.Name, kind ast.Kind, old *catalog.Source) error {
	err := source.Errorf(name.Span, "%s", taken(kind, "'"+name.Text+"'", old.Kind))
	if _, shared := e.shared(); shared {
		err.WithDetail("It is kept under the service id %s. IF NOT EXISTS or OR REPLACE lets a script run again; "+
			"an ephemeral session begins without it.", e.options.Properties.String(config.ServiceID))
	}
	return err
}

// done returns the answer of a statement that was published. The caller holds ddl.
func (e *Engine) done(kind, name, action, message string) *Status {
	status := newStatus(kind, name, action, message)
	status.Sequence = e.sequence - 1
	return status
}

// kindName is a kind within a sentence.
func kindName(k ast.Kind) string { return strings.ToLower(k.String()) }

// title is a kind at the beginning of a sentence.
func title(k ast.Kind) string {
	if k == ast.Table {
		return "Table"
	}
	return "Stream"
}

// alterSource is ALTER STREAM or TABLE. The topic stays as it is: records without
// the new columns have NULL there.
func (s *Session) alterSource(ctx context.Context, st Statement, n *ast.AlterSource) (Entity, error) {
	s.engine.ddl.Lock()
	defer s.engine.ddl.Unlock()
	if _, made := s.engine.now().origins[n.Name.Text]; made {
		return nil, source.Errorf(n.Span, "ALTER command is not supported for CREATE ... AS statements.")
	}
	if err := s.engine.publish(ctx, s.planner(), st); err != nil {
		return nil, err
	}
	return s.engine.done(kindName(n.Kind), n.Name.Text, "alter", title(n.Kind)+" "+n.Name.Text+" altered."), nil
}

// dropSource is DROP STREAM or TABLE. It terminates the query that fills the
// source. Push and pull queries that read it go on: they hold what they need of it.
func (s *Session) dropSource(ctx context.Context, st Statement, n *ast.DropSource) (Entity, error) {
	e := s.engine
	e.ddl.Lock()
	defer e.ddl.Unlock()
	planner := s.planner()
	old, exists := planner.Catalog.Source(n.Name.Text)
	if !exists && n.IfExists {
		return newNotice("Source " + ast.Quote(n.Name.Text) + " does not exist."), nil
	}
	if !exists {
		return nil, missing(n.Name, planner.Catalog, "%s %s does not exist", title(n.Kind), n.Name.Text)
	}
	if old.Kind != catalog.Kind(n.Kind) {
		return nil, source.Errorf(n.Name.Span, "Incompatible data source type is %s, but statement was DROP %s", old.Kind, n.Kind)
	}
	if err := e.now().checkDrop(n.Name); err != nil {
		return nil, err
	}
	if err := e.drop(ctx, planner, st, n, old); err != nil {
		return nil, err
	}
	return e.done(kindName(n.Kind), n.Name.Text, "drop",
		fmt.Sprintf("Source %s (topic: %s) was dropped.", ast.Quote(old.Name), old.Topics())), nil
}

// drop drops a source, its topic if the statement says so, and the query that fills
// it. That one is stopped before its topic goes, and started again if the
// statement fails after all.
func (e *Engine) drop(ctx context.Context, p *planner.Planner, st Statement, n *ast.DropSource, old *catalog.Source) error {
	if !n.DeleteTopic {
		return e.publish(ctx, p, st)
	}
	goOn := e.interrupt(e.now().creator(old.Name))
	err := e.deleteTopic(ctx, n, old)
	if err == nil {
		err = e.publish(ctx, p, st)
	}
	if err != nil {
		goOn()
	}
	return err
}

// checkDrop refuses to drop a source that others need.
func (s *state) checkDrop(name ast.Name) error {
	refuse := func(format string, args ...any) error {
		return source.Errorf(name.Span, "Cannot drop %s.", name.Text).WithDetail(format, args...)
	}
	if made := s.madeFrom(name.Text); len(made) > 0 {
		return refuse("The following streams and/or tables read from this source: [%s].\nYou need to drop them before dropping %s.",
			strings.Join(made, ", "), name.Text)
	}
	readers := s.readers(name.Text)
	writers := slices.DeleteFunc(s.writers(name.Text), func(q *persistent) bool { return q.plan.Creates })
	if len(readers)+len(writers) == 0 {
		return nil
	}
	return refuse("The following queries read from this source: [%s].\nThe following queries write into this source: [%s].\n"+
		"You need to terminate them before dropping %s.",
		strings.Join(ids(readers), ", "), strings.Join(ids(writers), ", "), name.Text)
}

// deleteTopic deletes the topic of a source and its schemas. That it is gone already is no fault.
func (e *Engine) deleteTopic(ctx context.Context, n *ast.DropSource, s *catalog.Source) error {
	if s.ReadOnly {
		return source.Errorf(n.Name.Span, "Cannot delete topic for read-only source: %s", s.Name)
	}
	if e.log.writes(s.Topic) {
		return source.Errorf(n.Name.Span, "Cannot delete topic %s: the processing log is written to it.", s.Topic)
	}
	if s.Pattern != "" {
		return source.Errorf(n.Name.Span, "Cannot delete the topics of %s: it reads all topics that match '%s'", s.Name, s.Pattern)
	}
	err := e.options.Cluster.DeleteTopic(ctx, s.Topic)
	if err == nil || errors.Is(err, broker.ErrUnknownTopic) {
		return e.forgetSchemas(ctx, s)
	}
	return fmt.Errorf("Could not delete the corresponding kafka topic: %s: %w", s.Topic, err)
}

// missing says that a source does not exist and offers the nearest that does.
func missing(name ast.Name, c *catalog.Catalog, format string, args ...any) *source.Error {
	return ast.Suggest(source.Errorf(name.Span, format, args...), name.Text, c.SourceNames())
}

// createType is CREATE TYPE.
func (s *Session) createType(ctx context.Context, st Statement, n *ast.CreateType) (Entity, error) {
	e := s.engine
	e.ddl.Lock()
	defer e.ddl.Unlock()
	planner := s.planner()
	if old, exists := planner.Catalog.Type(n.Name.Text); exists {
		if n.IfNotExists {
			return newNotice(n.Name.Text + " is already registered with type " + old.String()), nil
		}
		return nil, source.Errorf(n.Name.Span, "Cannot register custom type '%s' since it is already registered with type: %s",
			n.Name.Text, old)
	}
	if err := e.publish(ctx, planner, st); err != nil {
		return nil, err
	}
	typ, _ := e.Catalog().Type(n.Name.Text)
	return e.done("type", n.Name.Text, "create",
		fmt.Sprintf("Registered custom type with name '%s' and SQL type %s", n.Name.Text, typ)), nil
}

// dropType is DROP TYPE. Sources keep what the name stood for when they were made.
func (s *Session) dropType(ctx context.Context, st Statement, n *ast.DropType) (Entity, error) {
	e := s.engine
	e.ddl.Lock()
	defer e.ddl.Unlock()
	planner := s.planner()
	if _, exists := planner.Catalog.Type(n.Name.Text); !exists {
		if n.IfExists {
			return newNotice("Type '" + n.Name.Text + "' does not exist"), nil
		}
		err := source.Errorf(n.Name.Span, "Type %s does not exist.", n.Name.Text)
		return nil, ast.Suggest(err, n.Name.Text, planner.Catalog.TypeNames())
	}
	if err := e.publish(ctx, planner, st); err != nil {
		return nil, err
	}
	return e.done("type", n.Name.Text, "drop", "Dropped type '"+n.Name.Text+"'"), nil
}
