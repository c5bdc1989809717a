package expr

import (
	"fmt"

	"github.com/ksqlite/ksqlite/planner/types"
)

// This file finds the type that several expressions have in common: the
// elements of a constructor, or an operand and the list of its IN. Constants
// adapt to their neighbours: a text among numbers is read as a number, a number
// among texts is written as text. Columns only widen.

// unify converts all expressions to the type that they have in common, that of
// the first that is not NULL widened as the others need. The type is
// [types.Null] if all are NULL.
func unify(exprs []Expr) ([]Expr, *types.Type, error) {
	common := types.Null
	for _, e := range exprs {
		wider, err := combine(common, e)
		if err != nil {
			return nil, nil, err
		}
		common = wider
	}
	converted := make([]Expr, len(exprs))
	for i, e := range exprs {
		var err error
		if converted[i], err = adapt(e, common); err != nil {
			return nil, nil, err
		}
	}
	return converted, common, nil
}

// noOperatorError says that two types have nothing in common.
type noOperatorError struct {
	common *types.Type
	other  Expr
}

// Error returns ksqlDB's text, which names the operator = whatever was written.
func (e *noOperatorError) Error() string {
	return fmt.Sprintf("operator does not exist: %s = %s (%s)", e.common, e.other.Type(), e.other)
}

// castHint is what ksqlDB adds to a noOperatorError.
const castHint = "Hint: You might need to add explicit type casts."

// combine returns the type that values of type common and e have in common.
func combine(common *types.Type, e Expr) (*types.Type, error) {
	wider, err := combineExpr(common, e)
	if err != nil {
		return nil, err
	}
	if wider == nil {
		return nil, &noOperatorError{common, e}
	}
	return wider, nil
}

// combineExpr is combine with nil for types that have nothing in common. It
// looks into constructors, for the constants in them.
func combineExpr(common *types.Type, e Expr) (*types.Type, error) {
	if common.Kind() != e.Type().Kind() {
		if constant, ok := e.(*Literal); ok && common.Kind() != types.KindNull {
			return combineLiteral(common, constant)
		}
		return combineTypes(common, e.Type()), nil
	}
	switch e := e.(type) {
	case *Array:
		elem, err := combineAll(common.Elem(), e.Elements)
		if elem == nil {
			return nil, err
		}
		return types.ArrayOf(elem), nil
	case *Map:
		key, err := combineAll(common.Key(), e.Keys)
		if key == nil {
			return nil, err
		}
		value, err := combineAll(common.Elem(), e.Values)
		if value == nil {
			return nil, err
		}
		return types.MapOf(key, value), nil
	case *Struct:
		return combineStruct(common, e)
	default:
		return combineTypes(common, e.Type()), nil
	}
}

// combineAll is combineExpr for a list.
func combineAll(common *types.Type, exprs []Expr) (*types.Type, error) {
	for _, e := range exprs {
		wider, err := combineExpr(common, e)
		if wider == nil {
			return nil, err
		}
		common = wider
	}
	return common, nil
}

// combineStruct returns the struct of the fields of both: those of e, then
// what only the common type has.
func combineStruct(common *types.Type, e *Struct) (*types.Type, error) {
	var fields []types.Field
	for i, f := range e.typ.Fields() {
		if at := common.FieldIndex(f.Name); at >= 0 {
			wider, err := combineExpr(common.Fields()[at].Type, e.Values[i])
			if wider == nil {
				return nil, err
			}
			f.Type = wider
		}
		fields = append(fields, f)
	}
	return types.StructOf(appendMissing(fields, common)...), nil
}

// appendMissing appends the fields of a struct whose names are not there yet.
func appendMissing(fields []types.Field, from *types.Type) []types.Field {
	there := types.StructOf(fields...)
	for _, f := range from.Fields() {
		if there.FieldIndex(f.Name) < 0 {
			fields = append(fields, f)
		}
	}
	return fields
}

// combineLiteral is combineExpr for a constant of another kind than the common type.
func combineLiteral(common *types.Type, e *Literal) (*types.Type, error) {
	text, isText := e.Value.(string)
	switch {
	case e.Value == nil:
		return common, nil
	case common.Kind() == types.KindString:
		return common, nil
	case !isText:
		return combineTypes(common, e.typ), nil
	case common.Kind().Numeric():
		number, ok := literalOfNumber(text)
		if !ok {
			return nil, types.BadText(common, text)
		}
		return widest(common, number.typ), nil
	case common.Kind().Nested():
		return nil, nil
	}
	// A truth value, a date or a time: the text has to be one now.
	if _, err := ParseText(text, common); err != nil {
		return nil, err
	}
	return common, nil
}

// combineTypes returns the type that values of two types have in common, or nil.
func combineTypes(a, b *types.Type) *types.Type {
	switch x, y := a.Kind(), b.Kind(); {
	case a.Equal(b), y == types.KindNull:
		return a
	case x == types.KindNull:
		return b
	case x.Numeric() && y.Numeric():
		return widest(a, b)
	case y == types.KindString && (x.Temporal() || x == types.KindBytes):
		return a
	case x != y:
		return nil
	case x == types.KindArray:
		if elem := combineTypes(a.Elem(), b.Elem()); elem != nil {
			return types.ArrayOf(elem)
		}
	case x == types.KindMap:
		key, value := combineTypes(a.Key(), b.Key()), combineTypes(a.Elem(), b.Elem())
		if key != nil && value != nil {
			return types.MapOf(key, value)
		}
	case x == types.KindStruct:
		return combineFields(a, b)
	}
	return nil
}

// combineFields is combineStruct for types.
func combineFields(common, t *types.Type) *types.Type {
	var fields []types.Field
	for _, f := range t.Fields() {
		if at := common.FieldIndex(f.Name); at >= 0 {
			if f.Type = combineTypes(common.Fields()[at].Type, f.Type); f.Type == nil {
				return nil
			}
		}
		fields = append(fields, f)
	}
	return types.StructOf(appendMissing(fields, common)...)
}

// adapt converts e to the common type that combine found, constants in constructors included.
func adapt(e Expr, to *types.Type) (Expr, error) {
	if e.Type().Equal(to) {
		return e, nil
	}
	switch c := e.(type) {
	case *Array:
		elements, err := adaptAll(c.Elements, to.Elem())
		return &Array{elements, to}, err
	case *Map:
		keys, err := adaptAll(c.Keys, to.Key())
		if err != nil {
			return nil, err
		}
		values, err := adaptAll(c.Values, to.Elem())
		return &Map{keys, values, to}, err
	case *Struct:
		return adaptStruct(c, to)
	default:
		return convert(e, to)
	}
}

// adaptAll is adapt for a list.
func adaptAll(exprs []Expr, to *types.Type) ([]Expr, error) {
	adapted := make([]Expr, len(exprs))
	for i, e := range exprs {
		var err error
		if adapted[i], err = adapt(e, to); err != nil {
			return nil, err
		}
	}
	return adapted, nil
}

// adaptStruct puts the fields of a constructor in the order of the common type;
// those that it lacks are NULL.
func adaptStruct(e *Struct, to *types.Type) (Expr, error) {
	values := make([]Expr, len(to.Fields()))
	for i, f := range to.Fields() {
		values[i] = &Literal{nil, f.Type}
		if from := e.typ.FieldIndex(f.Name); from >= 0 {
			var err error
			if values[i], err = adapt(e.Values[from], f.Type); err != nil {
				return nil, err
			}
		}
	}
	return &Struct{values, to}, nil
}
