package exec

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/runtime/display"
)

// LeftOutError says that a context was done before all statements of a text were executed.
type LeftOutError struct {
	// Count is how many statements were not executed: at least one. What a script would have
	// executed that was not begun counts as one, its RUN SCRIPT.
	Count int
	// First is the text of the first of them, without its secrets.
	First string
	// Err is what ended the statement before them, or the context's cause. It is wrapped.
	Err error
}

// firstLength is how many characters of the first statement are told.
const firstLength = 60

// Error returns what ended the statements, and what was left out.
func (e *LeftOutError) Error() string { return e.Err.Error() + ": " + e.Told() }

// Told returns how many statements were left out, and how the first of them begins, for somebody who knows why.
func (e *LeftOutError) Told() string {
	first := []rune(strings.Join(strings.Fields(e.First), " "))
	if len(first) > firstLength {
		first = append(first[:firstLength-1], '…')
	}
	if e.Count == 1 {
		return fmt.Sprintf("1 statement was left out: %s", string(first))
	}
	return fmt.Sprintf("%s were left out, the first of them: %s", display.Counted(e.Count, "statement"), string(first))
}

// Unwrap returns what ended the statements.
func (e *LeftOutError) Unwrap() error { return e.Err }

// LeaveOut returns err, which has ended statements because a context was done, as one that says
// that others behind them were left out, too. Without others it is err itself.
func LeaveOut(err error, statements []string) error {
	if len(statements) == 0 {
		return err
	}
	if before, ok := errors.AsType[*LeftOutError](err); ok {
		before.Count += len(statements)
		return err
	}
	return &LeftOutError{Count: len(statements), First: source.WithoutSecrets(statements[0]), Err: err}
}

// leaveOut is [LeaveOut] for the parts behind a statement that ended with err, if that was since ctx
// is done; other errors say by themselves that nothing more is executed.
func leaveOut(ctx context.Context, err error, rest []parser.Part) error {
	if ctx.Err() == nil {
		return err
	}
	texts := make([]string, len(rest))
	for i, part := range rest {
		texts[i] = part.Text
	}
	return LeaveOut(err, texts)
}
