package compat

import (
	"math/big"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// jsonTypes is a set of types of JSON documents. A number is an integer or a fraction.
type jsonTypes int

const (
	jsonNull jsonTypes = 1 << iota
	jsonBoolean
	jsonInteger
	jsonFraction
	jsonString
	jsonArray
	jsonObject
	jsonNumber = jsonInteger | jsonFraction
	jsonAny    = jsonNull | jsonBoolean | jsonNumber | jsonString | jsonArray | jsonObject
)

// jsonTypeNames are the words for types in schemas, wide ones first.
var jsonTypeNames = []struct {
	name  string
	types jsonTypes
}{
	{"null", jsonNull},
	{"boolean", jsonBoolean},
	{"number", jsonNumber},
	{"integer", jsonInteger},
	{"string", jsonString},
	{"array", jsonArray},
	{"object", jsonObject},
}

// names returns the words for the types, integer only where there is no number.
func (t jsonTypes) names() []string {
	var names []string
	for _, n := range jsonTypeNames {
		if t&n.types == n.types {
			names = append(names, n.name)
			t &^= n.types
		}
	}
	return names
}

func typeNamed(name string) jsonTypes {
	for _, n := range jsonTypeNames {
		if n.name == name {
			return n.types
		}
	}
	return 0
}

// typesOf returns the types that all of the schemas allow.
func typesOf(schemas []*jsonschema.Schema) jsonTypes {
	all := jsonAny
	for _, s := range schemas {
		switch {
		case s.Bool != nil && !*s.Bool:
			return 0
		case s.Types != nil:
			var own jsonTypes
			for _, name := range s.Types.ToStrings() {
				own |= typeNamed(name)
			}
			all &= own
		}
	}
	return all
}

// valuesOf returns the only documents that the schemas allow; ok is false where they
// do not list them.
func valuesOf(schemas []*jsonschema.Schema) (values []any, ok bool) {
	for _, s := range schemas {
		switch {
		case s.Const != nil:
			values, ok = []any{*s.Const}, true
		case s.Enum != nil && !ok:
			values, ok = s.Enum.Values, true
		}
	}
	values = slices.DeleteFunc(slices.Clone(values), func(v any) bool {
		return slices.ContainsFunc(schemas, func(s *jsonschema.Schema) bool { return s.Validate(v) != nil })
	})
	return values, ok
}

// values checks that the reader takes each of the documents.
func (c *jsonComparison) values(path string, r *jsonschema.Schema, values []any) {
	for _, v := range values {
		if r.Validate(v) == nil {
			continue
		}
		if r.Enum != nil || r.Const != nil {
			c.fault("ENUM_ARRAY_NARROWED", path, "The $reader schema lacks a value that the $writer schema lists")
		} else {
			c.fault("TYPE_NARROWED", path, "The $reader schema does not take a value that the $writer schema lists")
		}
		return
	}
}

// keywords checks what the reader itself demands against all that was demanded.
func (c *jsonComparison) keywords(path string, r *jsonschema.Schema, ws []*jsonschema.Schema) {
	written := typesOf(ws)
	switch allowed := typesOf([]*jsonschema.Schema{r}); {
	case written&allowed == 0:
		c.fault("TYPE_CHANGED", path, "The $reader schema has another type than the $writer schema")
		return
	case written&^allowed != 0:
		c.fault("TYPE_NARROWED", path, "The $reader schema has a narrower type than the $writer schema")
		return
	}
	if r.Enum != nil || r.Const != nil {
		c.fault("ENUM_ARRAY_CHANGED", path, "The $reader schema lists values that the $writer schema does not")
	}
	if written&jsonNumber != 0 {
		c.numbers(path, r, ws)
	}
	if written&jsonString != 0 {
		c.strings(path, r, ws)
	}
	if written&jsonObject != 0 {
		c.objects(path, r, ws)
	}
	if written&jsonArray != 0 {
		c.arrays(path, r, ws)
	}
	c.conditions(path, r, ws)
}

// conditions are not, and if with then and else.
func (c *jsonComparison) conditions(path string, r *jsonschema.Schema, ws []*jsonschema.Schema) {
	if r.Not != nil && !slices.ContainsFunc(ws, func(w *jsonschema.Schema) bool {
		return w.Not != nil && c.fits(w.Not, []*jsonschema.Schema{r.Not})
	}) {
		c.fault("NOT_TYPE_EXTENDED", path, "The $reader schema excludes more than the $writer schema")
	}
	for _, branch := range []*jsonschema.Schema{r.Then, r.Else} {
		if r.If != nil && branch != nil && !c.fits(branch, ws) && !slices.ContainsFunc(ws, func(w *jsonschema.Schema) bool { return c.sameCondition(r, w) }) {
			c.fault("COMBINED_TYPE_CHANGED", path, "The $reader schema has another condition than the $writer schema")
			return
		}
	}
}

// sameCondition reports whether both ask the same and the reader's consequences take
// what the writer's do.
func (c *jsonComparison) sameCondition(r, w *jsonschema.Schema) bool {
	takes := func(r, w *jsonschema.Schema) bool {
		return r == nil || w != nil && c.fits(r, []*jsonschema.Schema{w})
	}
	return w.If != nil && takes(r.If, w.If) && takes(w.If, r.If) && takes(r.Then, w.Then) && takes(r.Else, w.Else)
}

func (c *jsonComparison) numbers(path string, r *jsonschema.Schema, ws []*jsonschema.Schema) {
	limits := func(of func(*jsonschema.Schema) *big.Rat) []*big.Rat { return collect(ws, of) }
	maxima := limits(func(s *jsonschema.Schema) *big.Rat { return s.Maximum })
	minima := limits(func(s *jsonschema.Schema) *big.Rat { return s.Minimum })
	below := limits(func(s *jsonschema.Schema) *big.Rat { return s.ExclusiveMaximum })
	above := limits(func(s *jsonschema.Schema) *big.Rat { return s.ExclusiveMinimum })
	atMost := func(a, b *big.Rat) bool { return a.Cmp(b) <= 0 }
	atLeast := func(a, b *big.Rat) bool { return a.Cmp(b) >= 0 }
	bound(c, keyword{path, "MAXIMUM", "DECREASED"}, r.Maximum, slices.Concat(maxima, below), atMost)
	bound(c, keyword{path, "MINIMUM", "INCREASED"}, r.Minimum, slices.Concat(minima, above), atLeast)
	bound(c, keyword{path, "EXCLUSIVE_MAXIMUM", "DECREASED"}, r.ExclusiveMaximum, slices.Concat(below, maxima), func(a, b *big.Rat) bool {
		return a.Cmp(b) < 0 || a.Cmp(b) == 0 && slices.Contains(below, a)
	})
	bound(c, keyword{path, "EXCLUSIVE_MINIMUM", "INCREASED"}, r.ExclusiveMinimum, slices.Concat(above, minima), func(a, b *big.Rat) bool {
		return a.Cmp(b) > 0 || a.Cmp(b) == 0 && slices.Contains(above, a)
	})
	bound(c, keyword{path, "MULTIPLE_OF", "CHANGED"}, r.MultipleOf, limits(func(s *jsonschema.Schema) *big.Rat { return s.MultipleOf }),
		func(a, b *big.Rat) bool { return new(big.Rat).Quo(a, b).IsInt() })
}

func (c *jsonComparison) strings(path string, r *jsonschema.Schema, ws []*jsonschema.Schema) {
	c.atMost(path, "MAX_LENGTH", ws, r.MaxLength, func(s *jsonschema.Schema) *int { return s.MaxLength })
	c.atLeast(path, "MIN_LENGTH", ws, r.MinLength, func(s *jsonschema.Schema) *int { return s.MinLength })
	if r.Pattern == nil {
		return
	}
	pattern := r.Pattern.String()
	bound(c, keyword{path, "PATTERN", "CHANGED"}, &pattern, collect(ws, func(s *jsonschema.Schema) *string {
		if s.Pattern == nil {
			return nil
		}
		text := s.Pattern.String()
		return &text
	}), func(a, b *string) bool { return *a == *b })
}

func (c *jsonComparison) atMost(path, name string, ws []*jsonschema.Schema, limit *int, of func(*jsonschema.Schema) *int) {
	bound(c, keyword{path, name, "DECREASED"}, limit, collect(ws, of), func(a, b *int) bool { return *a <= *b })
}

func (c *jsonComparison) atLeast(path, name string, ws []*jsonschema.Schema, limit *int, of func(*jsonschema.Schema) *int) {
	if limit != nil && *limit > 0 {
		bound(c, keyword{path, name, "INCREASED"}, limit, collect(ws, of), func(a, b *int) bool { return *a >= *b })
	}
}

// keyword is one that limits what is allowed, where it stands, and what became of it
// if it limits more.
type keyword struct{ path, name, change string }

// bound checks the reader's limit, if it has one: one of the writer's must be as strict.
func bound[T any](c *jsonComparison, k keyword, limit *T, written []*T, strict func(written, limit *T) bool) {
	switch {
	case limit == nil || slices.ContainsFunc(written, func(w *T) bool { return strict(w, limit) }):
	case len(written) == 0:
		c.fault(k.name+"_ADDED", k.path, "The $reader schema has a limit that the $writer schema lacks")
	default:
		c.fault(k.name+"_"+k.change, k.path, "The $reader schema has a stricter limit than the $writer schema")
	}
}

// collect returns what the schemas have of a keyword.
func collect[T any](schemas []*jsonschema.Schema, of func(*jsonschema.Schema) *T) []*T {
	var all []*T
	for _, s := range schemas {
		if v := of(s); v != nil {
			all = append(all, v)
		}
	}
	return all
}
