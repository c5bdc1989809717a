package javamath

import "math"

// This file follows fdlibm's e_sinh.c, e_cosh.c, s_tanh.c, e_exp.c and s_cbrt.c:
//
//	Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
//	Developed at SunSoft, a Sun Microsystems, Inc. business.
//	Permission to use, copy, modify, and distribute this software is freely
//	granted, provided that this notice is preserved.

// largestExponent is the largest number whose Exp is finite.
const largestExponent = 709.7827128933840

// largestResult is the largest number whose Sinh and Cosh are finite.
const largestResult = 710.4758600739439

// Sinh returns the hyperbolic sine of x.
func Sinh(x float64) float64 {
	a, half := math.Abs(x), math.Copysign(0.5, x)
	switch {
	case !(a >= 0x1p-28):
		return x
	case a < 1:
		t := math.Expm1(a)
		return half * (2*t - t*t/(t+1))
	case a < 22:
		t := math.Expm1(a)
		return half * (t + t/(t+1))
	case a < largestExponent:
		return half * strictExp(a)
	case a > largestResult:
		return math.Inf(int(math.Copysign(1, x)))
	}
	w := strictExp(0.5 * a)
	return half * w * w
}

// Cosh returns the hyperbolic cosine of x.
func Cosh(x float64) float64 {
	a := math.Abs(x)
	switch {
	case math.IsNaN(x):
		return x
	case a < 0.5*math.Ln2:
		t := math.Expm1(a)
		w := 1 + t
		if a < 0x1p-55 {
			return w
		}
		return 1 + t*t/(w+w)
	case a < 22:
		t := strictExp(a)
		return 0.5*t + 0.5/t
	case a < largestExponent:
		return 0.5 * strictExp(a)
	case a > largestResult:
		return math.Inf(1)
	}
	w := strictExp(0.5 * a)
	return 0.5 * w * w
}

// Tanh returns the hyperbolic tangent of x.
func Tanh(x float64) float64 {
	a := math.Abs(x)
	z := 1.0
	switch {
	case math.IsNaN(x) || a < 0x1p-55:
		return x
	case a < 1:
		t := math.Expm1(-2 * a)
		z = -t / (t + 2)
	case a < 22:
		z = 1 - 2/(math.Expm1(2*a)+2)
	}
	return math.Copysign(z, x)
}

// strictExp is fdlibm's e^x, which is not the nearest double as often as [Exp]
// is, for x > 0.34.
func strictExp(x float64) float64 {
	k := 1.0
	if x >= 1.5*math.Ln2 {
		k = math.Trunc(1.44269504088896338700*x + 0.5)
	}
	hi, low := x-k*6.93147180369123816490e-01, k*1.90821492927058770002e-10
	x = hi - low
	t := x * x
	c := x - t*(1.66666666666666019037e-01+t*(-2.77777777770155933842e-03+
		t*(6.61375632143793436117e-05+t*(-1.65339022054652515390e-06+t*4.13813679705723846039e-08))))
	return math.Ldexp(1-((low-(x*c)/(2-c))-hi), int(k))
}

// Cbrt returns the cube root of x.
func Cbrt(x float64) float64 {
	a := math.Abs(x)
	if a == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	t := math.Float64frombits((math.Float64bits(a)>>32/3 + 715094163) << 32)
	if a < 0x1p-1022 {
		t = math.Float64frombits((math.Float64bits(a*0x1p54)>>32/3 + 696219795) << 32)
	}
	// To 23 bits,
	r := t * t / a
	s := 5.42857142857142815906e-01 + r*t
	t *= 3.57142857142857150787e-01 + 1.60714285714285720630e+00/(s+1.41428571428571436819e+00+-7.05306122448979611050e-01/s)
	// to 20 bits and larger than the root,
	t = math.Float64frombits((math.Float64bits(t)>>32 + 1) << 32)
	// and to 53 bits by one step of Newton's.
	r = a / (t * t)
	r = (r - t) / (t + t + r)
	return math.Copysign(t+t*r, x)
}
