package source

import (
	"errors"
	"fmt"
	"strings"
)

// Error is a fault in a text: what is wrong and where.
//
// Whoever finds the fault knows its place but often not the text, so an error has
// three stations: Errorf makes it with a span, In attaches the text at the door,
// and Render shows it with the source line. Errors that wrap it keep all that.
type Error struct {
	// Text is the whole text the span counts in; empty until In attaches it.
	Text string
	// Span is the faulty part of Text; zero where no place is known.
	Span Span
	// Message says in one line what is wrong.
	Message string
	// Detail, if any, are further lines: the alternatives, a hint.
	Detail string
	// Cause is what kind of error it is, which errors.Is finds; nil for none. Message says it already.
	Cause error
}

var _ error = (*Error)(nil)

// Errorf builds an error at a place whose text In attaches later.
func Errorf(span Span, format string, args ...any) *Error {
	return &Error{Span: span, Message: fmt.Sprintf(format, args...)}
}

// In attaches the text the span counts in, unless the error has one already,
// and returns the error.
func (e *Error) In(text string) *Error {
	if e.Text == "" {
		e.Text = text
	}
	return e
}

// Within returns the error as one of the larger text in which the error's own
// text begins at offset: a statement's fault told by its script's lines.
func (e *Error) Within(text string, offset int) *Error {
	moved := *e
	moved.Text = text
	moved.Span = e.Span.Shift(offset)
	return &moved
}

// WithDetail sets the detail and returns the error.
func (e *Error) WithDetail(format string, args ...any) *Error {
	e.Detail = fmt.Sprintf(format, args...)
	return e
}

// WithCause sets the cause and returns the error.
func (e *Error) WithCause(cause error) *Error {
	e.Cause = cause
	return e
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Position returns where the fault begins; the zero Position if the text
// is unknown.
func (e *Error) Position() Position {
	if e.Text == "" {
		return Position{}
	}
	return PositionOf(e.Text, e.Span.Start)
}

// Error returns "line L:C: message" and, on lines of its own, the detail. An
// error without text gives its message alone.
func (e *Error) Error() string {
	var b strings.Builder
	if p := e.Position(); p.Line > 0 {
		b.WriteString("line " + p.String() + ": ")
	}
	b.WriteString(e.Message)
	if e.Detail != "" {
		b.WriteString("\n" + e.Detail)
	}
	return b.String()
}

// In attaches text to the *Error that err is or wraps and returns err as it
// was; other errors, and nil, are left alone.
func In(text string, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.In(text)
	}
	return err
}
