package functions

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/ksqlite/ksqlite/planner/expr"
)

// Registry is the functions by name. It is immutable and safe to share.
type Registry struct {
	byName map[string]*entry
	names  []string // sorted
}

// entry is a function and what the planner sees of it, which is worked out when it is first asked for.
type entry struct {
	function Function
	planned  func() *expr.Function
}

var _ expr.Functions = (*Registry)(nil)

// family is functions of one category.
type family struct {
	category  string
	functions []Function
}

// families is every function of the language.
func families() []family {
	return []family{
		{Text, stringCase()},
		{Text, stringParts()},
		{Text, stringPads()},
		{Text, stringSplits()},
		{Text, stringJoins()},
		{Text, stringMasks()},
		{Text, stringEncodings()},
		{Mathematical, trigonometry()},
		{Mathematical, powersAndLogarithms()},
		{Mathematical, roundings()},
		{Mathematical, extremes()},
		{Other, geography()},
		{Conditional, nullHandling()},
		{Other, keyCopy()},
		{DateTime, dateArithmetic()},
		{DateTime, dateNumbers()},
		{DateTime, dateTexts()},
		{DateTime, deprecatedDateTexts()},
		{Conversions, byteConversions()},
		{URL, urls()},
		{Regular, regularExpressions()},
		{JSON, jsonFunctions()},
		{Array, arrays()},
		{Array, arrayOrder()},
		{Array, series()},
		{Map, mapFunctions()},
		{Lambdas, lambdas()},
		{Aggregates, sums()},
		{Aggregates, statistics()},
		{Aggregates, groupExtremes()},
		{Aggregates, collections()},
		{Aggregates, histograms()},
		{Aggregates, distinctCounts()},
		{Aggregates, byOffset()},
		{Aggregates, largest()},
		{Table, tableFunctions()},
	}
}

// New returns the registry of all built-in functions.
func New() *Registry {
	r := &Registry{byName: map[string]*entry{}}
	for _, family := range families() {
		for _, f := range family.functions {
			if f.Category == "" {
				f.Category = family.category
			}
			r.add(f)
		}
	}
	r.names = slices.Sorted(maps.Keys(r.byName))
	return r
}

// add registers a function; a second one of the same name is a mistake in the program.
func (r *Registry) add(f Function) {
	if _, twice := r.byName[f.Name]; twice {
		panic("function defined twice: " + f.Name)
	}
	if f.Kind == 0 {
		f.Kind = expr.Scalar
	}
	r.byName[f.Name] = &entry{function: f, planned: sync.OnceValue(f.planned)}
}

// planned returns what an expression sees of the function.
func (f Function) planned() *expr.Function {
	planned := &expr.Function{Name: f.Name, Label: f.Label, Elsewhere: f.Elsewhere, Kind: f.Kind, Undoable: f.Undoable}
	for _, o := range f.Overloads {
		signature := expr.MustSignature(o.Signature)
		if o.Result != nil {
			signature = signature.WithResult(o.Result)
		}
		planned.Overloads = append(planned.Overloads, signature)
	}
	return planned
}

// Function returns what an expression sees of the function of that name,
// whatever its case, or nil. Its overloads are in the order of [Function.Overloads].
func (r *Registry) Function(name string) *expr.Function {
	if e := r.find(name); e != nil {
		return e.planned()
	}
	return nil
}

// Lookup returns the function of that name, whatever its case, or nil.
func (r *Registry) Lookup(name string) *Function {
	if e := r.find(name); e != nil {
		return &e.function
	}
	return nil
}

func (r *Registry) find(name string) *entry {
	if e := r.byName[name]; e != nil {
		return e
	}
	return r.byName[strings.ToUpper(name)]
}

// Names returns the names of all functions in capitals, sorted. The caller must not change them.
func (r *Registry) Names() []string { return r.names }
