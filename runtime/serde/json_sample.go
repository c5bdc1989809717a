package serde

import (
	"bytes"
	"math"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file finds types for JSON values that nobody has declared. Each place of
// the values, be it a member, the elements of an array, or the root, counts the kinds
// of values that were met there. From them the type follows:
//
//	whole numbers       INTEGER, or BIGINT where one does not fit
//	numbers             DOUBLE where one has a fraction or exponent, or is beyond BIGINT
//	true, false         BOOLEAN
//	arrays              ARRAY of what fits all their elements
//	objects             STRUCT of all their members, or MAP, see isMap
//	all else            STRING: text, kinds that do not go together, nothing but null
//
// null and what is not there go with every type.

// jsonSampleKind is a kind of JSON value as far as types differ by it.
type jsonSampleKind int

const (
	jsonNull jsonSampleKind = iota
	jsonBooleans
	jsonIntegers
	jsonBigints
	jsonDoubles
	jsonTexts
	jsonArrays
	jsonObjects
	jsonDeeper // nested so deeply that it is kept as text
	jsonKinds
)

var jsonSampleKindNames = [jsonKinds]string{
	"null", "BOOLEAN", "INTEGER", "BIGINT", "DOUBLE", "STRING", "ARRAY", "STRUCT", "nested too deeply",
}

const (
	// maxSampleDepth is the deepest nesting for which types are found.
	maxSampleDepth = 32
	// maxSampleMembers is how many different members are told apart at one place.
	maxSampleMembers = 1000
	// leastMapKeys is how many different members objects have if they are a MAP.
	leastMapKeys = 20
)

// jsonSampled is what was met at one place of the values.
type jsonSampled struct {
	counts  [jsonKinds]int
	records int // in which the place was met
	last    int // number of the last of them

	members []*jsonSampledMember // in the order in which they were met
	byName  map[string]*jsonSampledMember
	rest    *jsonSampled // values of members beyond maxSampleMembers; nil if there were none
	elem    *jsonSampled // elements of arrays; nil if there were none
}

// jsonSampledMember is a member of the objects of a place.
type jsonSampledMember struct {
	name string
	jsonSampled
}

func trimMark(src []byte) []byte { return bytes.TrimPrefix(src, byteOrderMark) }

// observe adds the value at i, whose syntax has been checked, to what was met at a
// place, and returns the position behind it.
func (s *jsonSample) observe(i int, at *jsonSampled) int {
	i = s.scan.space(i)
	if at.last != s.records {
		at.last = s.records
		at.records++
	}
	kind := jsonTexts
	switch c := s.scan.peek(i); c {
	case '{', '[':
		if s.scan.depth >= maxSampleDepth {
			kind = jsonDeeper
			break
		}
		if c == '{' {
			return s.object(i, at)
		}
		return s.array(i, at)
	case '"':
	case 't', 'f':
		kind = jsonBooleans
	case 'n':
		kind = jsonNull
	default:
		n, _ := s.scan.number(i)
		kind = n.sampleKind()
	}
	at.counts[kind]++
	return s.scan.skip(i)
}

// sampleKind is the narrowest kind that holds the number. One that is beyond DOUBLE is kept
// as text.
func (n *number) sampleKind() jsonSampleKind {
	limit := uint64(math.MaxInt64)
	if n.negative {
		limit++
	}
	switch whole := n.fraction == 0 && !hasExponent(n.literal); {
	case whole && n.small() && n.mantissa <= limit:
		if v := n.int64(); math.MinInt32 <= v && v <= math.MaxInt32 {
			return jsonIntegers
		}
		return jsonBigints
	case math.IsInf(n.float64(), 0):
		return jsonTexts
	}
	return jsonDoubles
}

func (s *jsonSample) array(i int, at *jsonSampled) int {
	at.counts[jsonArrays]++
	i, more := s.scan.enter(i, ']')
	for more {
		if at.elem == nil {
			at.elem = &jsonSampled{}
		}
		i = s.observe(i, at.elem)
		i, more = s.scan.more(i, ']')
	}
	return s.scan.leave(i)
}

func (s *jsonSample) object(i int, at *jsonSampled) int {
	at.counts[jsonObjects]++
	i, more := s.scan.enter(i, '}')
	for more {
		var name []byte
		name, i = s.scan.name(i)
		i = s.observe(i, at.member(name))
		i, more = s.scan.more(i, '}')
	}
	return s.scan.leave(i)
}

// member returns the place of a member of that name.
func (at *jsonSampled) member(name []byte) *jsonSampled {
	if m := at.byName[string(name)]; m != nil {
		return &m.jsonSampled
	}
	if len(at.members) == maxSampleMembers {
		if at.rest == nil {
			at.rest = &jsonSampled{}
		}
		return at.rest
	}
	if at.byName == nil {
		at.byName = map[string]*jsonSampledMember{}
	}
	m := &jsonSampledMember{name: string(name)}
	at.members = append(at.members, m)
	at.byName[m.name] = m
	return &m.jsonSampled
}

// add adds what was met at another place, as if it had been met at this one. The number
// of records stays: the two may have been met in the same ones.
func (at *jsonSampled) add(other *jsonSampled) {
	if other == nil {
		return
	}
	for kind, n := range other.counts {
		at.counts[kind] += n
	}
	for _, m := range other.members {
		at.member([]byte(m.name)).add(&m.jsonSampled)
	}
	if other.rest != nil {
		if at.rest == nil {
			at.rest = &jsonSampled{}
		}
		at.rest.add(other.rest)
	}
	if other.elem != nil {
		if at.elem == nil {
			at.elem = &jsonSampled{}
		}
		at.elem.add(other.elem)
	}
}

// kind returns the one kind that holds all values of the place, and whether there is
// one. Nothing but nulls has the kind of null.
func (at *jsonSampled) kind() (kind jsonSampleKind, ok bool) {
	for k, n := range at.counts {
		next := jsonSampleKind(k)
		switch {
		case n == 0 || next == jsonNull:
		case kind == jsonNull, jsonIntegers <= kind && next <= jsonDoubles:
			kind = next
		default:
			return jsonTexts, false
		}
	}
	return kind, true
}

// isMap reports whether objects are a MAP rather than a STRUCT: they have 20 or more
// different members, none of which is in more than half of the objects, and one type, which is
// not null, fits the values of all.
func (at *jsonSampled) isMap() bool {
	if len(at.members) < leastMapKeys {
		return false
	}
	for _, m := range at.members {
		met := 0
		for _, n := range m.counts {
			met += n
		}
		if 2*met > at.counts[jsonObjects] {
			return false
		}
	}
	kind, ok := at.values().kind()
	return ok && kind != jsonNull
}

// values returns the values of all members as one place.
func (at *jsonSampled) values() *jsonSampled {
	all := &jsonSampled{}
	for _, m := range at.members {
		all.add(&m.jsonSampled)
		all.records = max(all.records, m.records)
	}
	all.add(at.rest)
	return all
}

// inference finds types for what was sampled, and tells of each field.
type inference struct {
	side  catalog.Side
	found *Inferred
}

// columns returns the columns for the members of the root.
func (i inference) columns(root *jsonSampled) []types.Column {
	var columns []types.Column
	for _, f := range i.fields("", root) {
		columns = append(columns, types.Column{Name: f.Name, Type: f.Type})
	}
	if root.rest != nil {
		i.tell(SampledField{Path: "…", Records: root.rest.records, Note: "left out: members beyond the first 1000"})
	}
	return columns
}

// fields returns the fields for the members of objects.
func (i inference) fields(path string, at *jsonSampled) []types.Field {
	var fields []types.Field
	for _, m := range at.members {
		if reason := unfitName(path == "", m.name); reason != "" {
			i.tell(SampledField{Path: path + m.name, Records: m.records, Note: "left out: " + reason})
			continue
		}
		fields = append(fields, types.Field{Name: m.name, Type: i.field(path+m.name, at.twins(m))})
	}
	return fields
}

// twins returns what a column of the member's name reads: the member itself and, if its name is in
// upper case, the members that are it in upper case.
func (at *jsonSampled) twins(m *jsonSampledMember) *jsonSampled {
	all := &m.jsonSampled
	for _, other := range at.members {
		if other != m && strings.ToUpper(other.name) == m.name {
			if all == &m.jsonSampled {
				all = &jsonSampled{records: m.records}
				all.add(&m.jsonSampled)
			}
			all.add(&other.jsonSampled)
		}
	}
	return all
}

// unfitName says why a member cannot be a column or field, nothing if it can.
func unfitName(column bool, name string) string {
	_, pseudo := types.FindPseudo(name)
	switch {
	case name == "":
		return "it has no name"
	case column && pseudo:
		return "the name is reserved"
	case strings.Contains(name, "${"):
		return "the name would be read as a variable"
	}
	return ""
}

// field returns the type for a place and tells of it, and of the fields in it.
func (i inference) field(path string, at *jsonSampled) *types.Type {
	index := len(i.found.Fields)
	i.tell(SampledField{Path: path, Records: at.records})
	t, note := i.typeOf(path, at)
	i.found.Fields[index].Type, i.found.Fields[index].Note = t, note
	return t
}

func (i inference) tell(f SampledField) { i.found.Fields = append(i.found.Fields, f) }

// typeOf returns the type for a place, and what is unusual there.
func (i inference) typeOf(path string, at *jsonSampled) (t *types.Type, note string) {
	kind, ok := at.kind()
	switch {
	case !ok:
		return types.String, "no one type: " + kindCounts(at.counts)
	case kind == jsonNull:
		return types.String, "nothing but null"
	case kind == jsonDeeper:
		return types.String, jsonSampleKindNames[jsonDeeper]
	case kind == jsonArrays:
		return i.arrayOf(path, at)
	case kind == jsonObjects:
		return i.objectOf(path, at)
	}
	return [...]*types.Type{
		jsonBooleans: types.Boolean, jsonIntegers: types.Int, jsonBigints: types.Bigint, jsonDoubles: types.Double, jsonTexts: types.String,
	}[kind], ""
}

// arrayOf returns the type of arrays. Only fields of elements are told; what is unusual about
// the elements is about the array.
func (i inference) arrayOf(path string, at *jsonSampled) (t *types.Type, note string) {
	if at.elem == nil {
		return types.ArrayOf(types.String), "nothing but empty arrays"
	}
	elem, note := i.typeOf(path+"[]", at.elem)
	return types.ArrayOf(elem), note
}

// objectOf returns the type of objects.
func (i inference) objectOf(path string, at *jsonSampled) (t *types.Type, note string) {
	if i.side == catalog.ValueSide && at.isMap() {
		value, note := i.typeOf(path+"{}", at.values())
		return types.MapOf(types.String, value), note
	}
	if at.rest != nil {
		return types.String, "more than 1000 different members"
	}
	told := len(i.found.Fields)
	fields := i.fields(path+".", at)
	if len(fields) == 0 {
		i.found.Fields = slices.Delete(i.found.Fields, told, len(i.found.Fields))
		return types.String, "nothing but empty objects"
	}
	return types.StructOf(fields...), ""
}
