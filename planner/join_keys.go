package planner

import (
	"slices"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file holds what the select list of a join gives: names, and the key.

// star is * or source.* of a join: the columns of the sources with the names of their
// sources before them, after the key if that has a made-up name.
func (j *joining) star(item *ast.AllColumns) ([]plan.Column, error) {
	var columns []plan.Column
	if item.Source.IsZero() && j.scope.key != nil {
		columns = append(columns, plan.Column{Name: j.scope.key.Name, Expr: j.scope.key})
	}
	members := j.scope.named(item.Source.Text)
	for _, m := range members {
		columns = append(columns, m.star()...)
	}
	if len(members) == 0 {
		return nil, source.Errorf(item.Source.Span, "'%s' is not a valid stream/table name or alias.", item.Source.Text)
	}
	return columns, nil
}

// star is the columns of a member: the key, the bounds of a window, the value, those
// filled from headers last.
func (m *member) star() []plan.Column {
	var key, bounds, value, headers []plan.Column
	for i, s := range m.slots {
		column := plan.Column{Name: m.prefixed(s.Name), Expr: m.column(i)}
		switch {
		case s.ref.Place == types.InKey:
			key = append(key, column)
		case s.ref.Place == types.InPseudo && isBound(types.Pseudo(s.ref.Index)):
			bounds = append(bounds, column)
		case s.ref.Place == types.InPseudo:
		case s.Header.IsZero():
			value = append(value, column)
		default:
			headers = append(headers, column)
		}
	}
	return slices.Concat(key, bounds, value, headers)
}

// wideStar is star before PARTITION BY: as in ksqlDB, it has the pseudo columns too, and
// of each source the columns of the key come last.
func (j *joining) wideStar(item *ast.AllColumns) []plan.Column {
	var columns, key []plan.Column
	for _, m := range j.scope.named(item.Source.Text) {
		key = key[:0]
		for i, s := range m.slots {
			column := plan.Column{Name: m.prefixed(s.Name), Expr: m.column(i)}
			if s.ref.Place == types.InKey {
				key = append(key, column)
			} else {
				columns = append(columns, column)
			}
		}
		columns = append(columns, key...)
	}
	return columns
}

// nameOf is the name of a column that was given none: that of its source stands before
// it where several sources have one of that name.
func (j *joining) nameOf(c *ast.Column) string {
	found := j.scope.Find(c.Source.Text, c.Name.Text)
	if len(found) == 1 && j.scope.shared(c.Name.Text) {
		return found[0].Source + "_" + c.Name.Text
	}
	return c.Name.Text
}

// joinKeys is the key of a join's result: of the columns that are joined by, the first
// that is in the projection.
func (q *persistent) joinKeys() *keys {
	j := q.joins
	last := j.links[len(j.links)-1]
	k := &keys{by: byJoin}
	switch {
	case last.foreign:
		k.by = byForeign
		left := j.scope.members[0]
		for i, c := range left.Schema.Key {
			k.add(left.column(i), left.prefixed(c.Name), c.Name)
		}
		return k
	case j.scope.key != nil:
		k.add(j.scope.key, j.scope.key.Name, j.scope.key.Name)
		return k
	}
	chosen := last.key.same[0]
	for _, c := range last.key.same {
		k.texts = append(k.texts, c.String())
	}
	if i := slices.IndexFunc(last.key.same, q.projected); i >= 0 {
		chosen = last.key.same[i]
	}
	k.exprs, k.names = []expr.Expr{chosen}, []string{chosen.Source + "_" + chosen.Name}
	return k
}

// projected reports whether the select list has a column as it is.
func (q *persistent) projected(c *expr.Column) bool {
	for _, item := range q.query.Items {
		switch item := item.(type) {
		case *ast.AllColumns:
			if slices.Contains(q.joins.scope.named(item.Source.Text), q.joins.memberOf(c)) {
				return true
			}
		case *ast.Single:
			written, ok := item.Expr.(*ast.Column)
			if !ok {
				continue
			}
			found := q.joins.scope.Find(written.Source.Text, written.Name.Text)
			if len(found) == 1 && *found[0] == *c {
				return true
			}
		case *ast.AllFields:
		}
	}
	return false
}

// readFromKey lets those columns of a push query's result that are the key of a joined
// table be read from there, since a deleted row has nothing else left. A column that is
// NULL where its source has no match stays as it is.
func (j *joining) readFromKey(columns []plan.Column) []plan.Column {
	last, left := j.links[len(j.links)-1], j.scope.members[0]
	if last.foreign {
		for i := range left.Schema.Key {
			columns = readAt(i, left.column(i), columns)
		}
		return columns
	}
	optional := j.optional()
	for _, c := range last.key.same {
		read := func(column plan.Column) bool { return column.Expr.String() == c.String() }
		if !optional[j.memberOf(c)] && slices.ContainsFunc(columns, read) {
			return readAt(0, c, columns)
		}
	}
	return columns
}

// readAt replaces a column of the joined row by the i-th of its key.
func readAt(i int, key expr.Expr, columns []plan.Column) []plan.Column {
	columns = slices.Clone(columns)
	for n, c := range columns {
		if c.Expr.String() == key.String() {
			columns[n].Expr = keyColumn(i, c.Name, c.Expr.Type())
		}
	}
	return columns
}

// optional are the members of whose columns a joined row may have none.
func (j *joining) optional() map[*member]bool {
	optional := map[*member]bool{}
	for i, l := range j.links {
		if l.kind == plan.Left || l.kind == plan.Full {
			optional[l.right] = true
		}
		if l.kind == plan.Right || l.kind == plan.Full {
			for _, m := range j.scope.members[:i+1] {
				optional[m] = true
			}
		}
	}
	return optional
}

// memberOf is the source of a column of the joined row.
func (j *joining) memberOf(c *expr.Column) *member {
	return j.of(c)[0]
}

// joinKeyMissing is the error of a projection without the key of the join.
func (q *persistent) joinKeyMissing(into string, missing []string) error {
	if q.keys.by == byForeign {
		columns := "column"
		if len(missing) > 1 {
			columns += "s"
		}
		for i := range missing {
			missing[i] = ast.Quote(missing[i])
		}
		return source.Errorf(q.query.Span, "Primary key %s missing in projection. For foreign-key table-table joins, "+
			"the projection must include all primary key columns from the left input table (%s). Missing %s: %s.",
			columns, ast.Quote(q.joins.scope.members[0].alias), columns, enumerate(missing, ", "))
	}
	kind := "join expression"
	if len(q.keys.texts) > 1 {
		kind += "s"
	}
	return source.Errorf(q.query.Span, "Key missing from projection. See https://cnfl.io/queries for more info.").
		WithDetail("The query used to build `%s` must include the %s %s in its projection (eg, SELECT %s...).",
			into, kind, enumerate(q.keys.texts, " or "), q.keys.texts[0])
}

// keyColumn is the reference to a column of the key of what is read.
func keyColumn(i int, name string, typ *types.Type) *expr.Column {
	return expr.NewColumn("", name, types.Ref{Place: types.InKey, Index: i}, typ)
}

// keptJoinKey reports whether the groups are those of the key of the join.
func (s *selection) keptJoinKey() bool {
	last := s.joins.links[len(s.joins.links)-1]
	if len(s.grouped.keys) != 1 || last.foreign || s.source.Windowed() {
		return false
	}
	group := s.grouped.keys[0].Expr
	if key := s.joins.scope.key; key != nil {
		return group.String() == key.String()
	}
	return slices.ContainsFunc(last.key.same, func(c *expr.Column) bool { return c.String() == group.String() })
}
