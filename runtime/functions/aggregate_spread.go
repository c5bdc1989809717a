package functions

import (
	"math"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds the statistics that are made of sums of DOUBLEs. The number
// of records is one of them: no group comes near 2^53.

// sumsType is the type of a state of sums.
func sumsType(names ...string) *types.Type {
	fields := make([]types.Field, len(names))
	for i, name := range names {
		fields[i] = types.Field{Name: name, Type: types.Double}
	}
	return types.StructOf(fields...)
}

// sumsValue returns a state of sums, which lies in the arena.
func sumsValue(env *Env, sums ...float64) data.Value {
	values := env.Arena.Values(len(sums))
	for i, s := range sums {
		values[i] = data.Double(s)
	}
	return data.Struct(values)
}

// numericOverloads is the overloads of a statistic of values that are all of one type of numbers.
func numericOverloads(params func(typ string) string, bind func(number func(data.Value) float64) Aggregation) []Overload {
	var list []Overload
	for _, typ := range []*types.Type{types.Int, types.Bigint, types.Double} {
		name := typ.String()
		if typ == types.Int {
			name = "INT"
		}
		list = append(list, aggregate(params(name)+" DOUBLE", func(*Binding, []data.Value) (Aggregation, error) {
			return bind(numberOf(typ)).skipNulls(), nil
		}))
	}
	return list
}

// spread is how far values lie apart, by the method of Youngs and Cramer,
// which loses few digits: m2 is the sum of the squares of their distances from the mean.
type spread struct{ count, sum, m2 float64 }

func readSpread(state data.Value) spread {
	s := state.Elems()
	return spread{s[0].Float64(), s[1].Float64(), s[2].Float64()}
}

func (s spread) value(env *Env) (data.Value, error) { return sumsValue(env, s.count, s.sum, s.m2), nil }

// share is what the last of the values that s is made of has added to m2.
func (s spread) share(x float64) float64 {
	if s.count < 2 {
		return 0
	}
	distance := s.count*x - s.sum
	return distance * distance / (s.count * (s.count - 1))
}

func (s spread) with(x float64) spread {
	s.count++
	s.sum += x
	s.m2 += s.share(x)
	return s
}

func (s spread) without(x float64) spread {
	m2 := max(0, s.m2-s.share(x))
	if s.count <= 2 {
		m2 = 0 // exactly: nothing is left of what was rounded
	}
	return spread{s.count - 1, s.sum - x, m2}
}

func (s spread) join(t spread) spread {
	joined := spread{s.count + t.count, s.sum + t.sum, s.m2 + t.m2}
	if s.count > 0 && t.count > 0 {
		distance := s.count*t.sum - t.count*s.sum
		joined.m2 += distance * distance / (s.count * t.count * joined.count)
	}
	return joined
}

// variance is that of a sample.
func (s spread) variance() float64 {
	if s.count < 2 {
		return 0
	}
	return s.m2 / (s.count - 1)
}

// deviation is the overloads of a function of the variance.
func deviation(of func(variance float64) float64) []Overload {
	return numericOverloads(
		func(typ string) string { return "(val " + typ + ")" },
		func(number func(data.Value) float64) Aggregation {
			return Aggregation{
				State:   sumsType("COUNT", "SUM", "M2"),
				Initial: data.Struct([]data.Value{data.Double(0), data.Double(0), data.Double(0)}),
				Add: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
					return readSpread(state).with(number(args[0])).value(env)
				},
				Undo: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
					return readSpread(state).without(number(args[0])).value(env)
				},
				Merge: func(env *Env, a, b data.Value) (data.Value, error) {
					return readSpread(a).join(readSpread(b)).value(env)
				},
				Map: func(_ *Env, state data.Value) (data.Value, error) {
					return data.Double(of(readSpread(state).variance())), nil
				},
			}
		})
}

// moments is the sums that a correlation is made of.
type moments struct{ count, x, y, xx, yy, xy float64 }

func readMoments(state data.Value) moments {
	s := state.Elems()
	return moments{s[0].Float64(), s[1].Float64(), s[2].Float64(), s[3].Float64(), s[4].Float64(), s[5].Float64()}
}

// plus returns the sums of both, for a sign of -1 the difference.
func (m moments) plus(n moments, sign float64) moments {
	return moments{
		m.count + sign*n.count, m.x + sign*n.x, m.y + sign*n.y,
		m.xx + sign*n.xx, m.yy + sign*n.yy, m.xy + sign*n.xy,
	}
}

func (m moments) value(env *Env) (data.Value, error) {
	return sumsValue(env, m.count, m.x, m.y, m.xx, m.yy, m.xy), nil
}

// correlation is Pearson's coefficient, NaN where a column does not vary.
func (m moments) correlation() float64 {
	x, y := m.count*m.xx-m.x*m.x, m.count*m.yy-m.y*m.y
	if x <= 0 || y <= 0 {
		return math.NaN()
	}
	return (m.count*m.xy - m.x*m.y) / math.Sqrt(x*y)
}

// correlations is the overloads of CORRELATION.
func correlations() []Overload {
	return numericOverloads(
		func(typ string) string { return "(x " + typ + ", y " + typ + ")" },
		func(number func(data.Value) float64) Aggregation {
			pair := func(args []data.Value) moments {
				x, y := number(args[0]), number(args[1])
				return moments{1, x, y, x * x, y * y, x * y}
			}
			zero := make([]data.Value, 6)
			for i := range zero {
				zero[i] = data.Double(0)
			}
			return Aggregation{
				State:   sumsType("COUNT", "X", "Y", "XX", "YY", "XY"),
				Initial: data.Struct(zero),
				Add: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
					return readMoments(state).plus(pair(args), 1).value(env)
				},
				Undo: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
					return readMoments(state).plus(pair(args), -1).value(env)
				},
				Merge: func(env *Env, a, b data.Value) (data.Value, error) {
					return readMoments(a).plus(readMoments(b), 1).value(env)
				},
				Map: func(_ *Env, state data.Value) (data.Value, error) {
					return data.Double(readMoments(state).correlation()), nil
				},
			}
		})
}
