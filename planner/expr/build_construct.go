package expr

import (
	"fmt"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/types"
)

// issue4239 is where ksqlDB discusses constructors without types.
const issue4239 = "(see https://github.com/confluentinc/ksql/issues/4239)"

// array builds ARRAY[…]. Without a typed element it would have no type.
func (b *builder) array(e *ast.Array) (Expr, error) {
	if len(e.Elements) == 0 {
		return nil, source.Errorf(e.Span, "Array constructor cannot be empty. Please supply at least one element %s.", issue4239)
	}
	elements, err := b.exprs(e.Elements)
	if err != nil {
		return nil, err
	}
	elements, elem, err := unify(elements)
	if err != nil {
		return nil, conversion(e, err)
	}
	if elem.Kind() == types.KindNull {
		return nil, source.Errorf(e.Span, "Cannot construct an array with all NULL elements %s. "+
			"As a workaround, you may cast a NULL value to the desired type.", issue4239)
	}
	return &Array{elements, types.ArrayOf(elem)}, nil
}

// mapping builds MAP(…). Keys have a common type, and values another.
func (b *builder) mapping(e *ast.Map) (Expr, error) {
	if len(e.Entries) == 0 {
		return nil, source.Errorf(e.Span, "Map constructor cannot be empty. Please supply at least one key value pair %s.", issue4239)
	}
	keys := make([]Expr, len(e.Entries))
	values := make([]Expr, len(e.Entries))
	for i, entry := range e.Entries {
		var err error
		if keys[i], values[i], err = b.pair(entry.Key, entry.Value); err != nil {
			return nil, err
		}
	}
	keys, key, err := unify(keys)
	if err != nil {
		return nil, conversion(e, err)
	}
	values, value, err := unify(values)
	if err != nil {
		return nil, conversion(e, err)
	}
	switch types.KindNull {
	case key.Kind():
		return nil, allNull(e, "keys")
	case value.Kind():
		return nil, allNull(e, "values")
	}
	return &Map{keys, values, types.MapOf(key, value)}, nil
}

// allNull is the error of a MAP without a typed key or value.
func allNull(e *ast.Map, what string) error {
	return source.Errorf(e.Span, "Cannot construct a map with all NULL %s %s. "+
		"As a workaround, you may cast a NULL value to the desired type.", what, issue4239)
}

// structure builds STRUCT(…); each field keeps the type of its value.
func (b *builder) structure(e *ast.Struct) (Expr, error) {
	values := make([]Expr, len(e.Fields))
	fields := make([]types.Field, len(e.Fields))
	for i, f := range e.Fields {
		for _, earlier := range fields[:i] {
			if earlier.Name == f.Name.Text {
				return nil, source.Errorf(f.Name.Span, "Duplicate field names found in STRUCT: '%s'", f.Name.Text)
			}
		}
		var err error
		if values[i], err = b.expr(f.Value); err != nil {
			return nil, err
		}
		fields[i] = types.Field{Name: f.Name.Text, Type: values[i].Type()}
	}
	return &Struct{values, types.StructOf(fields...)}, nil
}

// subscript builds operand[index]. Indexes of arrays are whole numbers; keys of
// maps are converted to the type of the keys.
func (b *builder) subscript(e *ast.Subscript) (Expr, error) {
	operand, index, err := b.pair(e.Operand, e.Index)
	if err != nil {
		return nil, err
	}
	switch typ := operand.Type(); typ.Kind() {
	case types.KindArray:
		if k := index.Type().Kind(); k != types.KindInt && k != types.KindBigint {
			return nil, &typeError{span: e.Index.Place(), message: fmt.Sprintf("The index of an ARRAY must be a whole number, but %s is of type %s.", index, index.Type())}
		}
		return &Subscript{operand, index}, nil
	case types.KindMap:
		key, err := Coerce(index, typ.Key(), Strict)
		if err != nil {
			return nil, &typeError{span: e.Index.Place(), message: fmt.Sprintf("The key of %s must be of type %s, but %s is of type %s.", operand, typ.Key(), index, index.Type())}
		}
		return &Subscript{operand, key}, nil
	}
	return nil, &typeError{span: e.Span, message: fmt.Sprintf("Only an ARRAY or a MAP has elements, but %s is of type %s.", operand, operand.Type())}
}

// field builds operand->name. Names match exactly, in upper case where they were
// written without quotes.
func (b *builder) field(e *ast.Field) (Expr, error) {
	operand, err := b.expr(e.Operand)
	if err != nil {
		return nil, err
	}
	typ := operand.Type()
	if typ.Kind() != types.KindStruct {
		return nil, &typeError{span: e.Span, message: fmt.Sprintf("Only a STRUCT has fields, but %s is of type %s.", operand, typ)}
	}
	if i := typ.FieldIndex(e.Name.Text); i >= 0 {
		return &Field{operand, i}, nil
	}
	fault := source.Errorf(e.Name.Span, "Could not find field '%s' in '%s'.", e.Name.Text, operand)
	names := make([]string, len(typ.Fields()))
	for i, f := range typ.Fields() {
		names[i] = f.Name
	}
	return nil, ast.Suggest(fault, e.Name.Text, names)
}

// cast builds an explicit conversion. That of a constant stays a cast, since it
// may fail, and then for each record; only NULL takes its new type at once.
func (b *builder) cast(e *ast.Cast) (Expr, error) {
	operand, err := b.expr(e.Operand)
	if err != nil {
		return nil, err
	}
	to, err := ResolveType(e.Type, b.env.Named)
	if err != nil {
		return nil, err
	}
	if !Castable(operand.Type(), to) {
		return nil, conversion(e, fmt.Errorf("Cast of %s to %s is not supported", operand.Type(), to))
	}
	if constant, ok := operand.(*Literal); ok && constant.Value == nil {
		return &Literal{nil, to}, nil
	}
	return &Cast{Operand: operand, typ: to}, nil
}

// caseExpr builds both forms of CASE: an operand is compared with each value,
// which ksqlDB parses but does not run (ksql#2554).
func (b *builder) caseExpr(e *ast.Case) (Expr, error) {
	built := &Case{Whens: make([]When, len(e.Whens)), typ: types.Null}
	for i, w := range e.Whens {
		condition, err := b.whenCondition(e, w)
		if err != nil {
			return nil, err
		}
		result, err := b.expr(w.Result)
		if err != nil {
			return nil, err
		}
		if err := built.settle(w.Result, result); err != nil {
			return nil, err
		}
		built.Whens[i] = When{condition, result}
	}
	if e.Else != nil {
		var err error
		if built.Else, err = b.expr(e.Else); err != nil {
			return nil, err
		}
		if err := built.settle(e.Else, built.Else); err != nil {
			return nil, err
		}
	}
	if built.typ.Kind() == types.KindNull {
		return nil, source.Errorf(e.Span, "Invalid Case expression. All case branches have NULL type")
	}
	return built, nil
}

// whenCondition builds what follows a WHEN.
func (b *builder) whenCondition(e *ast.Case, w ast.When) (Expr, error) {
	if e.Operand == nil {
		return b.condition(w.Condition, "WHEN")
	}
	operand, value, err := b.pair(e.Operand, w.Condition)
	if err != nil {
		return nil, err
	}
	return compare(w.Condition, ast.Equal, operand, value)
}

// settle takes the type of one result of a CASE into account: all have to be
// of the same type, apart from NULLs.
func (e *Case) settle(node ast.Expr, result Expr) error {
	switch typ := result.Type(); {
	case typ.Kind() == types.KindNull || typ.Equal(e.typ):
	case e.typ.Kind() == types.KindNull:
		e.typ = typ
	default:
		return source.Errorf(node.Place(), "Invalid Case expression. Type for all 'THEN' clauses should be the same. "+
			"%s has type %s, but a result before it has type %s.", result, typ, e.typ)
	}
	return nil
}
