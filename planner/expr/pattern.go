package expr

import (
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// pattern is a type in a signature: it fits one type or many.
type pattern struct {
	form   patternForm
	typ    *types.Type // exactForm
	letter byte        // genericForm
	elems  []pattern   // element of an array, key and value of a map, fields, or a lambda's parameters
	names  []string    // fields of a struct
	result *pattern    // of a lambda
}

type patternForm int

const (
	exactForm   patternForm = iota
	decimalForm             // DECIMAL of any precision and scale
	genericForm             // a type letter
	anyForm                 // any type, in each argument another
	arrayForm
	mapForm
	structForm
	lambdaForm
	unitForm // INTERVALUNIT
)

// exactly returns the pattern of one type.
func exactly(t *types.Type) pattern { return pattern{form: exactForm, typ: t} }

// generic reports whether the pattern holds a type letter or ANY.
func (p pattern) generic() bool {
	if p.form == genericForm || p.form == anyForm || p.result != nil && p.result.generic() {
		return true
	}
	for _, e := range p.elems {
		if e.generic() {
			return true
		}
	}
	return false
}

// String returns the pattern as it is written in a signature.
func (p pattern) String() string {
	switch p.form {
	case decimalForm:
		return "DECIMAL"
	case genericForm:
		return string(p.letter)
	case anyForm:
		return "ANY"
	case arrayForm:
		return "ARRAY<" + p.elems[0].String() + ">"
	case mapForm:
		return "MAP<" + p.elems[0].String() + ", " + p.elems[1].String() + ">"
	case structForm:
		return "STRUCT<" + p.list() + ">"
	case lambdaForm:
		return "LAMBDA(" + p.list() + ") => " + p.result.String()
	case unitForm:
		return "INTERVALUNIT"
	}
	if p.typ == types.Int {
		return "INT"
	}
	return p.typ.String()
}

// list returns the patterns inside, with their names if they have any.
func (p pattern) list() string {
	parts := make([]string, len(p.elems))
	for i, e := range p.elems {
		parts[i] = e.String()
		if p.names != nil {
			parts[i] = p.names[i] + " " + parts[i]
		}
	}
	return strings.Join(parts, ", ")
}
