package javamath

import "math"

// Exp returns e^x.
func Exp(x float64) float64 {
	if math.IsNaN(x) || x > 709.7 || x < -708 {
		return math.Exp(x) // infinite, or of fewer digits than usual
	}
	return expPair(pair{x, 0}).value()
}

// expPair returns e^x, for results that are normal doubles.
func expPair(x pair) pair {
	k := math.Round(x.hi / ln2.hi)
	r := x.add(product(k, ln2.hi).neg()).add(product(k, ln2.lo).neg())
	const halvings = 4
	r = r.times2(-halvings)
	tail := 0.0 // of the series for e^r - 1: terms too small to need two doubles
	for i := 12; i > 4; i-- {
		tail = tail*r.hi + inverseFactorials[i].hi
	}
	s := pair{tail, 0}
	for i := 4; i > 0; i-- {
		s = s.mul(r).add(inverseFactorials[i])
	}
	s = s.mul(r)
	for range halvings { // from e^r - 1 to e^2r - 1
		s = s.times2(1).add(s.mul(s))
	}
	return s.add(one).times2(int(k))
}

// Log returns the natural logarithm of x: -Inf of 0, NaN of a negative number.
func Log(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 1) {
		return math.Log(x)
	}
	return logPair(x).value()
}

// logPair returns the natural logarithm of a positive number.
func logPair(x float64) pair {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	exponent := product(float64(e), ln2.hi).add(product(float64(e), ln2.lo))
	if f := m - 1; math.Abs(f) < 1e-4 {
		return exponent.add(logNearOne(f))
	}
	guess := math.Log(m)
	rest := expPair(pair{-guess, 0}).scale(m).add(pair{-1, 0})
	square := rest.mul(rest).scale(0.5)
	return exponent.add(pair{guess, 0}.add(rest).add(square.neg()))
}

// logNearOne returns log(1+f) for small f.
func logNearOne(f float64) pair {
	total, power := pair{f, 0}, pair{f, 0}
	for i := 2; i <= 9; i++ {
		power = power.scale(-f)
		total = total.add(power.div(pair{float64(i), 0}))
	}
	return total
}

// Pow returns x^y; it is NaN for a NaN y, and for ±1 to an infinite power.
func Pow(x, y float64) float64 {
	switch {
	case math.IsNaN(y) || math.Abs(x) == 1 && math.IsInf(y, 0):
		return math.NaN()
	case x == 0 || y == 0 || math.IsNaN(x) || math.IsInf(x, 0) || math.IsInf(y, 0) || x < 0 && y != math.Trunc(y):
		return math.Pow(x, y)
	}
	p := logPair(math.Abs(x)).scale(y)
	if p.hi > 709.7 || p.hi < -708 {
		return math.Pow(x, y)
	}
	result := expPair(p).value()
	if x < 0 && math.Mod(y, 2) != 0 {
		return -result
	}
	return result
}
