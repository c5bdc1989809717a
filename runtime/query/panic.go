package query

import (
	"fmt"
	"runtime/debug"
)

// panicError is a panic, which ends the query that it has happened in and nothing else. The
// stack is what it wraps, and so stands in the processing log as the cause.
type panicError struct {
	value any
	stack stackError
}

// Error says that somebody should know of it.
func (e *panicError) Error() string {
	return fmt.Sprintf("internal error: %v: please report it", e.value)
}

// Unwrap returns the stack.
func (e *panicError) Unwrap() error { return e.stack }

// stackError is the stack of a goroutine.
type stackError string

// Error returns it.
func (e stackError) Error() string { return string(e) }

// catch makes the error of a function of a panic in it. It is deferred.
func catch(err *error) {
	if p := recover(); p != nil {
		*err = &panicError{p, stackError(debug.Stack())}
	}
}
