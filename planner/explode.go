package planner

import (
	"slices"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// explosion is the table functions in a select list. Each call is taken out of
// its expression, which reads a column that is made up in its place. It is the scope
// of the select list: the source's columns and those made up.
type explosion struct {
	calls []expr.Expr
	names []string   // of the columns in their places
	scope expr.Scope // of the source
	width int        // columns in the source's value, behind which those made up lie
}

var _ expr.Scope = (*explosion)(nil)

// Find implements [expr.Scope].
func (x *explosion) Find(source, name string) []*expr.Column {
	if i := slices.Index(x.names, name); i >= 0 && source == "" {
		return []*expr.Column{expr.NewColumn("", name, types.Ref{Place: types.InValue, Index: x.width + i}, x.calls[i].Type())}
	}
	return x.scope.Find(source, name)
}

// Sources implements [expr.Scope].
func (x *explosion) Sources() []string { return x.scope.Sources() }

// Names implements [expr.Scope].
func (x *explosion) Names() []string { return x.scope.Names() }

// explode takes the table functions out of an expression of the select list.
func (s *selection) explode(e ast.Expr) (ast.Expr, error) {
	var fault error
	rewritten := ast.Rewrite(e, func(e ast.Expr) ast.Expr {
		call, ok := e.(*ast.Call)
		if !ok || fault != nil || !s.isTableFunction(call.Name.Text) {
			return e
		}
		name, err := s.addExplosion(call)
		fault = err
		return &ast.Column{Span: call.Span, Name: name}
	})
	return rewritten, fault
}

func (s *selection) isTableFunction(name string) bool { return s.isKind(name, expr.Table) }

// isKind reports whether there is a function of that name and kind.
func (s *selection) isKind(name string, kind expr.FunctionKind) bool {
	f := s.Functions.Function(name)
	return f != nil && f.Kind == kind
}

// scalarOnly refuses table functions outside of the select list.
func (s *selection) scalarOnly(e ast.Expr, clause string) error {
	for n := range ast.Nodes(e) {
		if call, ok := n.(*ast.Call); ok && s.isTableFunction(call.Name.Text) {
			return source.Errorf(call.Span, "Table functions cannot be used in the %s clause: %s", clause, call.Name.Text)
		}
	}
	return nil
}

// addExplosion types a call of a table function and returns its made-up column.
func (s *selection) addExplosion(call *ast.Call) (ast.Name, error) {
	if s.source.Kind == catalog.Table {
		return ast.Name{}, source.Errorf(call.Span, "Table source is not supported with table functions")
	}
	if s.query.GroupBy != nil || s.anyAggregate() {
		return ast.Name{}, source.Errorf(call.Span, "Table functions do not go together with GROUP BY and aggregate functions: %s", call.Name.Text)
	}
	for n := range ast.Nodes(call) {
		if c, ok := n.(*ast.Column); ok && s.exploded.madeUp(c.Name.Text) {
			return ast.Name{}, source.Errorf(call.Span, "Table functions cannot be nested")
		}
	}
	e, err := expr.Build(call, s.env("SELECT"))
	if err != nil {
		return ast.Name{}, err
	}
	name := s.exploded.freeName()
	s.exploded.add(name, e)
	return ast.Name{Text: name, Span: call.Span}, nil
}

// freeName returns the next column's name, which no column of the source has.
func (x *explosion) freeName() string {
	name := plan.Synthetic(len(x.calls))
	for {
		if len(x.scope.Find("", name)) == 0 {
			return name
		}
		name += "_"
	}
}

func (x *explosion) madeUp(name string) bool { return slices.Contains(x.names, name) }

func (x *explosion) add(name string, e expr.Expr) {
	x.calls, x.names = append(x.calls, e), append(x.names, name)
}

// boundScope adds the bounds of the windows that a query makes.
type boundScope struct{ expr.Scope }

// Find implements [expr.Scope].
func (s boundScope) Find(source, name string) []*expr.Column {
	known := source == "" || slices.Contains(s.Sources(), source)
	if p, ok := types.FindPseudo(name); ok && known && isBound(p) {
		return []*expr.Column{expr.PseudoColumn(p)}
	}
	return s.Scope.Find(source, name)
}
