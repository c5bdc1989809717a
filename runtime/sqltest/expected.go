package sqltest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
)

// This file judges tests that have to fail.

// The classes of ksqlDB's errors that a test may name. A class that is not an
// assertion's stands for the classes derived from it too.
const (
	assertionError       = "AssertionError"
	parseFailedException = "ParseFailedException"
)

// classes returns the names of all classes without their packages.
func classes() []string {
	return []string{
		assertionError, parseFailedException, "KsqlStatementException", "KsqlException", "StreamsException",
		"RuntimeException", "Exception", "Throwable",
	}
}

// class returns the name of a class without its package.
func class(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func knownClass(name string) bool { return slices.Contains(classes(), class(name)) }

func unknownClass(span source.Span, name string) *source.Error {
	err := source.Errorf(span, "There is no class of errors %s", name).
		WithDetail("There are %s: a failed ASSERT VALUES is an %s.", strings.Join(classes(), ", "), assertionError)
	if near := source.Similar(class(name), classes()); near != "" {
		err.WithDetail("Did you mean %s?", near)
	}
	return err
}

// Surprise is in what a test has not failed as it was expected to.
type Surprise uint8

// The surprises.
const (
	// NothingFailed: all statements succeeded.
	NothingFailed Surprise = iota + 1
	// OtherClass: it was another kind of error.
	OtherClass
	// OtherMessage: it was an error of the right kind, which says something else.
	OtherMessage
)

// ExpectationError says that a negative test has not failed as it should.
type ExpectationError struct {
	Expected Expected
	Surprise Surprise
	// Err is the failure there was instead; nil if nothing failed.
	Err *StepError
}

// Error says what was expected, and what came.
func (e *ExpectationError) Error() string {
	switch e.Surprise {
	case NothingFailed:
		return "Nothing has failed. Expected: " + e.Expected.String()
	case OtherClass:
		return "It fails, but by another kind of error. Expected: " + e.Expected.String()
	default:
		return "It fails, but says something else. Expected: " + e.Expected.String()
	}
}

// Unwrap returns the failure there was.
func (e *ExpectationError) Unwrap() error {
	if e.Err == nil {
		return nil
	}
	return e.Err
}

// String writes the expectation as "class: message".
func (want Expected) String() string {
	switch {
	case want.Message == "":
		return class(want.Class)
	case want.Class == "":
		return want.Message
	}
	return class(want.Class) + ": " + want.Message
}

// judge says what a failure means for a test that expects one; nil is as expected.
func (want Expected) judge(err error) error {
	failed, ok := errors.AsType[*StepError](err)
	switch {
	case err != nil && !ok:
		return err
	case !ok:
		return &ExpectationError{Expected: want, Surprise: NothingFailed}
	case !failed.isA(class(want.Class)):
		return &ExpectationError{Expected: want, Surprise: OtherClass, Err: failed}
	case !Says(failed.Err, failed.Statement(), want.Message):
		return &ExpectationError{Expected: want, Surprise: OtherMessage, Err: failed}
	}
	return nil
}

// isA reports whether ksqlDB's error of that class, or of one derived from it, is
// what has happened; "" is any.
func (e *StepError) isA(class string) bool {
	_, asserted := errors.AsType[*RecordError](e.Err)
	switch class {
	case "", "Throwable":
		return true
	case assertionError:
		return asserted
	case parseFailedException:
		return e.Syntax
	default:
		return !asserted
	}
}

// Says reports whether the error of a statement says what is expected: whether its
// text holds that, as ksqlDB writes it. It may stand there with the position, which
// ksqlDB writes as "Line: 1, Col: 2: " too, and with the statement behind it.
func Says(err error, statement, expected string) bool {
	for _, wrapper := range wrappers() {
		expected = strings.TrimPrefix(expected, wrapper)
	}
	for _, text := range messages(err, statement) {
		if strings.Contains(text, expected) {
			return true
		}
	}
	return false
}

// wrappers are what ksqlDB's engine and its tests put before the text of an error
// that they meet before they execute a statement.
func wrappers() []string {
	return []string{"Failed to prepare statement: ", "Exception while preparing statement: "}
}

// messages returns the texts that an expectation may be a part of: the error with and
// without its position and our own hints, and with the statement behind it, in both of
// ksqlDB's ways to put it there.
func messages(err error, statement string) []string {
	texts := []string{err.Error()}
	if fault, ok := errors.AsType[*source.Error](err); ok {
		at := fault.Position()
		texts = append(texts, fault.Message, fmt.Sprintf("line %s: %s", at, fault.Message),
			fmt.Sprintf("Line: %d, Col: %d: %s", at.Line, at.Column, fault.Message))
		if fault.Detail != "" {
			texts = append(texts, fault.Message+"\n"+fault.Detail)
		}
	}
	for _, text := range texts {
		texts = append(texts, text+"\nStatement: "+statement, text+"\n\nStatement: "+statement)
	}
	return texts
}
