package catalog

import (
	"maps"
	"slices"

	"github.com/ksqlite/ksqlite/planner/types"
)

// Catalog is the sources and named types that exist at one moment. It is
// immutable: With and Without return another one, so whoever holds a Catalog
// sees the same names whatever others do. The zero Catalog is empty.
type Catalog struct {
	sources map[string]*Source
	types   map[string]*types.Type
}

// Source returns the stream or table of exactly that name.
func (c *Catalog) Source(name string) (*Source, bool) {
	s, ok := c.sources[name]
	return s, ok
}

// Sources returns all streams and tables in the order of their names.
func (c *Catalog) Sources() []*Source {
	all := make([]*Source, 0, len(c.sources))
	for _, name := range c.SourceNames() {
		all = append(all, c.sources[name])
	}
	return all
}

// SourceNames returns the names of all streams and tables, sorted.
func (c *Catalog) SourceNames() []string { return slices.Sorted(maps.Keys(c.sources)) }

// Type returns the type that CREATE TYPE gave that name.
func (c *Catalog) Type(name string) (*types.Type, bool) {
	t, ok := c.types[name]
	return t, ok
}

// TypeNames returns the names of all named types, sorted.
func (c *Catalog) TypeNames() []string { return slices.Sorted(maps.Keys(c.types)) }

// WithSource returns the catalog with the source added, or replaced if there is one of its name.
func (c *Catalog) WithSource(s *Source) *Catalog {
	next := Catalog{sources: copied(c.sources), types: c.types}
	next.sources[s.Name] = s
	return &next
}

// WithoutSource returns the catalog without the source of that name.
func (c *Catalog) WithoutSource(name string) *Catalog {
	next := Catalog{sources: copied(c.sources), types: c.types}
	delete(next.sources, name)
	return &next
}

// WithType returns the catalog with a named type added.
func (c *Catalog) WithType(name string, t *types.Type) *Catalog {
	next := Catalog{sources: c.sources, types: copied(c.types)}
	next.types[name] = t
	return &next
}

// WithoutType returns the catalog without the type of that name.
func (c *Catalog) WithoutType(name string) *Catalog {
	next := Catalog{sources: c.sources, types: copied(c.types)}
	delete(next.types, name)
	return &next
}

func copied[V any](m map[string]V) map[string]V {
	c := make(map[string]V, len(m)+1)
	maps.Copy(c, m)
	return c
}
