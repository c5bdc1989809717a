package javamath

import "math"

// This file follows fdlibm's e_asin.c, e_acos.c, s_atan.c and e_atan2.c:
//
//	Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
//	Developed at SunSoft, a Sun Microsystems, Inc. business.
//	Permission to use, copy, modify, and distribute this software is freely
//	granted, provided that this notice is preserved.

const (
	piLow     = 1.2246467991473531772e-16
	halfPiHi  = 1.57079632679489655800e+00
	halfPiLow = 6.12323399573676603587e-17
)

// arcRational approximates (asin(x)-x)/x³ × x², given x².
func arcRational(t float64) float64 {
	p := t * (1.66666666666666657415e-01 + t*(-3.25565818622400915405e-01+t*(2.01212532134862925881e-01+
		t*(-4.00555345006794114027e-02+t*(7.91534994289814532176e-04+t*3.47933107596021167570e-05)))))
	q := 1 + t*(-2.40339491173441421878e+00+t*(2.02094576023350569471e+00+
		t*(-6.88283971605453293030e-01+t*7.70381505559019352791e-02)))
	return p / q
}

// chop returns x without the lower half of its digits.
func chop(x float64) float64 { return math.Float64frombits(math.Float64bits(x) &^ 0xffffffff) }

// Asin returns the arc sine of x, NaN beyond ±1.
func Asin(x float64) float64 {
	a := math.Abs(x)
	switch {
	case !(a <= 1):
		return math.NaN()
	case a == 1:
		return x*halfPiHi + x*halfPiLow
	case a < 0x1p-27:
		return x
	case a < 0.5:
		return x + x*arcRational(x*x)
	}
	t := (1 - a) * 0.5
	r := arcRational(t)
	s := math.Sqrt(t)
	if math.Float64bits(a)>>32 >= 0x3FEF3333 { // a > 0.975
		t = halfPiHi - (2*(s+s*r) - halfPiLow)
		return math.Copysign(t, x)
	}
	w := chop(s)
	c := (t - w*w) / (s + w)
	p := 2*s*r - (halfPiLow - 2*c)
	q := math.Pi/4 - 2*w
	return math.Copysign(math.Pi/4-(p-q), x)
}

// Acos returns the arc cosine of x, NaN beyond ±1.
func Acos(x float64) float64 {
	a := math.Abs(x)
	switch {
	case !(a <= 1):
		return math.NaN()
	case x == 1:
		return 0
	case x == -1:
		return math.Pi
	case a < 0x1p-57:
		return halfPiHi + halfPiLow
	case a < 0.5:
		return halfPiHi - (x - (halfPiLow - x*arcRational(x*x)))
	case x < 0:
		z := (1 + x) * 0.5
		s := math.Sqrt(z)
		w := arcRational(z)*s - halfPiLow
		return math.Pi - 2*(s+w)
	}
	z := (1 - x) * 0.5
	s := math.Sqrt(z)
	w := chop(s)
	c := (z - w*w) / (s + w)
	return 2 * (w + (arcRational(z)*s + c))
}

// Atan returns the arc tangent of x.
func Atan(x float64) float64 {
	a := math.Abs(x)
	switch {
	case math.IsNaN(x):
		return x
	case a >= 0x1p66:
		return math.Copysign(halfPiHi+halfPiLow, x)
	case a < 0x1p-29:
		return x
	case a < 0.4375:
		return x - x*atanPolynomial(x)
	}
	var t, hi, low float64
	switch {
	case a < 0.6875:
		t, hi, low = (2*a-1)/(2+a), 4.63647609000806093515e-01, 2.26987774529616870924e-17
	case a < 1.1875:
		t, hi, low = (a-1)/(a+1), 7.85398163397448278999e-01, 3.06161699786838301793e-17
	case a < 2.4375:
		t, hi, low = (a-1.5)/(1+1.5*a), 9.82793723247329054082e-01, 1.39033110312309984516e-17
	default:
		t, hi, low = -1/a, halfPiHi, halfPiLow
	}
	return math.Copysign(hi-((t*atanPolynomial(t)-low)-t), x)
}

func atanPolynomial(x float64) float64 {
	z := x * x
	w := z * z
	odd := z * (3.33333333333329318027e-01 + w*(1.42857142725034663711e-01+w*(9.09088713343650656196e-02+
		w*(6.66107313738753120669e-02+w*(4.97687799461593236017e-02+w*1.62858201153657823623e-02)))))
	even := w * (-1.99999999998764832476e-01 + w*(-1.11111104054623557880e-01+w*(-7.69187620504482999495e-02+
		w*(-5.83357013379057348645e-02+w*-3.65315727442169155270e-02))))
	return odd + even
}

// Atan2 returns the angle of the point (x, y).
func Atan2(y, x float64) float64 {
	if x == 0 || y == 0 || math.IsNaN(x) || math.IsNaN(y) || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return math.Atan2(y, x)
	}
	z := 0.0
	switch k := math.Ilogb(y) - math.Ilogb(x); {
	case k > 60:
		z = halfPiHi + 0.5*piLow
	case x > 0 || k >= -60:
		z = Atan(math.Abs(y / x))
	}
	if x < 0 && math.Ilogb(y)-math.Ilogb(x) <= 60 {
		z = math.Pi - (z - piLow)
	}
	return math.Copysign(z, y)
}
