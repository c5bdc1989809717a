package exec

import (
	"context"
	"fmt"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// insertValues is INSERT INTO ... VALUES: one record, which the cluster has when
// it returns. It goes straight to the topic, past all queries, as ksqlDB does it.
func (s *Session) insertValues(ctx context.Context, n *ast.InsertValues) error {
	if !s.properties.Bool(config.InsertIntoValues) {
		return refused(n, "The server has disabled INSERT INTO ... VALUES functionality. "+
			"To enable it, restart your ksqlDB server with '"+config.InsertIntoValues+"'=true")
	}
	p, err := s.planner().Insert(n)
	if err != nil {
		return err
	}
	topic := p.Source.Topic
	if s.properties.Matches(config.ReadOnlyTopics, topic) || s.properties.Matches(config.HiddenTopics, topic) {
		return refused(n.Name, "Cannot insert into the reserved read-only topic: "+topic)
	}
	message, err := s.engine.message(p)
	if err != nil {
		return refused(n, fmt.Sprintf("Failed to insert values into '%s'. %s", p.Source.Name, err))
	}
	if err := s.engine.options.Cluster.Produce(ctx, topic, []broker.Message{message}); err != nil {
		return fmt.Errorf("Failed to insert values into '%s'. %w", p.Source.Name, err)
	}
	return nil
}

// message computes and encodes the record of an INSERT. A row of NULLs is a record
// all the same: only a lone column that is written bare can make it a tombstone.
func (e *Engine) message(p *plan.Insert) (broker.Message, error) {
	frame := &eval.Frame{Env: functions.Env{Arena: &data.Arena{}, Now: e.options.Clock}}
	m := broker.Message{Partition: broker.AnyPartition}
	key, err := e.row(p.Key, p.Source.Schema.Key, frame)
	if err != nil {
		return m, err
	}
	if err := checkKey(p.Source, key); err != nil {
		return m, err
	}
	value, err := e.row(p.Value, p.Source.Schema.Value, frame)
	if err != nil {
		return m, err
	}
	if m.Headers, err = data.HeadersOf(p.Source.Schema.Value).Headers(value, nil); err != nil {
		return m, err
	}
	if m.Time, err = e.rowTime(p, frame); err != nil {
		return m, err
	}
	if m.Key, err = e.encode(p.Source, catalog.KeySide, key); err != nil {
		return m, err
	}
	m.Value, err = e.encode(p.Source, catalog.ValueSide, value)
	return m, err
}

// rowTime is the record's time in milliseconds since the epoch: what the statement
// says, or now where it says nothing or NULL. Kafka takes no negative one.
func (e *Engine) rowTime(p *plan.Insert, frame *eval.Frame) (int64, error) {
	now := e.options.Clock().UnixMilli()
	if p.RowTime == nil {
		return now, nil
	}
	at, err := e.value(p.RowTime, frame)
	switch {
	case err != nil:
		return 0, err
	case at.IsNull():
		return now, nil
	case at.Int64() < 0:
		return 0, fmt.Errorf("Invalid timestamp: %d. Timestamp should always be non-negative or null.", at.Int64())
	}
	return at.Int64(), nil
}

// row computes the values of one side; columns that were left out are NULL.
func (e *Engine) row(exprs []expr.Expr, columns []types.Column, frame *eval.Frame) (data.Row, error) {
	row := make(data.Row, len(exprs))
	for i, x := range exprs {
		if x == nil {
			continue
		}
		v, err := e.value(x, frame)
		if err != nil {
			return nil, fmt.Errorf("column `%s`: %w", columns[i].Name, err)
		}
		row[i] = v
	}
	return row, nil
}

// value computes a constant. It is compiled for this one use.
func (e *Engine) value(x expr.Expr, frame *eval.Frame) (data.Value, error) {
	program, err := eval.Compile(x, eval.Options{Functions: e.functions})
	if err != nil {
		return data.Null, err
	}
	return program(frame)
}

// checkKey refuses a row of a table whose key is NULL. The planner has seen that
// there are expressions for it, but not what they give.
func checkKey(s *catalog.Source, key data.Row) error {
	if s.Kind != catalog.Table {
		return nil
	}
	for i, v := range key {
		if v.IsNull() {
			return fmt.Errorf("Value for primary key column(s) `%s` is required for tables", s.Schema.Key[i].Name)
		}
	}
	return nil
}

// encode writes one side of the record; nil is Kafka's null.
func (e *Engine) encode(s *catalog.Source, side catalog.Side, row data.Row) ([]byte, error) {
	spec := serde.Spec{Format: s.Value, Side: side, Topic: s.Topic, Columns: s.Schema.Value}
	if side == catalog.KeySide {
		spec.Format, spec.Columns = s.Key, s.Schema.Key
	}
	encoder, err := e.formats.NewEncoder(spec)
	if err != nil {
		return nil, err
	}
	return encoder.Encode(nil, row)
}
