package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// script is a case of sql-tests at work: steps one after the other, each of which
// may be an assertion.
type script struct {
	engine Engine
	// read is how many records of each topic the assertions have taken.
	read map[string]int
}

// runScript runs a case of sql-tests.
func runScript(ctx context.Context, c *Case, e Engine) Outcome {
	for _, t := range scriptTopics(c.Script) {
		if err := e.CreateTopic(ctx, t); err != nil {
			return failed("%s", err)
		}
	}
	s := &script{engine: e, read: map[string]int{}}
	f := failureIn(s.steps(ctx, c.Script))
	switch {
	case c.Exception != nil:
		return judgeScript(f, c.Exception)
	case f != nil:
		return failed("%s", f.reason()).withDetail("%s", f.err)
	}
	return Outcome{Status: Pass}
}

// scriptTopics returns the topics of a script's CREATE statements, each of one partition.
func scriptTopics(text string) (all []broker.NewTopic) {
	known := map[string]bool{}
	for _, part := range parser.Split(text).Parts {
		for _, t := range declared(part.Text) {
			if !known[t.Name] {
				known[t.Name] = true
				all = append(all, broker.NewTopic{Name: t.Name, Partitions: 1})
			}
		}
	}
	return all
}

// judgeScript says what a failure means for a negative case. Any step may be the
// one that fails.
func judgeScript(f *failure, want *Exception) Outcome {
	if f == nil {
		return failed("nothing fails")
	}
	_, asserted := errors.AsType[*recordError](f.err)
	says := f.says(want.Message)
	switch {
	case f.unsupported() && !says:
		return failed("%s", f.reason()).withDetail("expected: %s", want.Message)
	case asserted != (class(want.Type) == assertionError):
		return failed("fails by another kind of error: %s", f.reason()).withDetail("expected a %s: %s", want.Type, want.Message)
	case !says:
		return Outcome{Status: TextDiffers, Reason: line("says: " + f.reason())}.
			withDetail("got: %s\nexpected: %s", f.err, want.Message)
	}
	return Outcome{Status: Pass}
}

// steps runs the steps and returns the first failure.
func (s *script) steps(ctx context.Context, text string) error {
	for _, part := range parser.Split(text).Parts {
		parsed, err := parser.ParseTest(part.Text)
		if err != nil {
			return &failure{stage: parsing, err: err, statement: part.Text}
		}
		if err := s.step(ctx, parsed[0]); err != nil {
			return &failure{stage: executing, err: err, statement: part.Text}
		}
	}
	return nil
}

func (s *script) step(ctx context.Context, p parser.Parsed) error {
	switch n := p.Statement.(type) {
	case *ast.AssertValues:
		return s.assertValues(n)
	case *ast.AssertTombstone:
		return s.assertTombstone(n)
	case *ast.AssertSource:
		return s.assertSource(n)
	case *ast.InsertValues:
		return s.insert(ctx, n, p.Text)
	default:
		return s.execute(ctx, p.Text)
	}
}

func (s *script) execute(ctx context.Context, text string) error {
	statements, err := s.engine.Parse(text)
	if err != nil {
		return err
	}
	answer, err := s.engine.Execute(ctx, statements[0])
	if err != nil {
		return err
	}
	answer.close()
	return nil
}

// insert writes a record and has all queries process it, and what comes of it.
func (s *script) insert(ctx context.Context, n *ast.InsertValues, text string) error {
	src, err := s.source(n.Name)
	if err != nil {
		return s.execute(ctx, text) // which says so in its own words
	}
	before, _ := s.engine.Log(src.Topic)
	if err := s.execute(ctx, text); err != nil {
		return err
	}
	return s.propagate(ctx, src.Topic, len(before))
}

// propagate feeds the records of a topic from a place on to the queries that read
// it, depth first.
func (s *script) propagate(ctx context.Context, topic string, from int) error {
	log, _ := s.engine.Log(topic)
	for _, m := range log[from:] {
		for _, q := range readers(s.engine, topic) {
			before, _ := s.engine.Log(q.Sink())
			if err := q.Feed(ctx, topic, m); err != nil {
				return err
			}
			if q.Sink() == "" {
				continue
			}
			if err := s.propagate(ctx, q.Sink(), len(before)); err != nil {
				return err
			}
		}
	}
	return nil
}

// readers returns the queries that read a topic.
func readers(e Engine, topic string) (all []Query) {
	for _, q := range e.Queries() {
		if slices.Contains(q.Topics(), topic) {
			all = append(all, q)
		}
	}
	return all
}

// source returns the stream or table of a name.
func (s *script) source(name ast.Name) (*catalog.Source, error) {
	for _, src := range s.engine.Sources() {
		if src.Name == name.Text {
			return src, nil
		}
	}
	return nil, fmt.Errorf("%s does not exist", name.Text)
}
