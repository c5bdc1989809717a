package query

import (
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/op"
)

// This file makes the operators that join. Each has two inputs.

// sides builds what stands before a join.
func (b *builder) sides(step plan.Step, left, right op.Input) error {
	inputs := step.Inputs()
	if err := b.before(step, inputs[0], left); err != nil {
		return err
	}
	return b.before(step, inputs[1], right)
}

func (b *builder) joinStreamTable(step *plan.JoinStreamTable, next op.Input) error {
	stores, err := b.stores(step)
	if err != nil {
		return err
	}
	table := step.Right.Schema().Value
	key := rowKey(step.Left)
	side := op.TableSide{Rows: op.NewRows(stores[0], key.Codec, data.CodecOf(table), b.ctx.Frame.Arena), Width: len(table)}
	join := op.NewJoinStreamTable(b.ctx, key, side, step.Kind == plan.Left, next)
	return b.sides(step, join.Left(), join.Right())
}

// joinSide is one side of a join whose sides are alike.
type joinSide struct {
	step plan.Step
	kept bool // its rows are in the result without a match too
}

func twoSides(kind plan.JoinKind, left, right plan.Step) [2]joinSide {
	return [2]joinSide{
		{left, kind == plan.Left || kind == plan.Full},
		{right, kind == plan.Right || kind == plan.Full},
	}
}

func (b *builder) joinTables(step *plan.JoinTables, next op.Input) error {
	stores, err := b.stores(step)
	if err != nil {
		return err
	}
	var sides [2]op.TableSide
	key := rowKey(step.Left)
	for i, side := range twoSides(step.Kind, step.Left, step.Right) {
		columns := side.step.Schema().Value
		sides[i] = op.TableSide{
			Rows: op.NewRows(stores[i], key.Codec, op.TimedCodec(columns), b.ctx.Frame.Arena), Kept: side.kept, Width: len(columns),
		}
	}
	join := op.NewJoinTables(b.ctx, key, sides, next)
	return b.sides(step, join.Left(), join.Right())
}

func (b *builder) joinStreams(step *plan.JoinStreams, next op.Input) error {
	stores, err := b.stores(step)
	if err != nil {
		return err
	}
	var sides [2]op.Side
	for i, side := range twoSides(step.Kind, step.Left, step.Right) {
		sides[i] = op.Side{Store: stores[i], Row: data.CodecOf(side.step.Schema().Value), Kept: side.kept}
	}
	streams := op.Streams{Key: rowKey(step.Left), Sides: sides}
	if step.Within.Waits {
		streams.Waiting = stores[2]
	}
	within := op.Within{
		Before: step.Within.Before.Milliseconds(), After: step.Within.After.Milliseconds(), Grace: step.Within.Grace.Milliseconds(),
	}
	join, err := op.NewJoinStreams(b.ctx, streams, within, next)
	if err != nil {
		return err
	}
	b.task.saves(join)
	return b.sides(step, join.Left(), join.Right())
}

func (b *builder) joinForeign(step *plan.JoinForeign, next op.Input) error {
	stores, err := b.stores(step)
	if err != nil {
		return err
	}
	foreign, err := b.compile([]expr.Expr{step.By})
	if err != nil {
		return err
	}
	subscribe, err := b.forward(nil, edgeOf(step.Subscriptions), layoutOf(step.Subscriptions))
	if err != nil {
		return err
	}
	b.begin(step)
	left, all := step.Left.Schema(), step.Schema()
	codec := op.ForeignCodec(left.Value, step.By.Type())
	join := op.NewJoinForeign(b.ctx, op.ForeignSides{
		Rows:    op.NewRows(stores[0], data.CodecOf(left.Key), codec, b.ctx.Frame.Arena),
		Foreign: foreign[0], Type: step.By.Type(), Kept: step.Kind == plan.Left,
		Left: len(left.Value), Right: len(all.Value) - len(left.Value),
	}, subscribe, next)
	return b.sides(step, join.Left(), join.Answers())
}

func (b *builder) answer(step *plan.Answer, next op.Input) error {
	stores, err := b.stores(step)
	if err != nil {
		return err
	}
	right := step.Right.Schema()
	answer := op.NewAnswer(b.ctx, op.AnswerStores{
		Rows:          op.NewRows(stores[0], data.CodecOf(right.Key), op.TimedCodec(right.Value), b.ctx.Frame.Arena),
		Subscriptions: stores[1], Foreign: right.Key, Subscriber: step.Subscriptions.Subscriber,
	}, next)
	return b.sides(step, answer.Right(), answer.Subscriptions())
}
