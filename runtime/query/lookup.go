package query

import (
	"context"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/view"
)

// openTable begins to read the rows of a table that a pull query asks for.
func (q *query) openTable(ctx context.Context, r reading) (hub.Feed, error) {
	keys, err := q.keys(r.lookup)
	if err != nil {
		return nil, err
	}
	feed, err := q.runtime.Tables.Open(ctx, view.Request{
		Source: r.source, Keys: keys, NullFields: q.options.NullFields, FailOnFault: q.options.FailOnFault,
		Tell: view.Tell{Fault: q.fault, Gap: q.notice, Record: q.at(stepTable)},
	})
	if err != nil {
		return nil, err
	}
	return feed, nil
}

// keys computes the keys that are asked for; nil for those of all rows. No row has a key that is NULL in part,
// or that cannot be computed, which is reported.
func (q *query) keys(l *plan.Lookup) ([]data.Row, error) {
	if l.Keys == nil {
		return nil, nil
	}
	none := data.Record{Partition: -1, Offset: -1}
	frame := &eval.Frame{Env: functions.Env{Arena: new(data.Arena), Now: q.runtime.Now}}
	frame.Record = &none
	frame.Warn = func(err error) { q.report(&none, err, false) }
	keys := []data.Row{}
	for _, exprs := range l.Keys {
		key, err := q.key(exprs, frame)
		if err != nil {
			return nil, err
		}
		if key != nil {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// key computes one key; nil for one that no row has.
func (q *query) key(exprs []expr.Expr, frame *eval.Frame) (data.Row, error) {
	key := make(data.Row, len(exprs))
	for i, e := range exprs {
		program, err := eval.Compile(e, eval.Options{Functions: q.runtime.Functions, NestedErrorsFail: q.options.NestedErrorsFail})
		if err != nil {
			return nil, err
		}
		if key[i], err = program(frame); err != nil {
			q.report(frame.Record, err, true)
			return nil, nil
		}
		if key[i].IsNull() {
			return nil, nil
		}
	}
	return key, nil
}
