package serde

import (
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// This file tells members apart that differ in upper and lower case alone. A column whose
// name is in upper case reads all of them; any other reads its own spelling.

// jsonSpellings are the members of a place whose names are the same in upper case.
type jsonSpellings struct {
	upper   string
	members []*jsonSampledMember // in the order in which they were met
	// apart is true if an object has had two of them, which then say different things.
	apart bool

	object int // number of the object that had one last
	latest *jsonSampledMember
}

// spellings returns those that a name is one of.
func (at *jsonSampled) spellings(name string) *jsonSpellings {
	upper := strings.ToUpper(name)
	alike := at.byUpper[upper]
	if alike == nil {
		alike = &jsonSpellings{upper: upper}
		at.byUpper[upper] = alike
	}
	return alike
}

// meet notes that the object of that number has the member.
func (a *jsonSpellings) meet(m *jsonSampledMember, object int) {
	if a.object == object && a.latest != m {
		a.apart = true
	}
	a.object, a.latest = object, m
}

// areOne reports whether the spellings are one column, or field, in upper case.
func (a *jsonSpellings) areOne(column bool) bool {
	return len(a.members) > 1 && !a.apart && unfitName(column, a.upper) == ""
}

// readBy returns what a column of the member's name reads.
func (a *jsonSpellings) readBy(m *jsonSampledMember) *jsonSampled {
	if m.name != a.upper || len(a.members) == 1 {
		return &m.jsonSampled
	}
	all := a.all()
	all.records = m.records
	return all
}

// all returns the values of all spellings as one place.
func (a *jsonSpellings) all() *jsonSampled {
	all := &jsonSampled{}
	for _, m := range a.members {
		all.records += m.records
		all.add(&m.jsonSampled)
	}
	return all
}

// oneField returns the field for members that are one, and tells how they were spelt.
func (i inference) oneField(path string, at *jsonSampled, alike *jsonSpellings) types.Field {
	all := alike.all()
	all.records = min(all.records, at.records) // elements of an array may be of one record
	index := len(i.found.Fields)
	t := i.field(path+alike.upper, all)
	counts := make([]string, len(alike.members))
	for k, m := range alike.members {
		counts[k] = fmt.Sprintf("%s %d", m.name, m.records)
	}
	told := &i.found.Fields[index].Note
	if *told != "" {
		*told += "; "
	}
	*told += "one column for " + strings.Join(counts, ", ")
	return types.Field{Name: alike.upper, Type: t}
}
