package compat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// This file compares JSON Schemas as sets of documents: a reader's schema has to take
// every document that the writer's takes. What the writer's says of one place is
// collected from everything that applies there (allOf, references) and
// compared with one keyword of the reader's after the other.

type jsonSchema struct{ *jsonschema.Schema }

// jsonRoot is the address of a schema that has none; those it refers to lie beside it.
const jsonRoot = "registry:///schema.json"

func parseJSON(s registry.Schema, referred []Named) (Schema, error) {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(s.Text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft7)
	compiler.UseLoader(references(referred))
	if err := compiler.AddResource(jsonRoot, document); err != nil {
		return nil, err
	}
	compiled, err := compiler.Compile(jsonRoot)
	if err != nil {
		return nil, err
	}
	return jsonSchema{compiled}, nil
}

// references finds what a schema refers to, by its name or by an address that ends
// in it; nothing is fetched from elsewhere.
type references []Named

// Load implements jsonschema.URLLoader.
func (rs references) Load(url string) (any, error) {
	for _, r := range rs {
		if url == r.Name || strings.HasSuffix(url, "/"+r.Name) {
			return jsonschema.UnmarshalJSON(strings.NewReader(r.Schema.Text))
		}
	}
	return nil, fmt.Errorf("%s is not among the references of the schema", url)
}

func (j jsonSchema) reads(writer Schema) []Fault {
	c := &jsonComparison{active: map[string]bool{}}
	c.accept("#", j.Schema, []*jsonschema.Schema{writer.(jsonSchema).Schema})
	return c.faults
}

// mostSteps bounds a comparison: alternatives within alternatives multiply.
const mostSteps = 20_000

type jsonComparison struct {
	faults []Fault
	active map[string]bool // comparisons that are going on; within themselves they hold
	steps  int
}

func (c *jsonComparison) fault(kind, path, text string) {
	f := fault(kind, path, "%s at path '%s'", text, path)
	if !slices.Contains(c.faults, f) {
		c.faults = append(c.faults, f)
	}
}

// accept checks that r takes all documents that every one of ws takes.
func (c *jsonComparison) accept(path string, r *jsonschema.Schema, ws []*jsonschema.Schema) {
	if c.steps++; c.steps > mostSteps {
		c.fault("COMBINED_TYPE_CHANGED", "#", "The schemas have too many alternatives to be compared")
		return
	}
	key := fmt.Sprintf("%p %v", r, ws) // the addresses of all
	if c.active[key] {
		return
	}
	c.active[key] = true
	defer delete(c.active, key)
	c.each(path, r, flatten(ws), nil)
}

// each takes apart the alternatives of what was written; spread are those of ws that
// it has dealt with. The reader must take each of them.
func (c *jsonComparison) each(path string, r *jsonschema.Schema, ws, spread []*jsonschema.Schema) {
	if c.steps++; c.steps > mostSteps || typesOf(ws) == 0 {
		return // nothing can be written so
	}
	if values, ok := valuesOf(ws); ok {
		c.values(path, r, values)
		return
	}
	for _, w := range ws {
		members := alternatives(w)
		if len(members) == 0 || slices.Contains(spread, w) {
			continue
		}
		spread = append(slices.Clone(spread), w)
		for _, m := range members {
			c.each(path, r, append(slices.Clone(ws), flatten([]*jsonschema.Schema{m})...), spread)
		}
		return
	}
	for _, part := range flatten([]*jsonschema.Schema{r}) {
		c.keywords(path, part, ws)
		c.choose(path, part, ws, len(spread) > 0)
	}
}

// fits reports whether accept would find no fault.
func (c *jsonComparison) fits(r *jsonschema.Schema, ws []*jsonschema.Schema) bool {
	trial := &jsonComparison{active: c.active, steps: c.steps}
	trial.accept("#", r, ws)
	c.steps = trial.steps
	return len(trial.faults) == 0
}

// choose checks that one of the reader's alternatives, if it has some, takes what was
// written: each type by itself, if none takes it whole. Where only one alternative is of
// a type that none takes, the faults are that one's.
func (c *jsonComparison) choose(path string, r *jsonschema.Schema, ws []*jsonschema.Schema, alternative bool) {
	members := alternatives(r)
	taken := func(ws []*jsonschema.Schema) bool {
		return slices.ContainsFunc(members, func(m *jsonschema.Schema) bool { return c.fits(m, ws) })
	}
	if len(members) == 0 || taken(ws) {
		return
	}
	var refused []*jsonschema.Schema
	for _, name := range typesOf(ws).names() {
		if of := append(slices.Clone(ws), onlyOf(name)); !taken(of) {
			refused = of
		}
	}
	if refused == nil {
		return
	}
	likely := slices.DeleteFunc(slices.Clone(members), func(m *jsonschema.Schema) bool {
		return typesOf(refused)&typesOf(flatten([]*jsonschema.Schema{m})) == 0
	})
	switch {
	case len(likely) == 1:
		c.accept(path, likely[0], refused)
	case alternative:
		c.fault("SUM_TYPE_NARROWED", path, "The $reader schema lacks an alternative of the $writer schema")
	default:
		c.fault("COMBINED_TYPE_CHANGED", path, "No alternative of the $reader schema takes what the $writer schema allows")
	}
}

// onlyOf is a schema of a type.
func onlyOf(name string) *jsonschema.Schema {
	s := &jsonschema.Schema{Types: new(jsonschema.Types)}
	s.Types.Add(name)
	return s
}

// alternatives are the members of oneOf, else of anyOf.
func alternatives(s *jsonschema.Schema) []*jsonschema.Schema {
	if len(s.OneOf) > 0 {
		return s.OneOf
	}
	return s.AnyOf
}

// flatten returns everything that applies where all of the schemas do.
func flatten(schemas []*jsonschema.Schema) []*jsonschema.Schema {
	var all []*jsonschema.Schema
	for len(schemas) > 0 {
		s := schemas[0]
		schemas = schemas[1:]
		if s == nil || slices.Contains(all, s) {
			continue
		}
		all = append(all, s)
		schemas = append(slices.Clone(schemas), s.Ref, s.RecursiveRef)
		if s.DynamicRef != nil {
			schemas = append(schemas, s.DynamicRef.Ref)
		}
		schemas = append(schemas, s.AllOf...)
	}
	return all
}
