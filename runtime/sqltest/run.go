package sqltest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/source"
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
			return inStep(f, part.Span, st, err)
		}
	}
	if script.Left != nil { // what stands behind it would be left out without a word
		at := script.Left.Shift(f.span.Start)
		return &StepError{Path: f.path, Script: f.text, Span: at, Err: source.Errorf(at, "%s is not possible in a test.", at.In(f.text)), Syntax: true}
	}
	return nil
}

// inStep says which statement an error is of, unless that has been said.
func inStep(f file, span source.Span, st exec.Statement, err error) error {
	if _, told := errors.AsType[*StepError](err); told {
		return err
	}
	return &StepError{Path: f.path, Script: f.text, Span: span, Err: st.Locate(err)}
}
