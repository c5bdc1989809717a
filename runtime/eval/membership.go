package eval

import (
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// in compiles a list: constants are looked up in a set, the others compared
// one by one. NULL never matches.
func (c *compiler) in(e *expr.In) (Predicate, error) {
	operand, err := c.program(e.Operand)
	if err != nil {
		return nil, err
	}
	constants := newSet(e.Operand.Type().Kind())
	var others []Program
	for _, item := range e.List {
		if literal, ok := item.(*expr.Literal); ok {
			constants.add(Literal(literal))
			continue
		}
		p, err := c.program(item)
		if err != nil {
			return nil, err
		}
		others = append(others, p)
	}
	found := func(f *Frame) (bool, error) {
		v, err := operand(f)
		if err != nil || v.IsNull() {
			return false, err
		}
		if constants.has(v) {
			return true, nil
		}
		return anyEqual(f, v, others)
	}
	return negated(found, e.Not), nil
}

// anyEqual compares a value with one computed after the other; v is not NULL, so
// NULLs never match.
func anyEqual(f *Frame, v data.Value, programs []Program) (bool, error) {
	for _, p := range programs {
		item, err := p(f)
		if err != nil {
			return false, err
		}
		if data.Equal(v, item) {
			return true, nil
		}
	}
	return false, nil
}

// set is values of one kind, none of them NULL.
type set struct {
	kind  types.Kind
	whole map[int64]struct{}
	texts map[string]struct{}
	list  []data.Value // of kinds without a map
}

// newSet returns an empty set.
func newSet(kind types.Kind) *set {
	return &set{kind: kind, whole: map[int64]struct{}{}, texts: map[string]struct{}{}}
}

// add puts a value into the set; NULL is left out.
func (s *set) add(v data.Value) {
	switch {
	case v.IsNull():
	case s.isWhole():
		s.whole[v.Int64()] = struct{}{}
	case s.kind == types.KindString:
		s.texts[v.Text()] = struct{}{}
	default:
		s.list = append(s.list, v)
	}
}

// isWhole reports whether the values are held as whole numbers.
func (s *set) isWhole() bool {
	return s.kind == types.KindInt || s.kind == types.KindBigint || s.kind == types.KindBoolean || s.kind.Temporal()
}

// has reports whether a value that is not NULL is in the set.
func (s *set) has(v data.Value) bool {
	switch {
	case s.isWhole():
		_, found := s.whole[v.Int64()]
		return found
	case s.kind == types.KindString:
		_, found := s.texts[v.Text()]
		return found
	}
	for _, item := range s.list {
		if data.Equal(v, item) {
			return true
		}
	}
	return false
}
