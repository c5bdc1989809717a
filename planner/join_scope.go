package planner

import (
	"slices"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
)

// member is one of the sources of a join. Its columns, those of the key, of the value
// and the pseudo columns in turn, are slots of the joined row from first on.
type member struct {
	*catalog.Source
	place ast.Node
	alias string
	first int
	slots []slot
}

// slot is a column of a member: its name and where it lies in the source.
type slot struct {
	types.Column
	ref types.Ref
}

func newMember(s *catalog.Source, from *ast.Source, first int) *member {
	m := &member{Source: s, place: from, alias: from.Alias.Text, first: first}
	if from.Alias.IsZero() {
		m.alias = s.Name
	}
	for i, c := range s.Schema.Key {
		m.slots = append(m.slots, slot{c, types.Ref{Place: types.InKey, Index: i}})
	}
	for i, c := range s.Schema.Value {
		m.slots = append(m.slots, slot{c, types.Ref{Place: types.InValue, Index: i}})
	}
	for i, c := range types.PseudoColumns {
		if p := types.Pseudo(i); p != types.RowTopic && (s.Windowed() || !isBound(p)) {
			m.slots = append(m.slots, slot{c, types.Ref{Place: types.InPseudo, Index: i}})
		}
	}
	return m
}

// column is the reference to a slot in the joined row.
func (m *member) column(i int) *expr.Column {
	s := m.slots[i]
	return expr.NewColumn(m.alias, s.Name, types.Ref{Place: types.InValue, Index: m.first + i}, s.Type)
}

// find returns the slot of that name, or -1.
func (m *member) find(name string) int {
	return slices.IndexFunc(m.slots, func(s slot) bool { return s.Name == name })
}

// prefixed is the name of a column where those of several sources stand side by side.
func (m *member) prefixed(name string) string { return m.alias + "_" + name }

// joinScope finds columns in the joined row.
type joinScope struct {
	members []*member
	// key is the made-up name of the key; nil if it has the name of a column.
	key *expr.Column
}

var _ expr.Scope = (*joinScope)(nil)

// Find implements [expr.Scope].
func (s *joinScope) Find(source, name string) []*expr.Column {
	if s.key != nil && source == "" && name == s.key.Name {
		return []*expr.Column{s.key}
	}
	var found []*expr.Column
	for _, m := range s.named(source) {
		if i := m.find(name); i >= 0 {
			found = append(found, m.column(i))
		}
	}
	return found
}

// named returns the members that a name before a column may mean: all for none, the one
// that has the name in the query, else those of sources of that name.
func (s *joinScope) named(name string) []*member {
	if name == "" {
		return s.members
	}
	var found []*member
	for _, m := range s.members {
		if m.alias == name {
			return []*member{m}
		}
		if m.Name == name {
			found = append(found, m)
		}
	}
	return found
}

// Sources implements [expr.Scope].
func (s *joinScope) Sources() []string {
	var names []string
	for _, m := range s.members {
		names = append(names, m.alias)
		if m.alias != m.Name {
			names = append(names, m.Name)
		}
	}
	return names
}

// Names implements [expr.Scope].
func (s *joinScope) Names() []string {
	var names []string
	for _, m := range s.members {
		for _, slot := range m.slots {
			names = append(names, slot.Name, m.alias+"."+slot.Name)
		}
	}
	return names
}

// shared reports whether several members have a column of that name.
func (s *joinScope) shared(name string) bool { return len(s.Find("", name)) > 1 }

// columnNames are the names of all columns, without those of their sources.
func (s *joinScope) columnNames() []string {
	var names []string
	for _, m := range s.members {
		names = append(names, m.Schema.Names()...)
	}
	return names
}
