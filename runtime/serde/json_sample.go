package serde

import (
	"bytes"
	"math"
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
	byUpper map[string]*jsonSpellings
	rest    *jsonSampled // values of members beyond maxSampleMembers; nil if there were none
	elem    *jsonSampled // elements of arrays; nil if there were none
}

// jsonSampledMember is a member of the objects of a place.
type jsonSampledMember struct {
	name  string
	alike *jsonSpellings
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
		i = s.observe(i, at.met(name))
		i, more = s.scan.more(i, '}')
	}
	return s.scan.leave(i)
}

// met returns the place of a member of the object that was counted last.
func (at *jsonSampled) met(name []byte) *jsonSampled {
	m := at.member(name)
	if m == nil {
		return at.others()
	}
	m.alike.meet(m, at.counts[jsonObjects])
	return &m.jsonSampled
}

// member returns the member of that name, nil if there are too many.
func (at *jsonSampled) member(name []byte) *jsonSampledMember {
	if m := at.byName[string(name)]; m != nil {
		return m
	}
	if len(at.members) == maxSampleMembers {
		return nil
	}
	if at.byName == nil {
		at.byName, at.byUpper = map[string]*jsonSampledMember{}, map[string]*jsonSpellings{}
	}
	m := &jsonSampledMember{name: string(name), alike: at.spellings(string(name))}
	m.alike.members = append(m.alike.members, m)
	at.members = append(at.members, m)
	at.byName[m.name] = m
	return m
}

// others returns the place of the members beyond maxSampleMembers.
func (at *jsonSampled) others() *jsonSampled {
	if at.rest == nil {
		at.rest = &jsonSampled{}
	}
	return at.rest
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
		if own := at.member([]byte(m.name)); own != nil {
			own.alike.apart = own.alike.apart || m.alike.apart
			own.add(&m.jsonSampled)
		} else {
			at.others().add(&m.jsonSampled)
		}
	}
	if other.rest != nil {
		at.others().add(other.rest)
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
