package ksqlite

import (
	"context"
	"fmt"
	"iter"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// Column is a column of a query's rows.
type Column struct {
	Name string
	// Type is its SQL type, such as DECIMAL(10, 2) or ARRAY<STRING>.
	Type string
}

// Rows is a running query. Its rows are asked for one by one:
//
//	for rows.Next(ctx) {
//		err := rows.Row().Scan(&id, &name)
//	}
//	err := rows.Err()
//
// One goroutine at a time may use it, but Close may be called by any. A query
// that is not read does nothing; it is to be closed in any case.
type Rows struct {
	rows    query.Rows
	columns []Column
	types   []*types.Type
}

func newRows(rows query.Rows) *Rows {
	r := &Rows{rows: rows}
	for _, c := range rows.Columns() {
		r.columns = append(r.columns, Column{Name: c.Name, Type: c.Type.String()})
		r.types = append(r.types, c.Type)
	}
	return r
}

// ID returns the query's id, by which SHOW QUERIES and TERMINATE know it.
func (r *Rows) ID() string { return r.rows.ID() }

// Columns describes the rows. The caller must not change it.
func (r *Rows) Columns() []Column { return r.columns }

// Next waits for the next row. It returns false when the query has ended, when
// ctx is done and after an error; Err tells which.
func (r *Rows) Next(ctx context.Context) bool { return r.rows.Next(ctx) }

// Row returns the row that Next has found. It is valid until the next call of Next.
func (r *Rows) Row() Row {
	row := r.rows.Row()
	return Row{rows: r, values: row.Values, Deleted: row.Tombstone}
}

// All returns the rows that are still to come, for a range loop. The loop ends
// when Next would return false; leaving it early leaves the query running.
func (r *Rows) All(ctx context.Context) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for r.Next(ctx) && yield(r.Row()) {
		}
	}
}

// Err returns what ended the query; nil if its LIMIT was reached, a bounded read
// was complete, it was closed, or ctx was done.
func (r *Rows) Err() error { return r.rows.Err() }

// Close ends the query at once and waits until nothing of it is left. It may be
// called again.
func (r *Rows) Close() { r.rows.Close() }

// Row is one row of a query. It is valid until the next call of [Rows.Next].
type Row struct {
	rows   *Rows
	values data.Row
	// Deleted says that the row was deleted from a table: the columns of its key
	// have their values, all others are NULL.
	Deleted bool
}

// Len returns the number of columns.
func (r Row) Len() int { return len(r.values) }

// Value returns the value of the column at a position, counted from 0.
func (r Row) Value(i int) Value { return Value{value: r.values[i], typ: r.rows.types[i]} }

// Named returns the value of the column of exactly that name, NULL if there is
// none. Names that were not quoted in SQL are in capitals.
func (r Row) Named(name string) Value {
	for i, c := range r.rows.columns {
		if c.Name == name {
			return r.Value(i)
		}
	}
	return Value{typ: types.Null}
}

// Scan stores the values in the variables that dest points at, in the order of
// the columns; [Value.Scan] says what fits what. What it stores stays valid.
func (r Row) Scan(dest ...any) error {
	if len(dest) != len(r.values) {
		return fmt.Errorf("ksqlite: %d columns scanned into %d variables", len(r.values), len(dest))
	}
	for i, d := range dest {
		if err := r.Value(i).Scan(d); err != nil {
			return fmt.Errorf("scanning column %s: %w", r.rows.columns[i].Name, err)
		}
	}
	return nil
}

// Map returns the values by the names of their columns, each as [Value.Any] gives it.
func (r Row) Map() map[string]any {
	m := make(map[string]any, len(r.values))
	for i, c := range r.rows.columns {
		m[c.Name] = r.Value(i).Any()
	}
	return m
}
