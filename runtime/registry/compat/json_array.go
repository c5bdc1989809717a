package compat

import (
	"fmt"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func (c *jsonComparison) arrays(path string, r *jsonschema.Schema, ws []*jsonschema.Schema) {
	first, _, _ := items(r)
	length := len(first)
	for _, w := range ws {
		written, _, _ := items(w)
		length = max(length, len(written))
	}
	for i := range length {
		c.item(fmt.Sprintf("%s/items/%d", path, i), r, ws, i)
	}
	c.item(path+"/items", r, ws, length)
	c.atMost(path, "MAX_ITEMS", ws, r.MaxItems, func(s *jsonschema.Schema) *int { return s.MaxItems })
	c.atLeast(path, "MIN_ITEMS", ws, r.MinItems, func(s *jsonschema.Schema) *int { return s.MinItems })
	if r.UniqueItems && !slices.ContainsFunc(ws, func(w *jsonschema.Schema) bool { return w.UniqueItems }) {
		c.fault("UNIQUE_ITEMS_ADDED", path, "The $reader schema demands that items differ, which the $writer schema does not")
	}
	if r.Contains != nil && !slices.ContainsFunc(ws, func(w *jsonschema.Schema) bool {
		return w.Contains != nil && c.fits(r.Contains, []*jsonschema.Schema{w.Contains})
	}) {
		c.fault("CONTAINS_ADDED", path, "The $reader schema demands an item that the $writer schema does not")
	}
}

// item checks the items from one index on that all of the schemas treat alike.
func (c *jsonComparison) item(path string, r *jsonschema.Schema, ws []*jsonschema.Schema, i int) {
	reader, none := itemAt(r, i)
	var written []*jsonschema.Schema
	for _, w := range ws {
		s, never := itemAt(w, i)
		if never {
			return
		}
		if s != nil {
			written = append(written, s)
		}
	}
	switch {
	case none:
		c.fault("ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL", path, "The $reader schema has a closed content model and lacks an item of the $writer schema")
	case reader == nil:
	case len(written) == 0 && !c.fits(reader, nil):
		c.fault("ITEM_ADDED_TO_OPEN_CONTENT_MODEL", path, "The $writer schema has an open content model and lacks an item that the $reader schema has")
	default:
		c.accept(path, reader, written)
	}
}

// itemAt returns what a schema says of the item at an index: nil allows all, none is
// true where there can be no such item.
func itemAt(s *jsonschema.Schema, i int) (item *jsonschema.Schema, none bool) {
	first, rest, closed := items(s)
	if i < len(first) {
		return first[i], false
	}
	return rest, closed
}

// items returns what a schema says of the first items and of all others.
func items(s *jsonschema.Schema) (first []*jsonschema.Schema, rest *jsonschema.Schema, closed bool) {
	switch v := s.Items.(type) {
	case []*jsonschema.Schema:
		rest, closed = additional(s.AdditionalItems)
		return v, rest, closed
	case *jsonschema.Schema:
		rest, closed = additional(v)
		return nil, rest, closed
	}
	rest, closed = additional(s.Items2020)
	return s.PrefixItems, rest, closed
}
