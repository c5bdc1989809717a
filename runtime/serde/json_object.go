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
		var m *jsonMember
		var exact uint64
		if k < len(o.guesses) && o.guesses[k].matchesShort(s.src, i) {
			g := &o.guesses[k]
			m, exact = g.member, g.exact
			i += len(g.literal)
			k++
		} else if m, exact, i, k = s.member(i, o, k); i < 0 {
			return s.leave(failed)
		}
		switch {
		case m == nil:
			i = s.skip(i)
		case m.seen < o.round && m.twin == nil:
			m.seen = o.round + exact
			o.filled++
			v, end := m.read(s, i, &m.jsonNode)
			if end < 0 {
				end = s.salvage(i, o, m, exact, dst)
			} else if m.keep {
				dst[m.index] = v
			}
			i = end
		default:
			i = s.fillAgain(i, o, m, exact, dst)
		}
		if i < 0 {
			return s.leave(failed)
		}
		if s.peek(i) == ',' {
			i++
		} else {
			i, more = s.more(i, '}')
		}
	}
	if o.filled < len(o.members) {
		if o.strict && i >= 0 && s.lacking(o) {
			return s.leave(failed)
		}
		if dst != nil {
			o.clearUnseen(dst)
		}
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
func (s *jsonScanner) member(i int, o *jsonObject, k int) (m *jsonMember, exact uint64, next, nextGuess int) {
	if g, next := o.guess(k, s.src, i); g != nil {
		return g.member, g.exact, i + len(g.literal), next
	}
	name, next := s.name(i)
	if next < 0 {
		return nil, 0, failed, k
	}
	m, exact = o.lookUp(name, &s.upper)
	return m, exact, next, o.learn(k, s.src[i:next], m, exact)
}

// fillAgain reads the value at i for a member that has got one before, or that
// has a twin.
func (s *jsonScanner) fillAgain(i int, o *jsonObject, m *jsonMember, exact uint64, dst []data.Value) int {
	if m.seen > o.round+exact {
		return s.skip(i) // the exact name has come before
	}
	if m.seen < o.round {
		o.filled++
	}
	m.seen = o.round + exact
	v, end := m.read(s, i, &m.jsonNode)
	if end < 0 {
		end = s.salvage(i, o, m, exact, dst)
	} else if m.keep {
		dst[m.index] = v
	}
	if end >= 0 && m.twin != nil {
		return s.fillAgain(i, o, m.twin, 0, dst)
	}
	return end
}

// salvage passes over a value at i that could not be read, if a later member of
// the same object takes its place: only the member that counts has to be right. It
// passes over one that is forgiven too.
func (s *jsonScanner) salvage(i int, o *jsonObject, bad *jsonMember, exact uint64, dst []data.Value) int {
	s.inMember(bad.name)
	if s.fault.syntax {
		return failed
	}
	fault := s.fault
	fault.trail = slices.Clone(fault.trail)
	start := s.space(i)
	behind := s.skip(start)
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
		if m == bad && e >= exact || m != nil && m.twin == bad && exact == 0 {
			return behind
		}
		i = s.skip(i)
	}
	s.fault = fault
	if behind < 0 || !s.fault.forgives(int64(start)) {
		return failed
	}
	if bad.keep {
		dst[bad.index] = data.Null
	}
	return behind
}
