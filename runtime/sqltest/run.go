package sqltest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/proclog"
)

// Run runs a test in an engine of its own: nothing that it sets, creates or writes is
// there for another one.
func Run(ctx context.Context, t *Test, o Options) *Result {
	r := &Result{Test: t}
	return r.take(o, func(o Options) error {
		if t.fault != nil {
			return t.fault
		}
		err := inEngine(ctx, o, func(run *run) error {
			err := run.script(ctx, file{path: t.Path, text: t.script, span: t.span})
			r.Assertions = run.assertions
			return err
		})
		if t.Expected != nil {
			r.Assertions++
			return t.Expected.judge(err)
		}
		return err
	})
}

// take has the result tell what comes of work, how long it takes, and which records went wrong.
func (r *Result) take(o Options, work func(Options) error) *Result {
	begun, events := o.Clock(), o.Events
	o.Events = proclog.Func(func(e proclog.Event) {
		r.Faults = append(r.Faults, e)
		if events != nil {
			events.Report(e)
		}
	})
	if o.ReadFile == nil {
		o.ReadFile = os.ReadFile
	}
	func() {
		defer func() {
			if p := recover(); p != nil {
				r.Err = fmt.Errorf("internal error: %v: please report it", p)
			}
		}()
		r.Err = work(o)
	}()
	r.Elapsed = o.Clock().Sub(begun)
	return r
}

// inEngine opens an engine for the work and closes it.
func inEngine(ctx context.Context, o Options, work func(*run) error) error {
	engine, err := Open(ctx, o)
	if err != nil {
		return err
	}
	err = work(&run{engine: engine, readFile: o.ReadFile, read: map[string]int{}})
	return errors.Join(err, engine.Close())
}

// run is a test at work.
type run struct {
	engine   *Engine
	readFile func(string) ([]byte, error)
	// read is how many records of each topic the assertions have taken.
	read       map[string]int
	assertions int
	inserted   []Input
	// still has inserted records wait for a Replay instead of being processed at once.
	still bool
	depth int // of scripts that run one another
}

// file is a part of a file that is executed.
type file struct {
	path, text string
	span       source.Span
}

// whole is all of a file.
func whole(path string, text []byte) file {
	script := strings.TrimPrefix(string(text), "\ufeff")
	return file{path: path, text: script, span: source.Span{End: len(script)}}
}

// script executes statements one after the other, up to the first failure.
func (r *run) script(ctx context.Context, f file) error {
	script := parser.Split(f.span.In(f.text))
	for i, part := range script.Parts {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		before := script.Before(i)
		part.Span = part.Shift(f.span.Start)
		if applies, err := r.engine.session.Applies(ctx, before); err != nil || !applies {
			if err != nil {
				return err
			}
			continue
		}
		st, err := r.engine.session.PrepareTest(f.text, part)
		if err != nil {
			return &StepError{Path: f.path, Script: f.text, Span: part.Span, Err: err, Syntax: true}
		}
		if err := r.step(ctx, f.path, st); err != nil {
			return inStep(f, part.Span, st.Locate(err))
		}
	}
	return nil
}

// inStep says which statement an error is of, unless that has been said.
func inStep(f file, span source.Span, err error) error {
	if _, told := errors.AsType[*StepError](err); told {
		return err
	}
	return &StepError{Path: f.path, Script: f.text, Span: span, Err: err}
}

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
