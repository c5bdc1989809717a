package expr

import (
	"fmt"

	"github.com/ksqlite/ksqlite/planner/types"
)

// Mode says which conversions happen without being asked for.
type Mode int

const (
	// Strict is the mode of expressions and of function arguments: numbers
	// widen (INTEGER, BIGINT, DECIMAL, DOUBLE), and text becomes a DATE, TIME,
	// TIMESTAMP or BYTES; the same inside arrays, maps and structs.
	Strict Mode = iota
	// Lax is the mode of INSERT INTO … VALUES: besides, every simple type
	// becomes text and text becomes every simple type.
	Lax
)

// Coercible reports whether a value of type from becomes one of type to by
// itself. NULL becomes anything.
func Coercible(from, to *types.Type, mode Mode) bool {
	if from.Kind() == types.KindNull || from.Equal(to) {
		return true
	}
	switch f, t := from.Kind(), to.Kind(); {
	// No digit may be lost on either side of the point.
	case f == types.KindDecimal && t == types.KindDecimal:
		return from.Scale() <= to.Scale() && from.Precision()-from.Scale() <= to.Precision()-to.Scale()
	// Whether a whole number fits a DECIMAL shows when its value is known.
	case f.Numeric() && t.Numeric():
		return width(f) < width(t)
	case f == types.KindString && (t.Temporal() || t == types.KindBytes):
		return true
	case f == types.KindString || t == types.KindString:
		return mode == Lax && f != t && !f.Nested() && !t.Nested()
	case f == types.KindArray && t == types.KindArray:
		return Coercible(from.Elem(), to.Elem(), mode)
	case f == types.KindMap && t == types.KindMap:
		return Coercible(from.Key(), to.Key(), mode) && Coercible(from.Elem(), to.Elem(), mode)
	case f == types.KindStruct && t == types.KindStruct:
		return fieldsCoercible(from, to, mode)
	}
	return false
}

// fieldsCoercible reports whether all fields of one struct find their place in another.
func fieldsCoercible(from, to *types.Type, mode Mode) bool {
	for _, f := range from.Fields() {
		i := to.FieldIndex(f.Name)
		if i < 0 || !Coercible(f.Type, to.Fields()[i].Type, mode) {
			return false
		}
	}
	return true
}

// width ranks the kinds of numbers: INTEGER < BIGINT < DECIMAL < DOUBLE.
func width(k types.Kind) int {
	switch k {
	case types.KindInt:
		return 1
	case types.KindBigint:
		return 2
	case types.KindDecimal:
		return 3
	}
	return 4
}

// Coerce returns e as a value of type to: e itself, or e in an implicit cast.
// Constants, those in constructors too, are converted at once, which fails
// where their value cannot be had.
func Coerce(e Expr, to *types.Type, mode Mode) (Expr, error) {
	if !Coercible(e.Type(), to, mode) {
		return nil, fmt.Errorf("%s of type %s cannot be coerced to %s", e, e.Type(), to)
	}
	return adapt(e, to)
}

// convert puts e into an implicit cast to a type that it can be cast to.
func convert(e Expr, to *types.Type) (Expr, error) {
	if e.Type().Equal(to) {
		return e, nil
	}
	if constant, ok := e.(*Literal); ok {
		value, done, err := castLiteral(constant, to)
		if err != nil {
			return nil, err
		}
		if done {
			return &Literal{Value: value, typ: to}, nil
		}
	}
	return &Cast{Operand: e, Implicit: true, typ: to}, nil
}

// asDecimal returns the DECIMAL type that holds every value of a type of whole
// numbers; a DECIMAL is returned as it is.
func asDecimal(t *types.Type) *types.Type {
	switch t.Kind() {
	case types.KindInt:
		return types.DecimalOf(10, 0)
	case types.KindBigint:
		return types.DecimalOf(19, 0)
	}
	return t
}

// widest returns the type that numbers of two types have in common.
func widest(a, b *types.Type) *types.Type {
	switch {
	case a.Kind() == types.KindDouble || b.Kind() == types.KindDouble:
		return types.Double
	case a.Kind() == types.KindDecimal || b.Kind() == types.KindDecimal:
		x, y := asDecimal(a), asDecimal(b)
		scale := max(x.Scale(), y.Scale())
		whole := max(x.Precision()-x.Scale(), y.Precision()-y.Scale())
		return types.DecimalOf(whole+scale, scale)
	case a.Kind() == types.KindBigint || b.Kind() == types.KindBigint:
		return types.Bigint
	}
	return types.Int
}
