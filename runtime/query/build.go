package query

import (
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/op"
)

// builder turns the steps of a plan into operators, from the sink backwards.
type builder struct {
	ctx  *op.Context
	eval eval.Options
}

// build returns the input of the operators of a step and of all steps before it,
// up to the source, whose plan it returns too.
func (b *builder) build(step plan.Step, next op.Input) (op.Input, *plan.Source, error) {
	switch step := step.(type) {
	case *plan.Source:
		return next, step, nil
	case *plan.Filter:
		condition, err := eval.CompilePredicate(step.Condition, b.eval)
		if err != nil {
			return nil, nil, err
		}
		return b.build(step.Input, op.NewFilter(b.ctx, condition, next))
	case *plan.Project:
		panic("query: a projection inside a plan")
	}
	panic("query: a step of no known kind")
}

// collect returns the end of the plan's operators.
func (b *builder) collect(q *plan.Query) (*op.Collect, error) {
	columns := make([]eval.Program, len(q.Root.Value))
	for i, c := range q.Root.Value {
		var err error
		if columns[i], err = eval.Compile(c.Expr, b.eval); err != nil {
			return nil, err
		}
	}
	return op.NewCollect(b.ctx, columns, q.From == catalog.Table), nil
}
