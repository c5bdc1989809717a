package query

import (
	"fmt"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/op"
)

// This file makes the operators that remember.

func (b *builder) materialize(step *plan.Materialize, next op.Input) (op.Input, error) {
	store, err := b.task.around.Store(step.Name, false)
	if err != nil {
		return nil, err
	}
	layout := layoutOf(step)
	return op.NewMaterialize(b.at(stepTable), op.NewRows(store, layout.Key, layout.Value, b.ctx.Frame.Arena), next), nil
}

func (b *builder) group(step *plan.Group, next op.Input) (op.Input, error) {
	key, err := b.programs(step.Key)
	if err != nil {
		return nil, err
	}
	args, err := b.programs(step.Args)
	if err != nil {
		return nil, err
	}
	return op.NewGroup(b.at(stepGroup), key, args, next), nil
}

func (b *builder) aggregate(step *plan.Aggregate, next op.Input) (op.Input, error) {
	accumulator, err := b.accumulator(step)
	if err != nil {
		return nil, err
	}
	store, err := b.task.around.Store(step.Name, step.Window != nil)
	if err != nil {
		return nil, err
	}
	groups := op.Groups{Accumulator: accumulator, Store: store, Key: layoutOf(step).Key}
	switch {
	case step.Window == nil:
		return op.NewAggregate(groups, next), nil
	case step.Window.Type == catalog.Session:
		return op.NewAggregateSessions(b.at(stepAggregate), groups, windowsOf(step.Window), next)
	}
	return op.NewAggregateWindows(b.at(stepAggregate), groups, windowsOf(step.Window), next)
}

// windowsOf are the windows of a plan in milliseconds.
func windowsOf(w *plan.Window) op.Windows {
	return op.Windows{
		Session: w.Type == catalog.Session, Size: w.Size.Milliseconds(), Advance: w.Advance.Milliseconds(),
		Retention: w.Retention.Milliseconds(), Grace: w.Grace.Milliseconds(),
	}
}

func (b *builder) accumulator(step *plan.Aggregate) (*op.Accumulator, error) {
	list := make([]op.Accumulated, len(step.Functions))
	for i := range step.Functions {
		bound, err := b.aggregation(&step.Functions[i])
		if err != nil {
			return nil, err
		}
		list[i] = bound
	}
	return op.NewAccumulator(b.ctx, list), nil
}

// aggregation binds an aggregate function to its call.
func (b *builder) aggregation(a *plan.Aggregation) (op.Accumulated, error) {
	call := a.Call
	overload := &b.task.runtime.Functions.Lookup(call.Function.Name).Overloads[call.Overload]
	inputs := call.Inputs()
	binding := functions.Binding{Result: call.Type(), Args: make([]*types.Type, len(inputs))}
	for i, arg := range inputs {
		binding.Args[i] = arg.Type()
	}
	var constants []data.Value
	for _, literal := range call.Constants() {
		program, err := eval.Compile(literal, b.eval)
		if err != nil {
			return op.Accumulated{}, err
		}
		value, err := program(b.ctx.Frame)
		if err != nil {
			return op.Accumulated{}, err
		}
		constants = append(constants, value)
	}
	bound, err := overload.BindAggregate(binding, constants)
	if err != nil {
		return op.Accumulated{}, fmt.Errorf("%s: %w", call, err)
	}
	return op.Accumulated{Aggregation: bound, Name: call.String(), First: a.First, Args: len(inputs)}, nil
}

func (b *builder) final(step *plan.Final, next op.Input) (op.Input, error) {
	store, err := b.task.around.Store(step.Name, true)
	if err != nil {
		return nil, err
	}
	return op.NewFinal(b.ctx, store, layoutOf(step), windowsOf(step.Window), next)
}
