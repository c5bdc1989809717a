package expr

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// choice is the overload that was chosen for a call.
type choice struct {
	index     int
	signature *Signature
	bound     letters
}

// overloadError says why no overload of a function fits a call.
type overloadError struct{ message, detail string }

// Error implements error.
func (e *overloadError) Error() string { return e.message }

// choose finds the overload of f for the arguments: one that takes their types
// as they are, else one that takes them after implicit casts, which aggregates
// never get. Of several the most specific counts.
func choose(f *Function, args []argument) (*choice, error) {
	// A call that fits without casts is never ambiguous with one that needs them.
	for _, casts := range []bool{false, true} {
		if casts && f.Kind == Aggregate {
			break
		}
		if found := candidates(f, args, casts); len(found) > 0 {
			return mostSpecific(f, args, found)
		}
	}
	return nil, &overloadError{
		message: fmt.Sprintf("Function '%s' does not accept parameters (%s).", f.label(), joined(args)),
		detail:  alternatives(f),
	}
}

// candidates returns the overloads that can be called with the arguments.
func candidates(f *Function, args []argument, casts bool) []*choice {
	var found []*choice
	for i, s := range f.Overloads {
		bound := letters{}
		if s.accepts(args, bound, casts) {
			found = append(found, &choice{i, s, bound})
		}
	}
	return found
}

// accepts reports whether the signature can be called with the arguments. Letters
// are settled from left to right.
func (s *Signature) accepts(args []argument, bound letters, casts bool) bool {
	if !s.takes(len(args)) {
		return false
	}
	for i, a := range args {
		if !s.param(i, len(args)).pattern.fits(a, bound, casts) {
			return false
		}
	}
	return true
}

// mostSpecific returns the best of the candidates, unless two are equally good.
func mostSpecific(f *Function, args []argument, found []*choice) (*choice, error) {
	slices.SortStableFunc(found, func(a, b *choice) int { return bySpecificity(a.signature, b.signature) })
	if len(found) > 1 && bySpecificity(found[0].signature, found[1].signature) == 0 {
		return nil, &overloadError{
			message: fmt.Sprintf("Function '%s' cannot be resolved due to ambiguous method parameters (%s).", f.label(), joined(args)),
			detail:  "Use CAST to name the types that you mean.\n" + alternatives(f),
		}
	}
	return found[0], nil
}

// bySpecificity orders signatures, the best first: without variadic
// parameter, with more parameters, with fewer generic ones, and one of whose
// variadic parameter is not generic.
func bySpecificity(a, b *Signature) int {
	return cmp.Or(
		compareBool(a.variadic >= 0, b.variadic >= 0),
		cmp.Compare(len(b.Params), len(a.Params)),
		cmp.Compare(a.generics(), b.generics()),
		compareBool(a.anyVariadic(), b.anyVariadic()),
	)
}

// anyVariadic reports whether further arguments may be of any type.
func (s *Signature) anyVariadic() bool {
	if s.variadic < 0 {
		return false
	}
	form := s.Params[s.variadic].pattern.form
	return form == genericForm || form == anyForm
}

// compareBool orders false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// joined lists the arguments for a message.
func joined(args []argument) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = a.String()
	}
	return strings.Join(parts, ", ")
}

// alternatives lists the overloads of a function for a message.
func alternatives(f *Function) string {
	var b strings.Builder
	b.WriteString("Valid alternatives are:\n")
	for _, s := range f.Overloads {
		b.WriteString(f.label() + s.String() + "\n")
	}
	return b.String() + "For detailed information on a function run: DESCRIBE FUNCTION " + f.Name + ";"
}

// paramType returns the type that argument i of the call has to have.
func (c *choice) paramType(i int, args []argument) *types.Type {
	return c.signature.param(i, len(args)).pattern.resolve(args[i].typ, c.bound)
}

// result returns the type of the call's result, given the types of the
// arguments after their casts. The types of lambdas and units are nil.
func (c *choice) result(args []*types.Type) (*types.Type, error) {
	if c.signature.compute != nil {
		return c.signature.compute(args)
	}
	var decimal *types.Type
	for _, t := range args {
		if t != nil && t.Kind() == types.KindDecimal {
			decimal = t
			break
		}
	}
	return c.signature.result.resolve(decimal, c.bound), nil
}
