package serde

import (
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// This file compiles types into what the JSON reader follows: a tree of nodes,
// one for each column, field and element, made once per decoder.

// jsonNode says how to read one JSON value. A node of KindNull reads any value
// and keeps nothing of it.
type jsonNode struct {
	scalar
	read   jsonReader
	elem   *jsonNode       // elements of an ARRAY, values of a MAP
	object *jsonObject     // fields of a STRUCT
	keep   bool            // false: check the value, but hand nothing out
	strict *jsonStrictness // what the writer's schema demands, if read is strictly
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
	n.read = jsonReaders[n.kind]
	return n
}

// jsonObject says how to read the members of a JSON object into columns or
// fields. It remembers in which order members came, so that the next object is
// read by comparing bytes instead of looking up names.
type jsonObject struct {
	members []jsonMember
	byName  map[string]*jsonMember
	guesses []jsonGuess // in the order seen
	lessons int         // how many more guesses may be learned
	// round grows by two for each object read; see jsonMember.seen.
	round  uint64
	filled int  // how many members have got a value in this round
	strict bool // some members are required
}

// jsonMember is a column or field that a member of the object fills.
type jsonMember struct {
	jsonNode
	name  string
	index int // in the row or the struct
	// required members have to be there; only where a schema of the writer says so.
	required bool
	// twin is the member whose name is this one's in upper case, or nil: with the
	// columns `id` and ID, {"id": 1} fills both.
	twin *jsonMember
	// seen tells what this object has given the member so far: less than the
	// object's round is nothing, round a value by the upper-cased name, round+1 one
	// by the exact name, which nothing but the exact name may replace.
	seen uint64
}

// jsonGuess is the text before a value, from behind the brace or comma to the
// last blank after the colon, and the member that the value is for.
type jsonGuess struct {
	literal string
	// head and tail are the first and the last eight bytes of a literal that has 8
	// to 16, or both the whole of a shorter one; mask covers those that count.
	head, tail, mask uint64
	tailAt           int
	member           *jsonMember // nil if nobody knows the name
	exact            uint64      // 1 for the member's exact name, else 0
}

const (
	maxGuesses      = 256 // an object's unknown members shall not fill the memory
	maxGuessLiteral = 256 // bytes
)

func newJSONObject(members []jsonMember) *jsonObject {
	o := &jsonObject{members: members, byName: make(map[string]*jsonMember, len(members)), lessons: maxGuesses}
	for i := range members {
		o.byName[members[i].name] = &members[i]
	}
	for i := range members {
		m := &members[i]
		if twin := o.byName[strings.ToUpper(m.name)]; twin != m {
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

// lookUp returns the member that a JSON member of that name fills, and 1 for
// exact if it is the one of exactly that name, 0 if the one of the name in upper
// case. The member is nil if there is neither.
func (o *jsonObject) lookUp(name []byte, scratch *[]byte) (m *jsonMember, exact uint64) {
	if m := o.byName[string(name)]; m != nil {
		return m, 1
	}
	*scratch = appendUpper((*scratch)[:0], name)
	return o.byName[string(*scratch)], 0
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

// guess returns the first of the next guesses from position k on, wrapping
// around, whose literal stands in src at i, and the position after its own. It
// looks at a few only: with many, looking up the name is faster.
func (o *jsonObject) guess(k int, src []byte, i int) (g *jsonGuess, next int) {
	for range min(len(o.guesses), 8) {
		if k >= len(o.guesses) {
			k = 0
		}
		if g = &o.guesses[k]; g.matches(src, i) {
			return g, k + 1
		}
		k++
	}
	return nil, 0
}

// matches reports whether the literal stands in src at i.
func (g *jsonGuess) matches(src []byte, i int) bool {
	end := i + len(g.literal)
	return end <= len(src) && string(src[i:end]) == g.literal
}

// matchesShort is matches for literals of at most 16 bytes. It is small enough
// to be inlined; a false may be wrong for long literals and near the end of src.
func (g *jsonGuess) matchesShort(src []byte, i int) bool {
	return i+g.tailAt+8 <= len(src) &&
		load64(src, i)&g.mask == g.head && load64(src, i+g.tailAt)&g.mask == g.tail
}

func newJSONGuess(literal string, m *jsonMember, exact uint64) jsonGuess {
	g := jsonGuess{literal: literal, member: m, exact: exact}
	if len(literal) > 16 {
		g.head = 1 // with an empty mask, nothing matches
		return g
	}
	var padded [16]byte
	copy(padded[:], literal)
	g.mask = 1<<(8*min(len(literal), 8)) - 1
	g.tailAt = max(len(literal), 8) - 8
	g.head, g.tail = load64(padded[:], 0), load64(padded[:], g.tailAt)
	return g
}

// learn inserts a guess at position k and returns the position after it, or k
// if enough has been learned.
func (o *jsonObject) learn(k int, literal []byte, m *jsonMember, exact uint64) (next int) {
	if o.lessons == 0 || len(literal) > maxGuessLiteral {
		return k
	}
	o.lessons--
	k = min(k, len(o.guesses))
	o.guesses = slices.Insert(o.guesses, k, newJSONGuess(string(literal), m, exact))
	return k + 1
}
