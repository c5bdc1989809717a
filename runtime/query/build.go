package query

import (
	"fmt"
	"hash/crc32"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/op"
)

// builder turns the steps of a stage into the operators of a task, from the end
// backwards.
type builder struct {
	ctx    *op.Context
	eval   eval.Options
	task   *Task
	counts *counts // of the step that is built
}

// build makes the operators of a step and of all steps before it, up to the inputs of
// the stage. The results of the step go to next. It is the floor's one switch over steps.
func (b *builder) build(step plan.Step, next op.Input) error {
	b.begin(step)
	var made op.Input
	var err error
	switch step := step.(type) {
	case *plan.Source, *plan.Repartition, *plan.Subscriptions, *plan.Return:
		return b.task.open(step, next)
	case *plan.Filter:
		made, err = b.filter(step, next)
	case *plan.FlatMap:
		made, err = b.flatMap(step, next)
	case *plan.Project:
		made, err = b.project(step, next)
	case *plan.Sink:
		made, err = b.sink(step)
	case *plan.Materialize:
		made, err = b.materialize(step, next)
	case *plan.Group:
		made, err = b.group(step, next)
	case *plan.Aggregate:
		made, err = b.aggregate(step, next)
	case *plan.Final:
		made, err = b.final(step, next)
	case *plan.JoinStreams:
		return b.joinStreams(step, next)
	case *plan.JoinStreamTable:
		return b.joinStreamTable(step, next)
	case *plan.JoinTables:
		return b.joinTables(step, next)
	case *plan.JoinForeign:
		return b.joinForeign(step, next)
	case *plan.Answer:
		return b.answer(step, next)
	}
	if err != nil {
		return err
	}
	b.task.saves(made)
	for _, input := range step.Inputs() {
		if err := b.before(step, input, made); err != nil {
			return err
		}
	}
	return nil
}

// before builds an input of a step whose records go into one of its operators.
func (b *builder) before(step, input plan.Step, into op.Input) error {
	return b.build(input, b.task.measures.watch(input, step, into))
}

// begin makes the context of the operators of a step: what they report and keep counts
// as the step's.
func (b *builder) begin(step plan.Step) {
	b.counts = b.task.measures.steps[step]
	b.ctx = b.at(stepProject)
}

// at returns the context of an operator, which reports under the name of its step.
func (b *builder) at(step string) *op.Context {
	return &op.Context{Frame: b.ctx.Frame, Report: b.counts.report(b.task.at(step)), Note: b.counts.note, Pause: b.task.pause}
}

func (b *builder) filter(step *plan.Filter, next op.Input) (op.Input, error) {
	condition, err := eval.CompilePredicate(step.Condition, b.eval)
	if err != nil {
		return nil, err
	}
	if _, having := step.Input.(*plan.Aggregate); having {
		return op.NewFilterChanges(b.at(stepHaving), condition, next), nil
	}
	if changes(step.Input) {
		return op.NewFilterChanges(b.at(stepFilter), condition, next), nil
	}
	passed, err := b.stores(step)
	switch {
	case err != nil:
		return nil, err
	case len(passed) == 0:
		return op.NewFilter(b.at(stepFilter), condition, next), nil
	}
	return op.NewFilterTable(b.at(stepFilter), condition, passed[0], rowKey(step), next), nil
}

// passedPrefix is what the names of stores of passed keys begin with.
const passedPrefix = "Filter-Passed-"

// passedStore is the store of the keys that a filter over a table has let pass. A query
// that is replaced by one with another condition begins with none, as in ksqlDB.
func passedStore(step *plan.Filter) string {
	return fmt.Sprintf(passedPrefix+"%08x", crc32.ChecksumIEEE([]byte(step.Condition.String())))
}

// remembersPassed reports whether a filter has to know which rows have passed: those
// of a table whose changes come without the rows that they replace.
func remembersPassed(step *plan.Filter) bool {
	switch input := step.Input.(type) {
	case *plan.Source:
		return input.Source.Kind == catalog.Table && input.Lookup == nil
	case *plan.JoinForeign:
		return true
	default:
		return false
	}
}

// changes reports whether a step's results come with the rows that they replace.
func changes(step plan.Step) bool {
	switch step := step.(type) {
	case *plan.Materialize, *plan.Aggregate, *plan.JoinTables:
		return true
	case *plan.Filter:
		return changes(step.Input)
	default:
		return false
	}
}

func (b *builder) flatMap(step *plan.FlatMap, next op.Input) (op.Input, error) {
	functions, err := b.compile(step.Functions)
	if err != nil {
		return nil, err
	}
	return op.NewFlatMap(b.ctx, functions, next), nil
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
	return op.NewCollect(b.ctx, columns, q.Kind == catalog.Table), nil
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
