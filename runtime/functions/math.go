package functions

import (
	"math"
	"math/rand/v2"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/functions/javamath"
)

// This file holds the functions of one and two numbers whose result is a
// DOUBLE. They take INT and BIGINT as they are; a DECIMAL is cast.

// ofNumber is the overloads of a function of one number.
func ofNumber(f func(float64) float64) []Overload {
	return []Overload{
		fn1("(value INT) DOUBLE", func(x int32) float64 { return f(float64(x)) }),
		fn1("(value BIGINT) DOUBLE", func(x int64) float64 { return f(float64(x)) }),
		fn1("(value DOUBLE) DOUBLE", f),
	}
}

// ofNumbers is the overloads of a function of two numbers of those names.
func ofNumbers(a, b string, f func(a, b float64) float64) []Overload {
	return []Overload{
		fn2("("+a+" INT, "+b+" INT) DOUBLE", func(x, y int32) float64 { return f(float64(x), float64(y)) }),
		fn2("("+a+" BIGINT, "+b+" BIGINT) DOUBLE", func(x, y int64) float64 { return f(float64(x), float64(y)) }),
		fn2("("+a+" DOUBLE, "+b+" DOUBLE) DOUBLE", f),
	}
}

func trigonometry() []Function {
	angle := []Arg{{"value", "The angle in radians."}}
	value := []Arg{{"value", "The number."}}
	return []Function{
		{
			Name: "SIN", Doc: "Returns the sine of an angle.", Args: angle, Overloads: ofNumber(javamath.Sin),
			Examples: []Example{{"SIN(0)", "0e0"}},
		},
		{
			Name: "COS", Doc: "Returns the cosine of an angle.", Args: angle, Overloads: ofNumber(javamath.Cos),
			Examples: []Example{{"COS(0)", "1e0"}},
		},
		{
			Name: "TAN", Doc: "Returns the tangent of an angle.", Args: angle, Overloads: ofNumber(javamath.Tan),
			Examples: []Example{{"TAN(0)", "0e0"}},
		},
		{
			Name: "COT", Doc: "Returns the cotangent of an angle, Infinity for 0.", Args: angle,
			Overloads: ofNumber(func(x float64) float64 { return 1 / javamath.Tan(x) }),
			Examples:  []Example{{"COT(0)", "Infinity"}, {"ROUND(COT(1), 10)", "0.6420926159e0"}},
		},
		{
			Name: "ASIN", Doc: "Returns the arc sine of a number in radians, NaN if it is not from -1 to 1.", Args: value,
			Overloads: ofNumber(javamath.Asin), Examples: []Example{{"ASIN(0)", "0e0"}, {"ASIN(2)", "NaN"}},
		},
		{
			Name: "ACOS", Doc: "Returns the arc cosine of a number in radians, NaN if it is not from -1 to 1.", Args: value,
			Overloads: ofNumber(javamath.Acos), Examples: []Example{{"ACOS(1)", "0e0"}, {"ACOS(-2)", "NaN"}},
		},
		{
			Name: "ATAN", Doc: "Returns the arc tangent of a number in radians.", Args: value,
			Overloads: ofNumber(javamath.Atan), Examples: []Example{{"ATAN(0)", "0e0"}},
		},
		{
			Name: "ATAN2", Doc: "Returns the angle of a point seen from the origin, in radians from -π to π. Note the order of the coordinates.",
			Args:      []Arg{{"y", "The second coordinate."}, {"x", "The first coordinate."}},
			Overloads: ofNumbers("y", "x", javamath.Atan2), Examples: []Example{{"DEGREES(ATAN2(0, -1))", "180e0"}},
		},
		{
			Name: "SINH", Doc: "Returns the hyperbolic sine of a number.", Args: value,
			Overloads: ofNumber(javamath.Sinh), Examples: []Example{{"SINH(0)", "0e0"}},
		},
		{
			Name: "COSH", Doc: "Returns the hyperbolic cosine of a number.", Args: value,
			Overloads: ofNumber(javamath.Cosh), Examples: []Example{{"COSH(0)", "1e0"}},
		},
		{
			Name: "TANH", Doc: "Returns the hyperbolic tangent of a number.", Args: value,
			Overloads: ofNumber(javamath.Tanh), Examples: []Example{{"TANH(0)", "0e0"}},
		},
		{
			Name: "DEGREES", Doc: "Converts an angle from radians to degrees.", Args: angle,
			Overloads: ofNumber(degrees),
			Examples:  []Example{{"DEGREES(PI())", "180e0"}},
		},
		{
			Name: "RADIANS", Doc: "Converts an angle from degrees to radians.", Args: []Arg{{"value", "The angle in degrees."}},
			Overloads: ofNumber(radians),
			Examples:  []Example{{"RADIANS(180)", "PI()"}},
		},
	}
}

// degrees and radians multiply by one constant, as Java does.
func degrees(angle float64) float64 { return angle * (180 / math.Pi) }

func radians(angle float64) float64 { return angle * (math.Pi / 180) }

func powersAndLogarithms() []Function {
	value := []Arg{{"value", "The number."}}
	return []Function{
		{
			Name: "CBRT", Doc: "Returns the cube root of a number.", Args: value,
			Overloads: ofNumber(javamath.Cbrt), Examples: []Example{{"CBRT(-27)", "-3e0"}},
		},
		{
			Name: "SQRT", Doc: "Returns the square root of a number, NaN if it is negative.", Args: value,
			Overloads: ofNumber(math.Sqrt), Examples: []Example{{"SQRT(2.25)", "1.5e0"}, {"SQRT(-1)", "NaN"}},
		},
		{
			Name: "EXP", Doc: "Returns Euler's number raised to a power.", Args: []Arg{{"value", "The exponent."}},
			Overloads: ofNumber(javamath.Exp), Examples: []Example{{"EXP(0)", "1e0"}},
		},
		{
			Name: "LN", Doc: "Returns the natural logarithm of a number: -Infinity of 0, NaN of a negative number.", Args: value,
			Overloads: ofNumber(javamath.Log), Examples: []Example{{"LN(1)", "0e0"}, {"LN(-1)", "NaN"}},
		},
		{
			Name: "LOG", Doc: "Returns the logarithm of a number to a base, NaN if the base is 1 or not positive. " +
				"Without a base it is the natural logarithm: ksqlDB documents base 10, but computes that.",
			Args:      []Arg{{"base", "The base."}, {"value", "The number."}},
			Overloads: overloads(ofNumber(javamath.Log), ofNumbers("base", "value", logarithm)),
			Examples:  []Example{{"LOG(1)", "0e0"}, {"LOG(2, 8)", "3e0"}, {"LOG(1, 8)", "NaN"}},
		},
		{
			Name: "POWER", Elsewhere: []string{"POW"}, Doc: "Returns a number raised to a power; 0 to the power of 0 is 1.",
			Args:      []Arg{{"base", "The number."}, {"exponent", "The power."}},
			Overloads: ofNumbers("base", "exponent", javamath.Pow),
			Examples:  []Example{{"POWER(2, 10)", "1024e0"}, {"POWER(4, -1)", "0.25e0"}},
		},
		{
			Name: "PI", Doc: "Returns π.",
			Overloads: []Overload{call("() DOUBLE", func(*Env, []data.Value) (data.Value, error) { return data.Double(math.Pi), nil })},
			Examples:  []Example{{"ROUND(PI(), 4)", "3.1416e0"}},
		},
		{
			Name: "RANDOM", Elsewhere: []string{"RAND"}, Doc: "Returns a random number from 0 up to 1, another one for each row.",
			Overloads: []Overload{call("() DOUBLE", func(*Env, []data.Value) (data.Value, error) { return data.Double(rand.Float64()), nil })},
			Examples:  []Example{{"FLOOR(RANDOM())", "0e0"}},
		},
	}
}

// logarithm is the quotient of two logarithms, as ksqlDB computes it.
func logarithm(base, value float64) float64 {
	if base <= 0 || base == 1 {
		return math.NaN()
	}
	return javamath.Log(value) / javamath.Log(base)
}
