package query

import (
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/op"
)

// builder turns the steps of a plan into operators, from the sink backwards.
type builder struct {
	ctx  *op.Context
	eval eval.Options
	task *Task // that a persistent query's operators belong to; nil for others
}

// build returns the input of the operators of a step and of all steps before it,
// up to the source, whose plan it returns too.
func (b *builder) build(step plan.Step, next op.Input) (op.Input, *plan.Source, error) {
	switch step := step.(type) {
	case *plan.Source:
		return next, step, nil
	case *plan.Filter:
		filter, err := b.filter(step, next)
		if err != nil {
			return nil, nil, err
		}
		return b.build(step.Input, filter)
	case *plan.FlatMap:
		functions, err := b.compile(step.Functions)
		if err != nil {
			return nil, nil, err
		}
		return b.build(step.Input, op.NewFlatMap(b.ctx, functions, next))
	case *plan.Project:
		project, err := b.project(step, next)
		if err != nil {
			return nil, nil, err
		}
		return b.build(step.Input, project)
	case *plan.Sink:
		sink, err := b.sink(step)
		if err != nil {
			return nil, nil, err
		}
		return b.build(step.Input, sink)
	}
	panic("query: a step of no known kind")
}

func (b *builder) filter(step *plan.Filter, next op.Input) (op.Input, error) {
	condition, err := eval.CompilePredicate(step.Condition, b.eval)
	if err != nil {
		return nil, err
	}
	from := sourceOf(step).Source
	if b.task == nil || from.Kind == catalog.Stream {
		return op.NewFilter(b.ctx, condition, next), nil
	}
	key, err := b.task.keyText(from)
	if err != nil {
		return nil, err
	}
	return op.NewFilterTable(b.ctx, condition, key, b.task.options.Resumed, next), nil
}

func (b *builder) project(step *plan.Project, next op.Input) (op.Input, error) {
	key, err := b.programs(step.Key)
	if err != nil {
		return nil, err
	}
	for i, c := range step.Key {
		key[i] = ofRecord(c.Expr, key[i])
	}
	value, err := b.programs(step.Value)
	if err != nil {
		return nil, err
	}
	return op.NewProject(b.ctx, key, value, step.Rekeys, next), nil
}

// ofRecord makes the expression of a key NULL for records without a value, unless
// it reads nothing but the old key: to ksqlDB, pseudo columns are part of the value.
func ofRecord(e expr.Expr, program eval.Program) eval.Program {
	for _, c := range expr.Columns(e) {
		if c.Ref.Place == types.InKey {
			continue
		}
		return func(f *eval.Frame) (data.Value, error) {
			if f.Record.Tombstone {
				return data.Null, nil
			}
			return program(f)
		}
	}
	return program
}

// collect returns the end of the operators of a push or pull query.
func (b *builder) collect(q *plan.Query) (*op.Collect, error) {
	columns, err := b.programs(q.Root.Value)
	if err != nil {
		return nil, err
	}
	return op.NewCollect(b.ctx, columns, q.From == catalog.Table), nil
}

func (b *builder) programs(columns []plan.Column) ([]eval.Program, error) {
	exprs := make([]expr.Expr, len(columns))
	for i, c := range columns {
		exprs[i] = c.Expr
	}
	return b.compile(exprs)
}

func (b *builder) compile(exprs []expr.Expr) ([]eval.Program, error) {
	programs := make([]eval.Program, len(exprs))
	for i, e := range exprs {
		var err error
		if programs[i], err = eval.Compile(e, b.eval); err != nil {
			return nil, err
		}
	}
	return programs, nil
}

// sourceOf returns the source that a step reads in the end.
func sourceOf(step plan.Step) *plan.Source {
	for {
		if source, ok := step.(*plan.Source); ok {
			return source
		}
		step = step.Inputs()[0]
	}
}
