package planner

import (
	"errors"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// keys is what the key of a persistent query's result is made of: the key
// columns of its source or, with PARTITION BY, the expressions written there.
type keys struct {
	exprs       []expr.Expr
	names       []string // where the projection gives no other: as * shows them
	texts       []string // as messages show them
	partitioned bool     // by PARTITION BY
	grouped     bool     // by GROUP BY
	joined      bool     // by a join
	foreign     bool     // by a join on another column than the key
	none        bool     // by PARTITION BY NULL
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
		return q.partitionBy()
	case q.joins != nil:
		return q.joinKeys(), nil
	}
	k := &keys{}
	for i, c := range q.source.Schema.Key {
		k.exprs = append(k.exprs, expr.NewColumn("", c.Name, types.Ref{Place: types.InKey, Index: i}, c.Type))
		k.names = append(k.names, c.Name)
		k.texts = append(k.texts, c.Name)
	}
	return k, nil
}

// groupKeys are the columns of the groups' key.
func (q *persistent) groupKeys() (*keys, error) {
	g := q.grouped
	k := &keys{texts: g.texts, grouped: true}
	for i, c := range g.keys {
		k.exprs = append(k.exprs, g.keyColumn(i))
		k.names = append(k.names, c.Name)
	}
	return k, nil
}

func (q *persistent) partitionBy() (*keys, error) {
	by := q.query.PartitionBy
	switch {
	case q.source.Kind == catalog.Table:
		return nil, source.Errorf(by.Span, "PARTITION BY clauses are not supported on tables.")
	case q.source.Windowed():
		return nil, source.Errorf(by.Span, "PARTITION BY clauses are not supported on windowed sources.")
	case len(by.Exprs) == 1 && isNull(by.Exprs[0]):
		return &keys{partitioned: true, none: true}, nil
	}
	k := &keys{partitioned: true}
	for _, written := range by.Exprs {
		if isNull(written) {
			return nil, source.Errorf(written.Place(), "Cannot PARTITION BY multiple columns including NULL")
		}
		e, err := q.partitionExpr(written)
		if err != nil {
			return nil, err
		}
		k.exprs = append(k.exprs, e)
		k.names = append(k.names, q.keyName(written))
		k.texts = append(k.texts, q.qualified(written))
	}
	return k, nil
}

func (q *persistent) partitionExpr(written ast.Expr) (expr.Expr, error) {
	if err := q.scalarOnly(written, "PARTITION BY"); err != nil {
		return nil, err
	}
	e, err := expr.Build(written, q.env("PARTITION BY"))
	if err != nil {
		return nil, q.notOfResult(written, err)
	}
	if e.Type().Contains(types.KindNull) {
		return nil, source.Errorf(written.Place(), "Cannot PARTITION BY a NULL")
	}
	return e, nil
}

// notOfResult explains that PARTITION BY cannot name a column of the result.
func (q *persistent) notOfResult(written ast.Expr, err error) error {
	var fault *source.Error
	column, ok := written.(*ast.Column)
	if !ok || !errors.As(err, &fault) {
		return err
	}
	for _, item := range q.query.Items {
		if single, ok := item.(*ast.Single); ok && single.Alias.Text == column.Name.Text {
			explained := *fault
			explained.Message += " '" + column.Name.Text + "' must be a column in the source schema since PARTITION BY is applied on the input."
			return &explained
		}
	}
	return err
}

func isNull(e ast.Expr) bool {
	_, null := e.(*ast.Null)
	return null
}

// keyName is the name of a key that the projection does not name: that of a
// column, of a field, or the next free KSQL_COL_n.
func (q *persistent) keyName(written ast.Expr) string { return q.names.ahead().of(written) }

// qualified prints an expression with the source before each column.
func (q *persistent) qualified(written ast.Expr) string {
	return ast.Format(ast.Rewrite(written, func(e ast.Expr) ast.Expr {
		if c, ok := e.(*ast.Column); ok && c.Source.IsZero() {
			named := *c
			named.Source = ast.Name{Text: q.alias}
			return &named
		}
		return e
	}))
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

// addAll is *: the keys, then what is left of the source's value and key.
func (q *persistent) addAll(item *ast.AllColumns) error {
	if q.joins != nil {
		return q.addJoined(item)
	}
	all, err := q.star(item)
	if err != nil {
		return err
	}
	for i, e := range q.keys.exprs {
		if err := q.addKey(item, i, plan.Column{Name: q.keys.names[i], Expr: e}); err != nil {
			return err
		}
	}
	var oldKey []plan.Column
	for _, c := range all {
		ref := c.Expr.(*expr.Column).Ref
		switch {
		case q.keys.find(c.Expr) >= 0 || ref.Place == types.InPseudo:
		case ref.Place == types.InKey:
			oldKey = append(oldKey, c)
		default:
			err = q.addValue(item, c)
		}
		if err != nil {
			return err
		}
	}
	for _, c := range oldKey {
		if err := q.addValue(item, c); err != nil {
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
	if old := q.result.key[i]; old.Expr != nil && q.keys.grouped {
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
	if q.keys.joined { // the key of the joined row is there even where the column is NULL
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
	case q.keys.joined:
		return q.joinKeyMissing(into, missing)
	case !q.keys.grouped:
		missing = q.keys.texts
	}
	kind, example := "key column", enumerate(missing, ", ")
	switch {
	case q.keys.partitioned:
		kind = "partitioning expression"
	case q.keys.grouped:
		kind = "grouping expression"
	}
	if len(missing) > 1 {
		kind += "s"
	}
	return source.Errorf(q.query.Span, "Key missing from projection. See https://cnfl.io/queries for more info.").
		WithDetail("The query used to build `%s` must include the %s %s in its projection (eg, SELECT %s...).",
			into, kind, enumerate(missing, " and "), example)
}
