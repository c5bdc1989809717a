package expr

import (
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/types"
)

// literal builds a constant.
func (b *builder) literal(e ast.Expr) (Expr, error) {
	switch e := e.(type) {
	case *ast.Boolean:
		return &Literal{e.Value, types.Boolean}, nil
	case *ast.Integer:
		if e.Big() {
			return &Literal{e.Value, types.Bigint}, nil
		}
		return &Literal{e.Value, types.Int}, nil
	case *ast.Double:
		return &Literal{e.Value, types.Double}, nil
	case *ast.Decimal:
		return decimalLiteral(e, e.Text)
	case *ast.String:
		return &Literal{e.Value, types.String}, nil
	case *ast.TypedLiteral:
		if e.Type.Text != "DECIMAL" {
			return nil, source.Errorf(e.Type.Span, "Unknown type: %s", e.Type.Text)
		}
		return decimalLiteral(e, e.Value)
	default:
		return &Literal{nil, types.Null}, nil
	}
}

// decimalLiteral builds a DECIMAL whose precision and scale are those of its digits.
func decimalLiteral(e ast.Expr, text string) (Expr, error) {
	d, err := types.ParseDecimal(text)
	if err != nil || d.Scale > maxDigits || d.Scale < -maxDigits {
		return nil, source.Errorf(e.Place(), "Invalid numeric literal: %s", text)
	}
	d = d.Rescale(max(d.Scale, 0))
	return &Literal{d, d.Type()}, nil
}

// column finds a column, or a lambda's parameter that was written like one.
func (b *builder) column(e *ast.Column) (Expr, error) {
	if e.Source.IsZero() {
		if v, ok := b.find(e.Name.Text); ok {
			return v, nil
		}
	}
	var found []*Column
	if b.env.Scope != nil {
		found = b.env.Scope.Find(e.Source.Text, e.Name.Text)
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, b.unknown(e)
	}
	could := make([]string, len(found))
	for i, c := range found {
		could[i] = c.String()
	}
	return nil, source.Errorf(e.Span, "Column '%s' is ambiguous. Could be %s.", e.Name.Text, strings.Join(could, " or "))
}

// unknown is the error of a column that is not there.
func (b *builder) unknown(e *ast.Column) error {
	name := e.Name.Text
	if !e.Source.IsZero() {
		if fault := b.unknownSource(e.Source); fault != nil {
			return fault
		}
		name = e.Source.Text + "." + name
	}
	clause := b.env.Clause
	if clause != "" {
		clause += " "
	}
	if b.env.Scope == nil {
		return source.Errorf(e.Span, "%scolumn '%s' cannot be resolved: there are no columns here.", clause, name)
	}
	err := source.Errorf(e.Span, "%scolumn '%s' cannot be resolved.", clause, name)
	names := b.env.Scope.Names()
	near := source.Similar(name, names)
	if near == "" {
		name, near = e.Name.Text, source.Similar(e.Name.Text, names)
	}
	return ast.SuggestAs(err, name, near, b.quoted(near))
}

// unknownSource is the error of a name before a column that is no source's,
// nil if it is one.
func (b *builder) unknownSource(name ast.Name) error {
	var sources []string
	if b.env.Scope != nil {
		sources = b.env.Scope.Sources()
	}
	if slices.Contains(sources, name.Text) {
		return nil
	}
	fault := source.Errorf(name.Span, "'%s' is not a valid stream/table name or alias.", name.Text)
	return ast.Suggest(fault, name.Text, sources)
}

// quoted returns a column's name, or source.name, as it has to be written.
func (b *builder) quoted(name string) string {
	from, column, found := strings.Cut(name, ".")
	if found && slices.Contains(b.env.Scope.Sources(), from) {
		return ast.Name{Text: from}.SQL() + "." + ast.Name{Text: column}.SQL()
	}
	return ast.Name{Text: name}.SQL()
}

// find returns the innermost parameter of that name.
func (b *builder) find(name string) (*Variable, bool) {
	for _, v := range slices.Backward(b.variables) {
		if v.Name == name {
			return &v, true
		}
	}
	return nil, false
}

// variable finds a parameter of a lambda around it; the parser takes every bare
// name in a body that is a parameter somewhere for one.
func (b *builder) variable(e *ast.Variable) (Expr, error) {
	if v, ok := b.find(e.Name.Text); ok {
		return v, nil
	}
	return b.column(&ast.Column{Span: e.Span, Name: e.Name})
}
