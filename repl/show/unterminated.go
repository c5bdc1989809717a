package show

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// Unterminated is Run for a text whose last semicolon may be missing. Faults are told of the text as it
// was typed.
func (r *Runner) Unterminated(ctx context.Context, text string) error {
	whole, end := terminated(text)
	return r.all(ctx, asTyped(r.backend.Run(ctx, whole), text, whole, end))
}

// terminated adds the last semicolon if it is missing: behind the last word, where a fault that is found there
// is to be shown, and before comments. end is where that is, -1 if nothing is added.
func terminated(text string) (whole string, end int) {
	if parser.Split(text).Complete {
		return text, -1
	}
	end = len(text)
	for _, l := range slices.Backward(parser.Lexemes(text)) {
		if l.Class != parser.Comment {
			end = l.End
			break
		}
	}
	return text[:end] + ";" + text[end:], end
}

// asTyped tells faults in the whole of a text as ones in the text, which has no semicolon at its end.
func asTyped(results iter.Seq2[*exec.Result, error], text, whole string, end int) iter.Seq2[*exec.Result, error] {
	return func(yield func(*exec.Result, error) bool) {
		for result, err := range results {
			if fault, ok := errors.AsType[*source.Error](err); ok && end >= 0 && fault.Text == whole {
				fault.Text = text
				if fault.Span.Start == end {
					fault.Detail = strings.Replace(fault.Detail, "';'", "the end", 1)
				}
			}
			if !yield(result, err) {
				return
			}
		}
	}
}
