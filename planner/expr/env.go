package expr

import (
	"slices"

	"github.com/ksqlite/ksqlite/planner/types"
)

// Env is what the names in an expression may mean.
type Env struct {
	// Scope finds columns. Nil means that there are none, as in INSERT INTO … VALUES.
	Scope Scope
	// Functions finds functions.
	Functions Functions
	// Named finds the types made by CREATE TYPE; nil means that there are none.
	Named func(name string) (*types.Type, bool)
	// Aggregates allows calls of aggregate functions. They are left in the
	// expression; whoever allows them takes them out before it is compiled.
	Aggregates bool
	// Clause is the part of the statement that the expression stands in, such
	// as SELECT or WHERE, for messages; it may be empty.
	Clause string
}

// Scope finds the columns that a name may mean.
type Scope interface {
	// Find returns the columns of that name in the source of that name or
	// alias, or in any source if source is empty: none if there is no such
	// column, several if the name is ambiguous.
	Find(source, name string) []*Column
	// Sources returns the names and aliases that may stand before a column.
	Sources() []string
	// Names returns the names that Find knows, with or without source and
	// without quotes, for the suggestion of the nearest.
	Names() []string
}

// SourceScope is the [Scope] of a query of one source.
type SourceScope struct {
	// Name is the source's name, Alias what it is called in the query; either
	// may stand before a column.
	Name, Alias string
	Schema      *types.Schema
	// Windowed tells that records have the bounds of a window, ManyTopics that they
	// come from topics that ROWTOPIC tells apart.
	Windowed, ManyTopics bool
}

var _ Scope = (*SourceScope)(nil)

// Find implements [Scope].
func (s *SourceScope) Find(source, name string) []*Column {
	if source != "" && !slices.Contains(s.Sources(), source) {
		return nil
	}
	if ref, typ, ok := s.Schema.Find(name); ok {
		return []*Column{NewColumn("", name, ref, typ)}
	}
	for i, c := range types.PseudoColumns {
		if c.Name == name && s.has(types.Pseudo(i)) {
			return []*Column{PseudoColumn(types.Pseudo(i))}
		}
	}
	return nil
}

// has reports whether the source's records have a pseudo column.
func (s *SourceScope) has(p types.Pseudo) bool {
	switch p {
	case types.WindowStart, types.WindowEnd:
		return s.Windowed
	case types.RowTopic:
		return s.ManyTopics
	default:
		return true
	}
}

// Sources implements [Scope].
func (s *SourceScope) Sources() []string {
	if s.Alias == "" || s.Alias == s.Name {
		return []string{s.Name}
	}
	return []string{s.Alias, s.Name}
}

// Names implements [Scope].
func (s *SourceScope) Names() []string {
	names := s.Schema.Names()
	for i, c := range types.PseudoColumns {
		if s.has(types.Pseudo(i)) {
			names = append(names, c.Name)
		}
	}
	return names
}

// PseudoColumn returns a reference to a pseudo column.
func PseudoColumn(p types.Pseudo) *Column {
	c := types.PseudoColumns[p]
	return NewColumn("", c.Name, types.Ref{Place: types.InPseudo, Index: int(p)}, c.Type)
}
