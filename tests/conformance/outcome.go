package conformance

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

// Status is how a case ended.
type Status string

// The statuses, as the report has them.
const (
	Pass Status = "pass"
	Fail Status = "fail"
	// TextDiffers is a negative case that failed by the right kind of error, which
	// says something else.
	TextDiffers Status = "error-raised-text-differs"
	Skip        Status = "skip"
)

// Outcome is what came of a case.
type Outcome struct {
	Status Status
	// Reason is one line in our own words, empty for a case that passed.
	Reason string
	// Detail may say more, and quote the case.
	Detail string
}

// failed returns the outcome of a case that did not go as it should.
func failed(format string, args ...any) Outcome {
	return Outcome{Status: Fail, Reason: line(fmt.Sprintf(format, args...))}
}

// withDetail returns the outcome with a detail.
func (o Outcome) withDetail(format string, args ...any) Outcome {
	o.Detail = fmt.Sprintf(format, args...)
	return o
}

// maxReason bounds a reason, in bytes.
const maxReason = 160

// line makes one line of a text, without tabs.
func line(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxReason {
		text = strings.ToValidUTF8(text[:maxReason], "") + "…"
	}
	return text
}

// stage is when something failed.
type stage uint8

const (
	parsing stage = iota + 1
	executing
	running
)

// failure is the first step of a case at which the engine failed. Every other error
// is one of the case or of its runner.
type failure struct {
	stage stage
	err   error
	// statement is the text of the one that was executed, and last says that none follows.
	statement string
	last      bool
}

// Error returns the engine's error.
func (f *failure) Error() string { return f.err.Error() }

// Unwrap returns the engine's error.
func (f *failure) Unwrap() error { return f.err }

// failureIn returns the failure that an error is; nil for another error and for none.
func failureIn(err error) *failure {
	f, _ := errors.AsType[*failure](err)
	return f
}

// says reports whether the error's text holds what is expected.
func (f *failure) says(expected string) bool { return sqltest.Says(f.err, f.statement, expected) }

// unsupported reports whether the statement is refused because a later version
// will execute it.
func (f *failure) unsupported() bool { return strings.Contains(f.err.Error(), "not supported yet") }

// reason says in one line what went wrong.
func (f *failure) reason() string {
	text := f.err.Error()
	if fault, ok := errors.AsType[*source.Error](f.err); ok {
		text = fault.Message
	}
	if f.stage == running {
		text = "while running: " + text
	}
	return line(text)
}

// The classes of ksqlDB's errors that cases name.
const (
	parseFailedException = "ParseFailedException"
	statementException   = "KsqlStatementException"
	ksqlException        = "KsqlException"
	streamsException     = "StreamsException"
)

// class returns the name of a class without its package.
func class(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// judge says what a failure means for a negative case.
func judge(f *failure, want *Exception) Outcome {
	message := want.Message
	if class(want.Type) == streamsException {
		message = want.CauseMessage // its own is the wording of Kafka Streams
	}
	switch {
	case f == nil:
		return failed("nothing fails")
	case f.unsupported() && !f.says(message):
		return failed("%s", f.reason()).withDetail("expected: %s", message)
	case !f.isA(class(want.Type)):
		return failed("fails %s: %s", f.when(), f.reason()).withDetail("expected a %s: %s", want.Type, message)
	case f.stage == executing && !f.last:
		return failed("fails before the last statement: %s", f.reason()).withDetail("expected: %s", message)
	case !f.says(message):
		return Outcome{Status: TextDiffers, Reason: line("says: " + f.reason())}.
			withDetail("got: %s\nexpected: %s", f.err, message)
	}
	return Outcome{Status: Pass}
}

// isA reports whether an error of that class, or of one derived from it, is raised
// at the stage of the failure.
func (f *failure) isA(class string) bool {
	switch class {
	case parseFailedException:
		return f.stage == parsing
	case streamsException:
		return f.stage == running
	default:
		return f.stage != running
	}
}

// when says at which stage.
func (f *failure) when() string {
	switch f.stage {
	case parsing:
		return "when it is parsed"
	case running:
		return "when it runs"
	default:
		return "when it is executed"
	}
}
