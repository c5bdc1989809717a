package serde

import (
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// This file compiles types into what the JSON reader follows: a tree of nodes,
// one for each column, field and element, made once per decoder.

// jsonNode says how to read one JSON value. A node of KindNull reads any value
// and keeps nothing of it.
type jsonNode struct {
	scalar
	elem   *jsonNode   // elements of an ARRAY, values of a MAP
	object *jsonObject // fields of a STRUCT
	keep   bool        // false: check the value, but hand nothing out
}

// newJSONNode returns the node for values of type t. Where the value is not
// kept, text needs no more than a check of its syntax: any value can be a STRING.
func newJSONNode(t *types.Type, keep bool) jsonNode {
	n := jsonNode{scalar: scalarOf(t), keep: keep}
	switch n.kind {
	case types.KindString:
		if !keep {
			n.kind = types.KindNull
		}
	case types.KindArray, types.KindMap:
		elem := newJSONNode(t.Elem(), keep)
		n.elem = &elem
	case types.KindStruct:
		n.object = newJSONStruct(t, keep)
	}
	return n
}

// jsonObject says how to read the members of a JSON object into columns or
// fields. It remembers in which order members came, so that the next object is
// read by comparing bytes instead of looking up names.
type jsonObject struct {
	members []jsonMember
	byName  map[string]int // position in members
	guesses []jsonGuess    // in the order seen
	lessons int            // how many more guesses may be learned
	// round grows by two for each object read; see jsonMember.seen.
	round  uint64
	filled int // how many members have got a value in this round
}

// jsonMember is a column or field that a member of the object fills.
type jsonMember struct {
	jsonNode
	name  string
	index int // in the row or the struct
	// twin is the member whose name is this one's in upper case, or -1: with the
	// columns `id` and ID, {"id": 1} fills both.
	twin int
	// seen tells what this object has given the member so far: less than the
	// object's round is nothing, round a value by the upper-cased name, round+1 one
	// by the exact name, which nothing but the exact name may replace.
	seen uint64
}

// jsonGuess is the text before a value, from behind the brace or comma to the
// last blank after the colon, and the member that the value is for.
type jsonGuess struct {
	literal string
	member  int // position in members, or unknownMember
	exact   bool
}

const (
	unknownMember = -1

	maxGuesses      = 256 // an object's unknown members shall not fill the memory
	maxGuessLiteral = 256 // bytes
)

func newJSONObject(members []jsonMember) *jsonObject {
	o := &jsonObject{members: members, byName: make(map[string]int, len(members)), lessons: maxGuesses}
	for i, m := range members {
		o.byName[m.name] = i
	}
	for i := range members {
		m := &members[i]
		m.twin = unknownMember
		if twin, ok := o.byName[strings.ToUpper(m.name)]; ok && twin != i {
			m.twin = twin
		}
	}
	return o
}

func newJSONStruct(t *types.Type, keep bool) *jsonObject {
	members := make([]jsonMember, len(t.Fields()))
	for i, f := range t.Fields() {
		members[i] = jsonMember{jsonNode: newJSONNode(f.Type, keep), name: f.Name, index: i}
	}
	return newJSONObject(members)
}

// newJSONRow returns the object that holds the columns of a row.
func newJSONRow(fields []field) *jsonObject {
	members := make([]jsonMember, len(fields))
	for i, f := range fields {
		members[i] = jsonMember{jsonNode: newJSONNode(f.Type, f.wanted), name: f.Name, index: f.index}
	}
	return newJSONObject(members)
}

// lookUp returns the member that a JSON member of that name fills: the one of
// exactly that name, else that of the name in upper case, else unknownMember.
func (o *jsonObject) lookUp(name []byte, scratch *[]byte) (member int, exact bool) {
	if m, ok := o.byName[string(name)]; ok {
		return m, true
	}
	*scratch = appendUpper((*scratch)[:0], name)
	if m, ok := o.byName[string(*scratch)]; ok {
		return m, false
	}
	return unknownMember, false
}

func appendUpper(dst, name []byte) []byte {
	for _, c := range name {
		switch {
		case c >= 0x80:
			return append(dst[:0], strings.ToUpper(string(name))...)
		case 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// guess returns the first guess at or after position k, wrapping around, whose
// literal stands at the start of src, and its position.
func (o *jsonObject) guess(k int, src []byte) (position int, ok bool) {
	for range len(o.guesses) {
		if k >= len(o.guesses) {
			k = 0
		}
		if o.guesses[k].matches(src, 0) {
			return k, true
		}
		k++
	}
	return 0, false
}

// matches reports whether the literal stands in src at i.
func (g *jsonGuess) matches(src []byte, i int) bool {
	end := i + len(g.literal)
	return end <= len(src) && string(src[i:end]) == g.literal
}

// learn inserts a guess at position k.
func (o *jsonObject) learn(k int, literal []byte, member int, exact bool) {
	if o.lessons == 0 || len(literal) > maxGuessLiteral {
		return
	}
	o.lessons--
	o.guesses = append(o.guesses, jsonGuess{})
	k = min(k, len(o.guesses)-1)
	copy(o.guesses[k+1:], o.guesses[k:])
	o.guesses[k] = jsonGuess{literal: string(literal), member: member, exact: exact}
}
