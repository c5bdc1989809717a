package planner

import (
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// keys is what the key of a persistent query's result is made of: the key
// columns of its source or, with PARTITION BY, the expressions written there.
type keys struct {
	by    keyedBy
	exprs []expr.Expr
	names []string // where the projection gives no other: as * shows them
	texts []string // as messages show them
}

// keyedBy says what makes the key of a result.
type keyedBy int8

const (
	bySource    keyedBy = iota // the key of the source
	byPartition                // PARTITION BY
	byNull                     // PARTITION BY NULL: there is no key
	byGroup                    // GROUP BY
	byJoin                     // what is joined by
	byForeign                  // the key of the left table, which is joined by another column
)

// joined reports whether the key is that of a join's result.
func (k *keys) joined() bool { return k.by == byJoin || k.by == byForeign }

func (k *keys) add(e expr.Expr, name, text string) {
	k.exprs, k.names, k.texts = append(k.exprs, e), append(k.names, name), append(k.texts, text)
}

// find returns which of the keys an expression is, or -1.
func (k *keys) find(e expr.Expr) int {
	for i, key := range k.exprs {
		if key.String() == e.String() {
			return i
		}
	}
	return -1
}

func (q *persistent) findKeys() (*keys, error) {
	switch {
	case q.grouped != nil:
		return q.groupKeys()
	case q.query.PartitionBy != nil:
		return q.partitioned, nil
	case q.joins != nil:
		return q.joinKeys(), nil
	}
	k := &keys{by: bySource}
	for i, c := range q.source.Schema.Key {
		k.add(keyColumn(i, c.Name, c.Type), c.Name, c.Name)
	}
	return k, nil
}

// groupKeys are the columns of the groups' key.
func (q *persistent) groupKeys() (*keys, error) {
	g := q.grouped
	k := &keys{by: byGroup, texts: g.texts}
	for i, c := range g.keys {
		k.exprs = append(k.exprs, g.keyColumn(i))
		k.names = append(k.names, c.Name)
	}
	return k, nil
}

// project finds the columns of the result and which of them are its key.
func (q *persistent) project(into string, with *config.SourceProperties) error {
	q.result.key = make([]plan.Column, len(q.keys.exprs))
	for _, item := range q.query.Items {
		if err := q.add(item); err != nil {
			return err
		}
	}
	if err := q.checkGroups(); err != nil {
		return err
	}
	if err := q.checkTimestamp(with); err != nil {
		return err
	}
	if err := q.checkGrouped(); err != nil {
		return err
	}
	return q.checkKeys(into)
}

// checkTimestamp checks that the TIMESTAMP column is there before what is missing
// is told.
func (q *persistent) checkTimestamp(with *config.SourceProperties) error {
	if !with.Timestamp.Set {
		return nil
	}
	for _, list := range [][]plan.Column{q.result.key, q.result.value} {
		for _, c := range list {
			if c.Expr != nil && c.Name == columnName(with.Timestamp.Value) {
				return nil
			}
		}
	}
	return noTimestamp(with, &types.Schema{Value: columnsOf(q.result.value)})
}

// add adds what one item of the select list gives.
func (q *persistent) add(item ast.SelectItem) error {
	switch item := item.(type) {
	case *ast.AllColumns:
		return q.addAll(item)
	case *ast.AllFields:
		fields, err := q.fields(item)
		if err != nil {
			return err
		}
		return q.addColumns(item, fields)
	case *ast.Single:
		columns, err := q.single(item)
		if err != nil {
			return err
		}
		return q.addColumns(item, columns)
	}
	panic("planner: a select item of no known kind")
}

// addAll is * or source.*. The bounds of a windowed source are part of its key.
func (q *persistent) addAll(item *ast.AllColumns) error {
	all, err := q.all(item)
	if err != nil {
		return err
	}
	for _, c := range all {
		switch i := q.keys.find(c.Expr); {
		case i >= 0:
			err = q.addKey(item, i, c)
		case q.joins == nil && ofPlace(c.Expr, types.InPseudo):
		default:
			err = q.addValue(item, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (q *persistent) addColumns(item ast.SelectItem, columns []plan.Column) error {
	for _, c := range columns {
		if _, reserved := types.FindPseudo(c.Name); reserved {
			return source.Errorf(item.Place(), "Reserved column name in select: `%s`. Please remove or alias the column.", c.Name)
		}
		add := q.addValue
		if i := q.keys.find(c.Expr); i >= 0 {
			add = func(item ast.SelectItem, c plan.Column) error { return q.addKey(item, i, c) }
		}
		if err := add(item, c); err != nil {
			return err
		}
	}
	return nil
}

func (q *persistent) addKey(item ast.SelectItem, i int, c plan.Column) error {
	if old := q.result.key[i]; old.Expr != nil && q.keys.by == byGroup {
		return source.Errorf(item.Place(), "The projection contains a key column more than once: `%s` and `%s`.", old.Name, c.Name).
			WithDetail("Each key column must only be in the projection once. If you intended to copy the key into the value, then consider using the AS_VALUE function to indicate which key reference should be copied.")
	} else if old.Expr != nil {
		names := []string{old.Name, c.Name}
		slices.Sort(names)
		return source.Errorf(item.Place(), "The projection contains a key column (`%s`) more than once, aliased as: %s and %s.",
			q.keys.names[i], names[0], names[1])
	}
	if err := q.fresh(item, c); err != nil {
		return err
	}
	if q.keys.joined() { // the key of the joined row is there even where the column is NULL
		c.Expr = keyColumn(i, c.Name, c.Expr.Type())
	}
	q.result.key[i] = c
	return nil
}

func (q *persistent) addValue(item ast.SelectItem, c plan.Column) error {
	if err := q.fresh(item, c); err != nil {
		return err
	}
	q.result.value = append(q.result.value, c)
	return nil
}

// fresh refuses a name that another column of the result has.
func (q *persistent) fresh(item ast.SelectItem, c plan.Column) error {
	for _, list := range [][]plan.Column{q.result.key, q.result.value} {
		for _, other := range list {
			if other.Expr != nil && other.Name == c.Name {
				return source.Errorf(item.Place(), "Duplicate value columns found in schema: `%s` %s", c.Name, c.Expr.Type())
			}
		}
	}
	return nil
}

// checkGrouped refuses an aggregation without groups, whose result has no key.
func (q *persistent) checkGrouped() error {
	if q.grouped == nil || q.query.GroupBy != nil {
		return nil
	}
	calls := make([]string, len(q.grouped.calls))
	for i, a := range q.grouped.calls {
		calls[i] = a.Call.String()
	}
	return source.Errorf(q.query.Span, "CREATE TABLE AS SELECT statement does not support aggregate function [%s] without a GROUP BY clause.",
		strings.Join(calls, ", "))
}

// checkKeys: a result that has a key has all of it in the projection.
func (q *persistent) checkKeys(into string) error {
	var missing []string
	for i, c := range q.result.key {
		if c.Expr == nil {
			missing = append(missing, q.keys.texts[i])
		}
	}
	if len(missing) == 0 {
		return nil
	}
	switch {
	case q.keys.joined():
		return q.joinKeyMissing(into, missing)
	case q.keys.by != byGroup:
		missing = q.keys.texts
	}
	kind, example := "key column", enumerate(missing, ", ")
	switch q.keys.by {
	case byPartition:
		kind = "partitioning expression"
	case byGroup:
		kind = "grouping expression"
	case bySource, byNull, byJoin, byForeign:
	}
	if len(missing) > 1 {
		kind += "s"
	}
	return source.Errorf(q.query.Span, "Key missing from projection. See https://cnfl.io/queries for more info.").
		WithDetail("The query used to build `%s` must include the %s %s in its projection (eg, SELECT %s...).",
			into, kind, enumerate(missing, " and "), example)
}
