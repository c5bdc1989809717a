package javamath

import "math"

// largestAngle is the largest angle that is reduced with twice the digits of a
// double; beyond, package math's accuracy has to do.
const largestAngle = 1 << 24

// Sin returns the sine of x, in radians.
func Sin(x float64) float64 {
	if !(math.Abs(x) < largestAngle) || math.Abs(x) < 1e-150 {
		return math.Sin(x)
	}
	r, quadrant := reduce(x)
	return quarterSin(r, quadrant).value()
}

// Cos returns the cosine of x, in radians.
func Cos(x float64) float64 {
	if !(math.Abs(x) < largestAngle) {
		return math.Cos(x)
	}
	r, quadrant := reduce(x)
	return quarterSin(r, quadrant+1).value()
}

// Tan returns the tangent of x, in radians.
func Tan(x float64) float64 {
	if !(math.Abs(x) < largestAngle) || math.Abs(x) < 1e-150 {
		return math.Tan(x)
	}
	r, quadrant := reduce(x)
	return quarterSin(r, quadrant).div(quarterSin(r, quadrant+1)).value()
}

// reduce returns x = r + quadrant × π/2 with |r| ≤ π/4.
func reduce(x float64) (r pair, quadrant int) {
	k := math.Round(x / halfPi.hi)
	r = pair{x, 0}.add(product(k, halfPi.hi).neg()).add(product(k, halfPi.lo).neg()).add(product(k, halfPiRest).neg())
	return r, int(k)
}

// quarterSin returns sin(r + quadrant × π/2).
func quarterSin(r pair, quadrant int) pair {
	s := alternating(quadrant&1^1, r)
	if quadrant&2 != 0 {
		return s.neg()
	}
	return s
}
