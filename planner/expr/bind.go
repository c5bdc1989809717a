package expr

import "github.com/ksqlite/ksqlite/planner/types"

// argument is what a call gives for a parameter, as far as the choice of an
// overload needs it: a value of a type, a lambda of so many parameters, or an interval unit.
type argument struct {
	typ    *types.Type // nil for lambdas and units
	lambda int         // number of parameters, 0 for other arguments
	unit   bool
}

// String returns the argument as the message about a refused call shows it.
func (a argument) String() string {
	switch {
	case a.unit:
		return "INTERVALUNIT"
	case a.typ == nil:
		return "LAMBDA"
	}
	return a.typ.String()
}

// letters is the types that the letters of a signature stand for in one call.
type letters map[byte]*types.Type

// fits reports whether the argument can be given for a parameter of the
// pattern, and settles the letters in it. Casts says whether implicit casts count.
func (p pattern) fits(a argument, bound letters, casts bool) bool {
	switch {
	case p.form == lambdaForm:
		return a.lambda > 0 && a.lambda == len(p.elems)
	case p.form == unitForm:
		return a.unit
	case a.typ == nil:
		return false
	}
	return p.admits(a.typ, bound, casts)
}

// admits is fits for values.
func (p pattern) admits(t *types.Type, bound letters, casts bool) bool {
	if t.Kind() == types.KindNull {
		return true
	}
	switch p.form {
	case exactForm:
		return t.Equal(p.typ) || casts && Coercible(t, p.typ, Strict)
	case decimalForm:
		return t.Kind() == types.KindDecimal || casts && t.Kind().Numeric() && t.Kind() != types.KindDouble
	case genericForm:
		if known := bound[p.letter]; known != nil {
			return t.Equal(known) || casts && Coercible(t, known, Strict)
		}
		bound[p.letter] = t // the first argument decides; later ones widen to it
		return true
	case anyForm:
		return true
	case arrayForm:
		return t.Kind() == types.KindArray && p.elems[0].admits(t.Elem(), bound, casts)
	case mapForm:
		return t.Kind() == types.KindMap && p.elems[0].admits(t.Key(), bound, casts) && p.elems[1].admits(t.Elem(), bound, casts)
	case structForm:
		return p.admitsStruct(t, bound, casts)
	}
	return false
}

// admitsStruct compares fields by name and order: a signature names all of them.
func (p pattern) admitsStruct(t *types.Type, bound letters, casts bool) bool {
	if t.Kind() != types.KindStruct || len(t.Fields()) != len(p.elems) {
		return false
	}
	for i, f := range t.Fields() {
		if f.Name != p.names[i] || !p.elems[i].admits(f.Type, bound, casts) {
			return false
		}
	}
	return true
}

// resolve returns the type that the pattern stands for, given the type t of an
// argument that it admits (nil where there is none, as for a result). Letters
// that no argument has settled are NULL.
func (p pattern) resolve(t *types.Type, bound letters) *types.Type {
	switch p.form {
	case exactForm:
		return p.typ
	case decimalForm:
		if t == nil || !t.Kind().Numeric() {
			return types.Null
		}
		return asDecimal(t)
	case genericForm:
		if known := bound[p.letter]; known != nil {
			return known
		}
		return types.Null
	case anyForm:
		if t != nil {
			return t
		}
		return types.Null
	case arrayForm:
		return types.ArrayOf(p.elems[0].resolve(elemOf(t), bound))
	case mapForm:
		return types.MapOf(p.elems[0].resolve(keyOf(t), bound), p.elems[1].resolve(elemOf(t), bound))
	case structForm:
		return p.resolveStruct(t, bound)
	}
	return types.Null
}

// resolveStruct is resolve for the fields of a struct.
func (p pattern) resolveStruct(t *types.Type, bound letters) *types.Type {
	fields := make([]types.Field, len(p.elems))
	for i, e := range p.elems {
		var inside *types.Type
		if t != nil && t.Kind() == types.KindStruct {
			inside = t.Fields()[i].Type
		}
		fields[i] = types.Field{Name: p.names[i], Type: e.resolve(inside, bound)}
	}
	return types.StructOf(fields...)
}

// elemOf returns the element type of t, nil where t is not known.
func elemOf(t *types.Type) *types.Type {
	if t == nil {
		return nil
	}
	return t.Elem()
}

// keyOf returns the key type of t, nil where t is not known.
func keyOf(t *types.Type) *types.Type {
	if t == nil {
		return nil
	}
	return t.Key()
}
