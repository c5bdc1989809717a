package sqltest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
)

// Files are the paths of a test for ksqlDB's older test runner.
type Files struct {
	// Statements is SQL, in which INSERT INTO … VALUES makes inputs too.
	Statements string
	// Inputs is {"inputs": [record, …]}; empty for none.
	Inputs string
	// Outputs is {"outputs": [record, …]}. Of each topic that occurs in it, the records have
	// to be exactly these, in this order.
	Outputs string
}

// Record is a record of Inputs or Outputs. A missing or null Key or Value is Kafka's null.
type Record struct {
	Topic string
	// Key and Value are JSON; those of DELIMITED are a text.
	Key, Value json.RawMessage
	// Timestamp is in ms since the epoch. If it is missing, it is 0 in an input, and not
	// compared in an output.
	Timestamp *int64
	Window    *Window
}

// Window is that of a key, in ms since the epoch.
type Window struct {
	Start, End int64
	// Type is time or session.
	Type string
}

// RunFiles runs a test for the older test runner: first all statements, then the inputs
// through each query, one query after the other.
func RunFiles(ctx context.Context, f Files, o Options) *Result {
	name := strings.TrimSuffix(filepath.Base(f.Statements), filepath.Ext(f.Statements))
	r := &Result{Test: &Test{Path: f.Statements, Name: name, Line: 1}}
	return r.take(o, func(o Options) error {
		return inEngine(ctx, o, func(run *run) error {
			run.still = true
			err := run.files(ctx, f)
			r.Assertions = run.assertions
			return err
		})
	})
}

func (r *run) files(ctx context.Context, f Files) error {
	var in struct{ Inputs []Record }
	var out struct{ Outputs []Record }
	text, err := r.readFile(f.Statements)
	if err != nil {
		return err
	}
	if f.Inputs != "" {
		if err := r.readRecords(f.Inputs, &in); err != nil {
			return err
		}
	}
	if err := r.readRecords(f.Outputs, &out); err != nil {
		return err
	}
	if err := r.script(ctx, whole(f.Statements, text)); err != nil {
		return err
	}
	for i, record := range in.Inputs {
		if err := r.append(ctx, record); err != nil {
			return fmt.Errorf("%s: input %d: %w", f.Inputs, i+1, err)
		}
	}
	if err := r.engine.Replay(r.inserted, false); err != nil {
		return err
	}
	return r.compare(f.Outputs, out.Outputs)
}

// readRecords reads a file of records, which may hold nothing else.
func (r *run) readRecords(path string, into any) error {
	text, err := r.readFile(path)
	if err != nil {
		return err
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(into)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		err = errors.New("text after the end of the JSON")
	}
	at := decoder.InputOffset()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = syntax.Offset
	}
	return fmt.Errorf("%s:%d: %w", path, source.PositionOf(string(text), int(at)).Line, err)
}

// append writes an input to the log of its topic.
func (r *run) append(ctx context.Context, record Record) error {
	src, err := r.engine.SourceOn(record.Topic, record.Window != nil)
	if err != nil {
		return err
	}
	m, err := r.engine.message(src, record)
	if err != nil {
		return err
	}
	if m, err = r.engine.Append(ctx, record.Topic, m); err != nil {
		return err
	}
	r.inserted = append(r.inserted, Input{record.Topic, m})
	return nil
}
