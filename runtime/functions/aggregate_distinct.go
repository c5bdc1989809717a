package functions

import (
	"encoding/binary"
	"math"
	"math/bits"
	"sort"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

func distinctCounts() []Function {
	return []Function{
		{
			Name: "COUNT_DISTINCT", Elsewhere: []string{"APPROX_COUNT_DISTINCT"}, Kind: expr.Aggregate,
			Doc: "Estimates how many different values a group has. NULLs are left out. Up to 256 values the number is exact; beyond, " +
				"it is that of a HyperLogLog sketch of 16384 registers, which is seldom more than 2 % off.",
			Args:      []Arg{{"val", "The values to count."}},
			Overloads: []Overload{aggregate("(val T) BIGINT", countDistinct)},
			Over:      []AggregateExample{{"COUNT_DISTINCT(x)", "x = 'a', 'b', NULL, 'a'", "CAST(2 AS BIGINT)"}},
		},
	}
}

// countDistinct binds COUNT_DISTINCT.
func countDistinct(*Binding, []data.Value) (Aggregation, error) {
	return Aggregation{
		State: types.Bytes, Initial: data.Bytes(nil),
		Add: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
			return data.Bytes(sketch(state.Raw()).with(env, hash(0, args[0]))), nil
		},
		Merge: func(env *Env, a, b data.Value) (data.Value, error) {
			return data.Bytes(sketch(a.Raw()).union(env, b.Raw())), nil
		},
		Map: func(_ *Env, state data.Value) (data.Value, error) {
			return data.Bigint(sketch(state.Raw()).estimate()), nil
		},
	}.skipNulls(), nil
}

// sketch is what is known of a set of values: their hashes, sorted and 8 bytes
// each, as long as these are few; else the registers of a HyperLogLog, a byte each. The
// two are told apart by their length. A sketch is never changed.
type sketch []byte

const (
	hashSize     = 8
	fewHashes    = 256
	registerBits = 14
	registers    = 1 << registerBits
)

// dense reports whether the sketch holds registers.
func (s sketch) dense() bool { return len(s) == registers }

// at returns hash i of a sketch that holds hashes.
func (s sketch) at(i int) uint64 { return binary.BigEndian.Uint64(s[i*hashSize:]) }

// with returns the sketch with one more hash: itself, if that changes nothing.
func (s sketch) with(env *Env, h uint64) sketch {
	if s.dense() {
		return s.ranked(env, h)
	}
	n := len(s) / hashSize
	i := sort.Search(n, func(i int) bool { return s.at(i) >= h })
	if i < n && s.at(i) == h {
		return s
	}
	if n == fewHashes {
		return s.registers(env).ranked(env, h)
	}
	wider := append(sketch(env.Arena.Bytes(len(s) + hashSize))[:0], s[:i*hashSize]...)
	wider = binary.BigEndian.AppendUint64(wider, h)
	return append(wider, s[i*hashSize:]...)
}

// registers returns hashes as registers.
func (s sketch) registers(env *Env) sketch {
	dense := sketch(env.Arena.Bytes(registers))
	clear(dense)
	for i := range len(s) / hashSize {
		register, rank := place(s.at(i))
		dense[register] = max(dense[register], rank)
	}
	return dense
}

// place returns the register of a hash, and its rank: how many bits come up to
// the first 1 behind those that name the register.
func place(h uint64) (register int, rank byte) {
	rest := h<<registerBits | 1<<(registerBits-1)
	return int(h >> (64 - registerBits)), byte(bits.LeadingZeros64(rest) + 1)
}

// ranked is with for registers.
func (s sketch) ranked(env *Env, h uint64) sketch {
	register, rank := place(h)
	if s[register] >= rank {
		return s
	}
	changed := sketch(env.Arena.Bytes(registers))
	copy(changed, s)
	changed[register] = rank
	return changed
}

// union returns what is known of both sets together.
func (s sketch) union(env *Env, t sketch) sketch {
	if s.dense() && t.dense() {
		joined := sketch(env.Arena.Bytes(registers))
		for i := range joined {
			joined[i] = max(s[i], t[i])
		}
		return joined
	}
	if t.dense() {
		s, t = t, s
	}
	for i := range len(t) / hashSize {
		s = s.with(env, t.at(i))
	}
	return s
}

// estimate returns about how many values there are.
func (s sketch) estimate() int64 {
	if !s.dense() {
		return int64(len(s) / hashSize)
	}
	const m = float64(registers)
	sum, empty := 0.0, 0
	for _, rank := range s {
		sum += math.Ldexp(1, -int(rank))
		if rank == 0 {
			empty++
		}
	}
	estimate := 0.7213 / (1 + 1.079/m) * m * m / sum
	if estimate <= 2.5*m && empty > 0 {
		// While many registers are empty, how many says more: linear counting.
		estimate = m * math.Log(m/float64(empty))
	}
	return int64(math.Round(estimate))
}
