package functions_test

import (
	"time"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// evaluator evaluates expressions without columns.
type evaluator struct {
	registry *functions.Registry
	warning  error // of a part that failed

	properties config.Properties // for aggregate functions
}

func newEvaluator() *evaluator { return &evaluator{registry: functions.New()} }

// eval evaluates the text of an expression. The error is that of a wrong
// text, or of a function that fails, in an argument too.
func (e *evaluator) eval(text string) (data.Value, *types.Type, error) {
	parsed, err := parser.ParseExpr(text)
	if err != nil {
		return data.Null, nil, err
	}
	typed, err := expr.Build(parsed, expr.Env{Functions: e.registry})
	if err != nil {
		return data.Null, nil, source.In(text, err)
	}
	program, err := eval.Compile(typed, eval.Options{Functions: e.registry})
	if err != nil {
		return data.Null, nil, err
	}
	e.warning = nil
	now := time.UnixMilli(1_700_000_000_123)
	value, err := program(&eval.Frame{
		Env:  functions.Env{Arena: &data.Arena{}, Now: func() time.Time { return now }},
		Warn: func(err error) { e.warning = err },
	})
	if err == nil {
		err = e.warning
	}
	return value, typed.Type(), err
}
