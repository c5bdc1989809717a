package sqltest

import (
	"errors"
	"fmt"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
)

// This file holds the assertions about records.

// assertValues is ASSERT VALUES: the next record has these values in the columns listed.
func (r *run) assertValues(n *ast.AssertValues) error {
	return r.assertRecord(n.Source, n.Columns, n.Values, func(record *data.Record) string {
		if record.Tombstone {
			return "The value is null."
		}
		return ""
	})
}

// assertTombstone is ASSERT NULL VALUES: the next record has this key and no value.
func (r *run) assertTombstone(n *ast.AssertTombstone) error {
	return r.assertRecord(n.Source, n.Columns, n.Values, func(record *data.Record) string {
		if !record.Tombstone {
			return "The value is not null."
		}
		return ""
	})
}

// assertRecord takes the next record of a source's topic that no assertion has taken
// and compares columns of it. Objection says what else is wrong with it, if anything.
func (r *run) assertRecord(name ast.Name, names []ast.Name, values []ast.Expr, objection func(*data.Record) string) error {
	r.assertions++
	src, err := r.engine.Planner().Source(name)
	if err != nil {
		return err
	}
	columns, err := columnsOf(src, names)
	if err != nil {
		return err
	}
	if len(columns) != len(values) {
		return source.Errorf(name.Span, "Expected number columns and values to match: %d, %d", len(columns), len(values))
	}
	want := make([]data.Value, len(values))
	for i, v := range values {
		if want[i], err = r.engine.evaluate(v, columns[i].typ); err != nil {
			return at(v, err)
		}
	}
	log, _ := r.engine.cluster.Log(src.Topic)
	next := r.read[src.Topic]
	r.read[src.Topic] = min(next+1, len(log))
	c := comparison{engine: r.engine, source: src, columns: columns}
	return c.check(log[next:], want, next+1, objection)
}

// at gives an error the place of an expression, unless it has one.
func at(n ast.Expr, err error) error {
	if _, ok := errors.AsType[*source.Error](err); ok {
		return err
	}
	return source.Errorf(n.Place(), "%s", err)
}

// column is a column of a source that is compared, pseudo columns among them.
type column struct {
	name string
	typ  *types.Type
	of   func(*data.Record) data.Value
}

// columnsOf finds columns by their names; no names are all columns.
func columnsOf(src *catalog.Source, names []ast.Name) ([]column, error) {
	if len(names) == 0 {
		for _, c := range src.Schema.Columns() {
			names = append(names, ast.Name{Text: c.Name})
		}
	}
	columns := make([]column, len(names))
	for i, name := range names {
		c, ok := findColumn(src, name.Text)
		if !ok {
			err := source.Errorf(name.Span, "Column name `%s` does not exist.", name.Text)
			return nil, ast.Suggest(err, name.Text, src.Schema.Names())
		}
		columns[i] = c
	}
	return columns, nil
}

func findColumn(src *catalog.Source, name string) (column, bool) {
	if pseudo, ok := types.FindPseudo(name); ok {
		return column{name, types.PseudoColumns[pseudo].Type, func(r *data.Record) data.Value { return r.Pseudo(pseudo) }}, true
	}
	ref, typ, ok := src.Schema.Find(name)
	return column{name, typ, func(r *data.Record) data.Value {
		row := r.Value
		if ref.Place == types.InKey {
			row = r.Key
		}
		if row == nil {
			return data.Null
		}
		return row[ref.Index]
	}}, ok
}

// comparison compares records of a source with values.
type comparison struct {
	engine  *Engine
	source  *catalog.Source
	columns []column
}

// mostAfter is how many records behind the one that differs are shown.
const mostAfter = 3

// check compares the first record of the rest of a log with the values that are
// expected; number is its place in the log, from 1.
func (c comparison) check(rest []broker.Message, want []data.Value, number int, objection func(*data.Record) string) error {
	wrong := &RecordError{Source: c.source.Name, Topic: c.source.Topic, Number: number}
	wrong.Diff.Columns = c.names()
	if len(rest) == 0 {
		wrong.Reason = fmt.Sprintf("There is no record %d in the topic %s.", number, c.source.Topic)
		wrong.Diff.Expected = c.texts(want)
		return wrong
	}
	record, err := c.engine.decode(c.source, rest[0])
	if err != nil {
		return fmt.Errorf("record %d of the topic %s cannot be read: %w", number, c.source.Topic, err)
	}
	actual := c.values(record)
	wrong.Diff.Expected, wrong.Diff.Actual = c.texts(want), c.texts(actual)
	if wrong.Reason = objection(record); wrong.Reason == "" {
		wrong.Reason = c.difference(&wrong.Diff, actual, want)
	}
	if wrong.Reason == "" {
		return nil
	}
	wrong.Diff.After = c.after(rest[1:])
	return wrong
}

// difference says which column differs first, "" for none. Values whose texts are the
// same all the same, such as NULL and the text null, are told by their JSON.
func (c comparison) difference(d *Diff, actual, want []data.Value) (first string) {
	for i, column := range c.columns {
		a, w := string(display.AppendJSON(nil, actual[i], column.typ)), string(display.AppendJSON(nil, want[i], column.typ))
		if a == w {
			continue
		}
		if d.Actual[i] == d.Expected[i] {
			d.Actual[i], d.Expected[i] = a, w
		}
		if first == "" {
			first = fmt.Sprintf("%s is %s, not %s.", column.name, d.Actual[i], d.Expected[i])
		}
	}
	return first
}

// after returns the texts of the next records, as far as they can be read.
func (c comparison) after(rest []broker.Message) (all [][]string) {
	for _, m := range rest[:min(len(rest), mostAfter)] {
		if record, err := c.engine.decode(c.source, m); err == nil {
			all = append(all, c.texts(c.values(record)))
		}
	}
	return all
}

func (c comparison) names() []string {
	names := make([]string, len(c.columns))
	for i, column := range c.columns {
		names[i] = column.name
	}
	return names
}

func (c comparison) values(record *data.Record) []data.Value {
	values := make([]data.Value, len(c.columns))
	for i, column := range c.columns {
		values[i] = column.of(record)
	}
	return values
}

func (c comparison) texts(values []data.Value) []string {
	texts := make([]string, len(values))
	for i, column := range c.columns {
		texts[i] = string(display.AppendText(nil, values[i], column.typ))
	}
	return texts
}
