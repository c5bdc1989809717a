package sqltest

import (
	"errors"
	"fmt"
	"time"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/runtime/proclog"
)

// Result is what came of a test.
type Result struct {
	Test *Test
	// Err is why it has failed, nil if it has passed: a *StepError, an *ExpectationError,
	// or what kept the test from being run at all.
	Err error
	// Assertions is how many ASSERT statements were executed, one for a test that has to
	// fail. A test that passes with none of them says little.
	Assertions int
	// Faults are records that a query could not process, which fails no test by itself.
	Faults  []proclog.Event
	Elapsed time.Duration
}

// Passed reports whether the test has passed.
func (r *Result) Passed() bool { return r.Err == nil }

// StepError is the failure of one statement of a test.
type StepError struct {
	// Path is the file in which the statement stands: the test's, or a script that it runs.
	Path string
	// Script is the text of that file, and Span the statement's place in it.
	Script string
	source.Span
	// Err is what is wrong: a *source.Error about Script, a *RecordError, a
	// *DeclarationError, or an error of the engine.
	Err error
	// Syntax says that the statement cannot be read.
	Syntax bool
}

// Error returns the place and the error.
func (e *StepError) Error() string { return fmt.Sprintf("%s:%d: %v", e.Path, e.Line(), e.Err) }

// Unwrap returns what is wrong.
func (e *StepError) Unwrap() error { return e.Err }

// Line is where in its file the statement begins, or its fault if that has a place.
func (e *StepError) Line() int {
	if fault, ok := errors.AsType[*source.Error](e.Err); ok && fault.Text == e.Script {
		return fault.Position().Line
	}
	return source.PositionOf(e.Script, e.Start).Line
}

// Statement returns the text of the statement.
func (e *StepError) Statement() string { return e.In(e.Script) }

// Diff sets what was expected beside what there is, as texts for people.
type Diff struct {
	// Columns are the names of what is compared.
	Columns []string
	// Expected and Actual have a value for each column; nil where there is nothing.
	Expected, Actual []string
	// After are the records behind the actual one, which nothing was compared with.
	After [][]string
}

// RecordError says that a record is not the one that is expected.
type RecordError struct {
	// Source and Topic are where the record was sought; Number counts from 1 in the topic.
	Source, Topic string
	Number        int
	// Reason says in a sentence what is different.
	Reason string
	Diff   Diff
}

// Error returns ksqlDB's sentence and the difference.
func (e *RecordError) Error() string { return "Expected record does not match actual. " + e.Reason }

// DeclarationError says that a stream or table is not declared as is asserted.
type DeclarationError struct {
	Source string
	// What is different, such as schema.
	What string
	Diff Diff
}

// Error is ksqlDB's sentence.
func (e *DeclarationError) Error() string {
	return fmt.Sprintf("Expected %s does not match actual for source %s.", e.What, e.Source)
}

// DiffOf returns the comparison that an error tells of, if it does.
func DiffOf(err error) (Diff, bool) {
	if record, ok := errors.AsType[*RecordError](err); ok {
		return record.Diff, true
	}
	if declaration, ok := errors.AsType[*DeclarationError](err); ok {
		return declaration.Diff, true
	}
	return Diff{}, false
}
