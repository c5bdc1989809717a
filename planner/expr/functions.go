package expr

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
)

// Functions is what has to be known of functions to type an expression: which
// there are and what they take. The implementation is package runtime/functions.
type Functions interface {
	// Function returns the function of that name, whatever its case, or nil.
	Function(name string) *Function
	// Names returns the names of all functions, in capitals and sorted.
	Names() []string
}

// Function is a function as an expression sees it. It is immutable.
type Function struct {
	// Name is the name in capitals.
	Name string
	// Label is the name as ksqlDB's messages spell it, which for some functions
	// is in lower case; empty if that is Name.
	Label string
	// Elsewhere are the names that other databases have for it, in capitals. They are
	// suggested, not understood.
	Elsewhere []string
	Kind      FunctionKind
	// Undoable tells of an aggregate function that it can take records back, so
	// that it can be applied to a table, whose rows replace each other.
	Undoable bool
	// Overloads are the ways to call it. A [Call] names the chosen one by its
	// index, so whoever runs the call keeps them in the same order.
	Overloads []*Signature
}

// FunctionKind says where a function may be called.
type FunctionKind int

// The kinds of functions.
const (
	Scalar    FunctionKind = iota + 1 // one row in, one value out
	Aggregate                         // a group of rows in, one value out
	Table                             // one row in, any number of values out
)

// String returns the kind in lower case.
func (k FunctionKind) String() string {
	return [...]string{Scalar: "scalar", Aggregate: "aggregate", Table: "table"}[k]
}

// label returns the name for messages.
func (f *Function) label() string {
	if f.Label != "" {
		return f.Label
	}
	return f.Name
}

// FindFunction returns the function of that name. The error is ksqlDB's, with the nearest name added, or
// that of the function which is meant where another database has it under the name.
func FindFunction(functions Functions, name string, span source.Span) (*Function, error) {
	if f := functions.Function(name); f != nil {
		return f, nil
	}
	err := source.Errorf(span, "Can't find any functions with the name '%s'", name)
	if near := meantFunction(functions, strings.ToUpper(name)); near != "" {
		err.WithDetail("Did you mean %s?", near)
	}
	return nil, err
}

// meantFunction returns the name of the function that is most likely meant by a name that no function
// has; "" if none is.
func meantFunction(functions Functions, name string) string {
	names := functions.Names()
	foreign := map[string]string{}
	for _, n := range names {
		for _, other := range functions.Function(n).Elsewhere {
			foreign[other] = n
		}
	}
	if known := foreign[name]; known != "" {
		return known
	}
	near := source.Similar(name, slices.Concat(names, slices.Sorted(maps.Keys(foreign))))
	return cmp.Or(foreign[near], near)
}
