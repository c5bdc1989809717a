package planner

import (
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// Insert plans an INSERT INTO … VALUES.
func (p *Planner) Insert(s *ast.InsertValues) (*plan.Insert, error) {
	src, err := p.Source(s.Name)
	if err != nil {
		return nil, err
	}
	if err := insertable(s, src); err != nil {
		return nil, err
	}
	into := &plan.Insert{
		Source: src, Key: make([]expr.Expr, len(src.Schema.Key)), Value: make([]expr.Expr, len(src.Schema.Value)),
	}
	names, err := p.insertColumns(s, src)
	if err != nil {
		return nil, err
	}
	if len(names) != len(s.Values) {
		return nil, source.Errorf(s.Span, "Expected number columns and values to match: %d, %d", len(names), len(s.Values))
	}
	for i, name := range names {
		if err := p.set(into, name, s.Values[i]); err != nil {
			return nil, err
		}
	}
	return into, keyed(s, into)
}

// insertable refuses sources that take no rows.
func insertable(s *ast.InsertValues, src *catalog.Source) error {
	switch {
	case src.ReadOnly:
		return source.Errorf(s.Name.Span, "Cannot insert values into read-only %s: %s", lower(src.Kind), src.Name)
	case src.Windowed():
		return source.Errorf(s.Name.Span, "Cannot insert values into windowed stream/table!")
	}
	return manyTopics(s.Name, src)
}

func lower(k catalog.Kind) string {
	if k == catalog.Table {
		return "table"
	}
	return "stream"
}

// insertColumns returns the columns that values are given for: those listed, else
// all of the source in their order, which must not be filled from headers unless
// headers are written.
func (p *Planner) insertColumns(s *ast.InsertValues, src *catalog.Source) ([]ast.Name, error) {
	if len(s.Columns) > 0 {
		return s.Columns, nil
	}
	var names []ast.Name
	for _, c := range src.Schema.Columns() {
		if !c.Header.IsZero() && !p.writesHeaders() {
			return nil, source.Errorf(s.Name.Span, "Cannot insert into %s because it has header columns", src.Name).
				WithDetail("Name the columns that the values are for.\n%s", writeHeadersHint)
		}
		names = append(names, ast.Name{Text: c.Name, Quoted: true, Span: s.Name.Span})
	}
	return names, nil
}

// set plans the value of one column.
func (p *Planner) set(into *plan.Insert, name ast.Name, value ast.Expr) error {
	slot, typ, err := p.slotOf(into, name)
	if err != nil {
		return err
	}
	e, err := expr.Build(value, expr.Env{Functions: p.Functions, Named: p.Catalog.Type, Clause: "VALUES"})
	if err != nil {
		return err
	}
	coerced, err := expr.Coerce(e, typ, expr.Lax)
	if err != nil {
		return source.Errorf(value.Place(), "Expected type %s for field `%s` but got %s(%s)", typ, name.Text, e.Type(), e).
			WithDetail("%s", err)
	}
	*slot = coerced
	return nil
}

// slotOf returns where the plan keeps a column's value, and the column's type.
func (p *Planner) slotOf(into *plan.Insert, name ast.Name) (*expr.Expr, *types.Type, error) {
	schema := into.Source.Schema
	if pseudo, ok := types.FindPseudo(name.Text); ok {
		if pseudo != types.RowTime {
			return nil, nil, source.Errorf(name.Span, "Inserting into column `%s` is not allowed.", name.Text)
		}
		return &into.RowTime, types.Bigint, nil
	}
	ref, typ, ok := schema.Find(name.Text)
	switch {
	case !ok:
		err := source.Errorf(name.Span, "Column name `%s` does not exist.", name.Text)
		return nil, nil, ast.Suggest(err, name.Text, schema.Names())
	case ref.Place == types.InKey:
		return &into.Key[ref.Index], typ, nil
	case !schema.Value[ref.Index].Header.IsZero() && !p.writesHeaders():
		return nil, nil, source.Errorf(name.Span, "Cannot insert into HEADER columns: %s", name.Text).WithDetail(writeHeadersHint)
	}
	return &into.Value[ref.Index], typ, nil
}

// keyed: a row of a table cannot be without its key.
func keyed(s *ast.InsertValues, into *plan.Insert) error {
	if into.Source.Kind != catalog.Table {
		return nil
	}
	for i, e := range into.Key {
		if constant, ok := e.(*expr.Literal); e == nil || ok && constant.Value == nil {
			return source.Errorf(s.Span, "Failed to insert values into '%s'. Value for primary key column(s) `%s` is required for tables",
				into.Source.Name, into.Source.Schema.Key[i].Name)
		}
	}
	return nil
}
