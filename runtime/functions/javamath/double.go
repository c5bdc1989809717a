package javamath

import "math"

// pair is a number of about 106 bits: the sum of two doubles, of which lo is
// less than half a unit in the last place of hi. T. J. Dekker, A floating-point
// technique for extending the available precision, 1971.
type pair struct{ hi, lo float64 }

// sum returns a+b exactly.
func sum(a, b float64) pair {
	s := a + b
	t := s - a
	return pair{s, (a - (s - t)) + (b - t)}
}

// product returns a×b exactly.
func product(a, b float64) pair {
	p := a * b
	return pair{p, math.FMA(a, b, -p)}
}

func (a pair) add(b pair) pair {
	s, t := sum(a.hi, b.hi), sum(a.lo, b.lo)
	s = sum(s.hi, s.lo+t.hi)
	return sum(s.hi, s.lo+t.lo)
}

func (a pair) mul(b pair) pair {
	p := product(a.hi, b.hi)
	return sum(p.hi, p.lo+(a.hi*b.lo+a.lo*b.hi))
}

func (a pair) scale(f float64) pair { return a.mul(pair{f, 0}) }

func (a pair) neg() pair { return pair{-a.hi, -a.lo} }

// div divides by long division with three digits, each of which is a double.
func (a pair) div(b pair) pair {
	q := a.hi / b.hi
	r := a.add(b.scale(q).neg())
	q2 := r.hi / b.hi
	r = r.add(b.scale(q2).neg())
	return sum(q, q2).add(pair{r.hi / b.hi, 0})
}

// times2 returns a×2^n for small n.
func (a pair) times2(n int) pair { return pair{math.Ldexp(a.hi, n), math.Ldexp(a.lo, n)} }

// value returns the double nearest to a.
func (a pair) value() float64 { return a.hi + a.lo }

var (
	ln2 = pair{0.6931471805599453, 2.3190468138462996e-17}

	// Three doubles that add up to π/2.
	halfPi     = pair{1.5707963267948966, 6.123233995736766e-17}
	halfPiRest = -1.4973849048591833e-33

	one = pair{1, 0}
)

// inverseFactorials are 1/k!.
var inverseFactorials = func() (inverse [26]pair) {
	inverse[0] = one
	for k := 1; k < len(inverse); k++ {
		inverse[k] = inverse[k-1].div(pair{float64(k), 0})
	}
	return inverse
}()

// alternating returns Σ ± x^k/k! over every second k from first on, 0 or 1, for
// |x| < 1. The terms behind the fourth are too small to need two doubles.
func alternating(first int, x pair) pair {
	square := x.mul(x).neg()
	tail := 0.0
	for k := first + 24; k >= first+8; k -= 2 {
		tail = tail*square.hi + inverseFactorials[k].hi
	}
	total := pair{tail, 0}
	for k := first + 6; k >= first; k -= 2 {
		total = total.mul(square).add(inverseFactorials[k])
	}
	if first == 1 {
		return total.mul(x)
	}
	return total
}
