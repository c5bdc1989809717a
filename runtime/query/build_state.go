package query

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// This file makes the operators that remember.

// stores returns the stores of a step, which is the one that is built, as [storesFor] has them.
func (b *builder) stores(step plan.Step) ([]state.Store, error) {
	var stores []state.Store
	for _, s := range storesFor(step) {
		store, err := b.task.around.Store(s.name, s.order)
		if err != nil {
			return nil, err
		}
		b.counts.keeps = true
		b.task.holdings = append(b.task.holdings, holding{store: store, timeline: s.timeline, of: b.counts})
		stores = append(stores, store)
	}
	return stores, nil
}

// rowKey is what the rows of a step over a table are told apart by, and what records of both
// sides of a join have to have in common, the left one of which that is.
func rowKey(step plan.Step) op.RowKey {
	columns, bound := step.Schema().Key, types.Column{Type: types.Bigint}
	window := sourceOf(step).Source.Window
	key := op.RowKey{Size: window.Size.Milliseconds()}
	switch window.Type {
	case catalog.NoWindow:
	case catalog.Session:
		key.Windows, columns = op.StartAndEnd, append(slices.Clip(columns), bound, bound)
	case catalog.Tumbling, catalog.Hopping:
		key.Windows, columns = op.StartAlone, append(slices.Clip(columns), bound)
	}
	key.Codec = data.CodecOf(columns)
	return key
}

func (b *builder) materialize(step *plan.Materialize, next op.Input) (op.Input, error) {
	stores, err := b.stores(step)
	if err != nil {
		return nil, err
	}
	key := rowKey(step)
	return op.NewMaterialize(b.at(stepTable), key, op.NewRows(stores[0], key.Codec, layoutOf(step).Value, b.ctx.Frame.Arena), next), nil
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
	stores, err := b.stores(step)
	if err != nil {
		return nil, err
	}
	next = b.cached(step, next)
	groups := op.Groups{Accumulator: accumulator, Store: stores[0], Key: layoutOf(step).Key}
	switch {
	case step.Window == nil:
		return op.NewAggregate(groups, next), nil
	case step.Window.Type == catalog.Session:
		return op.NewAggregateSessions(b.at(stepAggregate), groups, windowsOf(step.Window), next)
	}
	return op.NewAggregateWindows(b.at(stepAggregate), groups, windowsOf(step.Window), next)
}

// cached puts a cache in front of next, unless it waits for the end of windows and so has
// to hear of each change.
func (b *builder) cached(step plan.Step, next op.Input) op.Input {
	budget := b.task.around.Caches()
	if op.Waits(next) || budget == nil {
		return next
	}
	cache := op.NewCache(b.ctx, layoutOf(step), budget, next)
	b.task.caches = append(b.task.caches, cache)
	return cache
}

// windowsOf are the windows of a plan in milliseconds.
func windowsOf(w *plan.Window) op.Windows {
	return op.Windows{
		Size: w.Size.Milliseconds(), Advance: w.Advance.Milliseconds(),
		Retention: w.Retention.Milliseconds(), Grace: w.Grace.Milliseconds(), Session: w.Type == catalog.Session,
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
	return op.NewAccumulator(b.ctx, list), b.storable(step, list)
}

// storable refuses functions whose states ksqlDB could not write in the format of the
// source's values, as its internal topics have it.
func (b *builder) storable(step plan.Step, list []op.Accumulated) error {
	if b.task.around.End() != nil {
		return nil
	}
	columns := make([]types.Column, len(list))
	for i, f := range list {
		columns[i] = types.Column{Name: plan.Aggregated(i), Type: f.State}
	}
	if err := b.task.runtime.Formats.Check(sourceOf(step).Source.Value, catalog.ValueSide, columns); err != nil {
		return errors.New("One of the functions used in the statement has an intermediate type that the value format can not handle. " +
			"Please remove the function or change the format.")
	}
	return nil
}

// aggregation binds an aggregate function to its call.
func (b *builder) aggregation(a *plan.Aggregation) (op.Accumulated, error) {
	call := a.Call
	overload := &b.task.runtime.Functions.Lookup(call.Function.Name).Overloads[call.Overload]
	inputs := call.Inputs()
	binding := functions.Binding{Result: call.Type(), Args: make([]*types.Type, len(inputs)), Properties: b.task.options.Properties}
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
	stores, err := b.stores(step)
	if err != nil {
		return nil, err
	}
	return op.NewFinal(b.ctx, stores[0], layoutOf(step), windowsOf(step.Window), next)
}
