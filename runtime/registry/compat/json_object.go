package compat

import (
	"maps"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// This file is about objects. What applies to a property of an object is what the
// schema says of it by name, by patterns, or else of all others: an open
// content model allows others, a closed one does not, a partially open one says
// what they must be.

func (c *jsonComparison) objects(path string, r *jsonschema.Schema, ws []*jsonschema.Schema) {
	for _, name := range slices.Sorted(maps.Keys(r.Properties)) {
		c.property(path+"/properties/"+name, r.Properties[name], name, ws)
	}
	for _, w := range ws {
		for _, name := range slices.Sorted(maps.Keys(w.Properties)) {
			if _, kept := r.Properties[name]; !kept {
				c.removed(path+"/properties/"+name, r, name, ws)
			}
		}
	}
	c.others(path, r, ws)
	c.required(path, r, ws)
	c.dependencies(path, r, ws)
	c.atMost(path, "MAX_PROPERTIES", ws, r.MaxProperties, func(s *jsonschema.Schema) *int { return s.MaxProperties })
	c.atLeast(path, "MIN_PROPERTIES", ws, r.MinProperties, func(s *jsonschema.Schema) *int { return s.MinProperties })
	if r.PropertyNames != nil {
		names := collect(ws, func(s *jsonschema.Schema) *jsonschema.Schema { return s.PropertyNames })
		c.accept(path+"/propertyNames", r.PropertyNames, append(names, onlyOf("string")))
	}
}

// property checks what the reader says of one name.
func (c *jsonComparison) property(path string, r *jsonschema.Schema, name string, ws []*jsonschema.Schema) {
	about, closed := sayings(ws, name)
	switch named := slices.ContainsFunc(ws, func(w *jsonschema.Schema) bool { return w.Properties[name] != nil }); {
	case closed: // no such member was written
	case named:
		c.accept(path, r, about)
	case len(about) > 0 && !c.fits(r, about):
		c.fault("PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", path,
			"The $writer schema has a partially open content model that allows more than the property that the $reader schema has")
	case len(about) == 0 && !c.fits(r, nil):
		c.fault("PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", path,
			"The $writer schema has an open content model and lacks a property that the $reader schema has")
	}
}

// removed checks a name that the reader does not know, but the writer does.
func (c *jsonComparison) removed(path string, r *jsonschema.Schema, name string, ws []*jsonschema.Schema) {
	written, never := sayings(ws, name)
	if never {
		return
	}
	about, closed := sayings([]*jsonschema.Schema{r}, name)
	if closed && c.fits(&jsonschema.Schema{Bool: new(bool)}, written) {
		return // its schema allowed no document
	}
	if closed {
		c.fault("PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", path, "The $reader schema has a closed content model and lacks a property of the $writer schema")
	}
	for _, s := range about {
		if !c.fits(s, written) {
			c.fault("PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", path,
				"The $reader schema has a partially open content model that does not allow a property of the $writer schema")
			return
		}
	}
}

// sayings returns what the schemas say of a member; closed if one allows none of that name.
func sayings(schemas []*jsonschema.Schema, name string) (about []*jsonschema.Schema, closed bool) {
	for _, s := range schemas {
		before := len(about)
		if p := s.Properties[name]; p != nil {
			about = append(about, p)
		}
		for pattern, p := range s.PatternProperties {
			if pattern.MatchString(name) {
				about = append(about, p)
			}
		}
		if len(about) > before {
			continue
		}
		rest, none := unnamed(s)
		closed = closed || none
		if rest != nil {
			about = append(about, rest)
		}
	}
	return about, closed
}

// unnamed returns what a schema says of members that it does not name.
func unnamed(s *jsonschema.Schema) (rest *jsonschema.Schema, none bool) {
	if rest, none = additional(s.AdditionalProperties); rest == nil && !none {
		return additional(s.UnevaluatedProperties)
	}
	return rest, none
}

// additional reads what stands for everything that is not named: nil allows all, none
// is true where nothing is allowed.
func additional(v any) (rest *jsonschema.Schema, none bool) {
	switch v := v.(type) {
	case bool:
		return nil, !v
	case *jsonschema.Schema:
		if v == nil || v.Bool == nil {
			return v, false
		}
		return nil, !*v.Bool
	}
	return nil, false
}

// others checks the members that the reader does not name.
func (c *jsonComparison) others(path string, r *jsonschema.Schema, ws []*jsonschema.Schema) {
	var written []*jsonschema.Schema
	closed := false
	for _, w := range ws {
		rest, none := unnamed(w)
		closed = closed || none
		if rest != nil {
			written = append(written, rest)
		}
	}
	for pattern, s := range r.PatternProperties {
		same := collect(ws, func(w *jsonschema.Schema) *jsonschema.Schema { return patterned(w, pattern.String()) })
		if (len(same) > 0 || !closed) && !c.fits(s, append(same, written...)) {
			c.fault("ADDITIONAL_PROPERTIES_NARROWED", path, "The $reader schema narrows the members that match a pattern")
		}
	}
	rest, none := unnamed(r)
	for _, w := range ws {
		for pattern, s := range w.PatternProperties {
			if patterned(r, pattern.String()) == nil && (none || rest != nil && !c.fits(rest, []*jsonschema.Schema{s})) {
				c.fault("ADDITIONAL_PROPERTIES_NARROWED", path, "The $reader schema lacks a pattern of members of the $writer schema")
			}
		}
	}
	switch {
	case closed:
	case none:
		c.fault("ADDITIONAL_PROPERTIES_REMOVED", path, "The $reader schema has a closed content model, and the $writer schema has not")
	case rest != nil && !c.fits(rest, written):
		c.fault("ADDITIONAL_PROPERTIES_NARROWED", path, "The $reader schema allows fewer additional properties than the $writer schema")
	}
}

func patterned(s *jsonschema.Schema, pattern string) *jsonschema.Schema {
	for p, schema := range s.PatternProperties {
		if p.String() == pattern {
			return schema
		}
	}
	return nil
}

// required checks that what the reader requires was required, or has a default.
func (c *jsonComparison) required(path string, r *jsonschema.Schema, ws []*jsonschema.Schema) {
	for _, name := range r.Required {
		if slices.ContainsFunc(ws, func(w *jsonschema.Schema) bool { return slices.Contains(w.Required, name) }) {
			continue
		}
		if p := r.Properties[name]; p != nil && p.Default != nil {
			continue
		}
		here := path + "/required/" + name
		if slices.ContainsFunc(ws, func(w *jsonschema.Schema) bool { return w.Properties[name] != nil }) {
			c.fault("REQUIRED_ATTRIBUTE_ADDED", here, "The $reader schema requires a property that is optional in the $writer schema")
		} else {
			c.fault("REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", here, "The $reader schema requires a property that is missing in the $writer schema and has no default")
		}
	}
}

// dependencies checks what the presence of one member demands of others.
func (c *jsonComparison) dependencies(path string, r *jsonschema.Schema, ws []*jsonschema.Schema) {
	for name, demanded := range demands(r) {
		if !slices.ContainsFunc(ws, func(w *jsonschema.Schema) bool {
			written, ok := demands(w)[name]
			return ok && c.fits(demanded, []*jsonschema.Schema{written})
		}) {
			c.fault("DEPENDENCY_SECTION_ADDED", path+"/dependencies/"+name, "The $reader schema has a dependency that the $writer schema lacks")
		}
	}
}

// demands returns the dependencies of all drafts as schemas.
func demands(s *jsonschema.Schema) map[string]*jsonschema.Schema {
	all := maps.Clone(s.DependentSchemas)
	if all == nil {
		all = map[string]*jsonschema.Schema{}
	}
	for name, others := range s.DependentRequired {
		all[name] = &jsonschema.Schema{Required: others}
	}
	for name, demand := range s.Dependencies {
		switch demand := demand.(type) {
		case []string:
			all[name] = &jsonschema.Schema{Required: demand}
		case *jsonschema.Schema:
			all[name] = demand
		}
	}
	return all
}
