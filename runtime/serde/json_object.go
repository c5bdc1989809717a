package serde

import (
	"slices"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file reads JSON objects whose members are columns of a row or fields of a STRUCT.

// object reads the object at i. Each member's value goes to the place in dst
// that its index says; a nil dst drops them all. What no member gives is NULL.
func (s *jsonScanner) object(i int, o *jsonObject, dst []data.Value) int {
	o.round += 2
	o.filled = 0
	i, more := s.enter(i, '}')
	for k := 0; more; {
		var member int
		var exact bool
		if k < len(o.guesses) && o.guesses[k].matches(s.src, i) {
			g := &o.guesses[k]
			member, exact = g.member, g.exact
			i += len(g.literal)
			k++
		} else if member, exact, i, k = s.member(i, o, k); i < 0 {
			return failed
		}
		if member == unknownMember {
			i = s.skip(i)
		} else {
			i = s.fill(i, o, member, exact, dst)
		}
		if i < 0 {
			return failed
		}
		if s.peek(i) == ',' {
			i++
		} else {
			i, more = s.more(i, '}')
		}
	}
	if o.filled < len(o.members) && dst != nil {
		o.clearUnseen(dst)
	}
	return s.leave(i)
}

// clearUnseen sets what the current object did not give to NULL.
func (o *jsonObject) clearUnseen(dst []data.Value) {
	for i := range o.members {
		if m := &o.members[i]; m.seen < o.round {
			dst[m.index] = data.Null
		}
	}
}

// member reads a member's name up to its value, where the guess at position k
// was wrong, and returns the position of the guess for the member after this one.
func (s *jsonScanner) member(i int, o *jsonObject, k int) (member int, exact bool, next, nextGuess int) {
	if k, ok := o.guess(k, s.src[i:]); ok {
		g := &o.guesses[k]
		return g.member, g.exact, i + len(g.literal), k + 1
	}
	name, next := s.name(i)
	if next < 0 {
		return unknownMember, false, failed, k
	}
	member, exact = o.lookUp(name, &s.upper)
	o.learn(k, s.src[i:next], member, exact)
	return member, exact, next, k + 1
}

// fill reads the value at i for a member of the object.
func (s *jsonScanner) fill(i int, o *jsonObject, member int, exact bool, dst []data.Value) int {
	m := &o.members[member]
	rank := o.round
	if exact {
		rank++
	}
	if m.seen > rank {
		return s.skip(i) // the exact name has come before
	}
	if m.seen < o.round {
		o.filled++
	}
	m.seen = rank
	depth := s.depth
	v, next := s.value(i, &m.jsonNode)
	if m.keep {
		dst[m.index] = v
	}
	if next < 0 {
		s.depth = depth
		if next = s.skipOverridden(i, o, member, exact); next < 0 {
			return s.step(jsonStep{name: m.name})
		}
	}
	if m.twin != unknownMember {
		return s.fill(i, o, m.twin, false, dst)
	}
	return next
}

// skipOverridden passes over a value that cannot be read, if a later member of
// the same object takes its place: only the member that counts has to be right.
func (s *jsonScanner) skipOverridden(i int, o *jsonObject, member int, exact bool) int {
	if s.fault.syntax {
		return failed
	}
	fault := s.fault
	fault.trail = slices.Clone(fault.trail)
	depth := s.depth
	behind := s.skip(i)
	for i = behind; i >= 0; {
		var name []byte
		more := false
		if i, more = s.more(i, '}'); !more {
			break
		}
		if name, i = s.name(i); i < 0 {
			break
		}
		m, e := o.lookUp(name, &s.upper)
		if m == member && (e || !exact) || m >= 0 && o.members[m].twin == member && !exact {
			return behind
		}
		i = s.skip(i)
	}
	s.fault, s.depth = fault, depth
	return failed
}
