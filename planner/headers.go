package planner

import (
	"slices"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file is about results that are written as headers of records. ksqlDB only
// reads headers, so this is behind a property. A result has header columns where
// its sink has some: a CREATE … AS makes such columns of those of its source that the
// projection names; INSERT INTO fills those that the stream was declared with.

// writesHeaders reports whether header columns are written.
func (p *Planner) writesHeaders() bool { return p.Properties.Bool(config.WriteHeaders) }

// keepHeaders makes header columns of those columns of a new source that are header
// columns of the source that the query reads, under whatever name. Expressions of
// them are values, AS_VALUE among them.
func (q *persistent) keepHeaders(s *ast.CreateSourceAs, sink *catalog.Source) error {
	if !q.writesHeaders() {
		return nil
	}
	kept := map[types.Header]bool{}
	for i, c := range q.result.value {
		h := q.header(c.Expr)
		if h.IsZero() {
			continue
		}
		if kept[h] {
			return source.Errorf(s.Query.Span, "The projection contains a header column more than once: `%s`", c.Name).
				WithDetail("Use AS_VALUE to copy it into the value.")
		}
		kept[h] = true
		sink.Schema.Value[i].Header = h
	}
	return nil
}

// header returns what fills the source's column that an expression names; zero if it
// is another expression, or another column.
func (q *persistent) header(e expr.Expr) types.Header {
	columns := q.source.Schema.Value
	c, ok := e.(*expr.Column)
	if !ok || c.Ref.Place != types.InValue || c.Ref.Index >= len(columns) {
		return types.Header{}
	}
	return columns[c.Ref.Index].Header
}

// besideHeaders puts the columns of a result into the order of the columns that they
// are for: those for header columns may stand anywhere, since * has them last.
func besideHeaders(columns []plan.Column, want []types.Column) []plan.Column {
	headers := map[string]plan.Column{}
	rest := slices.Clone(columns)
	for _, w := range want {
		i := slices.IndexFunc(rest, func(c plan.Column) bool { return c.Name == w.Name })
		if !w.Header.IsZero() && i >= 0 {
			headers[w.Name] = rest[i]
			rest = slices.Delete(rest, i, i+1)
		}
	}
	ordered := make([]plan.Column, 0, len(columns))
	for _, w := range want {
		if c, ok := headers[w.Name]; ok {
			ordered = append(ordered, c)
		} else if len(rest) > 0 {
			ordered, rest = append(ordered, rest[0]), rest[1:]
		}
	}
	return append(ordered, rest...)
}

// writeHeadersHint is how to have headers written.
const writeHeadersHint = "SET '" + config.WriteHeaders + "' = 'true' to have them written as headers."
