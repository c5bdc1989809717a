package functions

import "github.com/ksqlite/ksqlite/runtime/data"

// This file turns plain typed Go functions into overloads. The conversions
// are chosen once, when the overload is made: a call goes through them without
// reflection and without allocation.

// scalar is the Go types that stand for SQL types in typed functions; a
// data.Value stands for any.
type scalar interface {
	bool | int32 | int64 | float64 | string | []byte | day | clock | instant | data.Value
}

type (
	day     int64 // DATE: days since 1970-01-01
	clock   int64 // TIME: milliseconds since midnight
	instant int64 // TIMESTAMP: milliseconds since 1970-01-01T00:00 UTC
)

// reader returns the conversion of a value to A.
func reader[A scalar]() func(data.Value) A {
	var read any
	switch any(*new(A)).(type) {
	case bool:
		read = data.Value.Bool
	case int32:
		read = func(v data.Value) int32 { return int32(v.Int64()) }
	case int64:
		read = data.Value.Int64
	case float64:
		read = data.Value.Float64
	case string:
		read = data.Value.Text
	case []byte:
		read = data.Value.Raw
	case day:
		read = func(v data.Value) day { return day(v.Int64()) }
	case clock:
		read = func(v data.Value) clock { return clock(v.Int64()) }
	case instant:
		read = func(v data.Value) instant { return instant(v.Int64()) }
	case data.Value:
		read = func(v data.Value) data.Value { return v }
	}
	return read.(func(data.Value) A)
}

// writer returns the conversion of R to a value.
func writer[R scalar]() func(R) data.Value {
	var write any
	switch any(*new(R)).(type) {
	case bool:
		write = data.Boolean
	case int32:
		write = data.Int
	case int64:
		write = data.Bigint
	case float64:
		write = data.Double
	case string:
		write = data.String
	case []byte:
		write = data.Bytes
	case day:
		write = func(d day) data.Value { return data.Date(int64(d)) }
	case clock:
		write = func(c clock) data.Value { return data.Time(int64(c)) }
	case instant:
		write = func(i instant) data.Value { return data.Timestamp(int64(i)) }
	case data.Value:
		write = func(v data.Value) data.Value { return v }
	}
	return write.(func(R) data.Value)
}

// fn1 is an overload of a function that always has a result.
func fn1[A, R scalar](signature string, f func(A) R) Overload {
	a, r := reader[A](), writer[R]()
	return call(signature, func(_ *Env, args []data.Value) (data.Value, error) {
		return r(f(a(args[0]))), nil
	})
}

// fn2 is fn1 for two arguments.
func fn2[A, B, R scalar](signature string, f func(A, B) R) Overload {
	a, b, r := reader[A](), reader[B](), writer[R]()
	return call(signature, func(_ *Env, args []data.Value) (data.Value, error) {
		return r(f(a(args[0]), b(args[1]))), nil
	})
}

// opt1 is an overload of a function that has no result, NULL, when it returns false.
func opt1[A, R scalar](signature string, f func(A) (R, bool)) Overload {
	a, r := reader[A](), writer[R]()
	return call(signature, func(_ *Env, args []data.Value) (data.Value, error) {
		v, ok := f(a(args[0]))
		if !ok {
			return data.Null, nil
		}
		return r(v), nil
	})
}

// try1 is an overload of a function that may fail.
func try1[A, R scalar](signature string, f func(A) (R, error)) Overload {
	a, r := reader[A](), writer[R]()
	return call(signature, func(_ *Env, args []data.Value) (data.Value, error) {
		v, err := f(a(args[0]))
		if err != nil {
			return data.Null, err
		}
		return r(v), nil
	})
}

// try2 is try1 for two arguments.
func try2[A, B, R scalar](signature string, f func(A, B) (R, error)) Overload {
	a, b, r := reader[A](), reader[B](), writer[R]()
	return call(signature, func(_ *Env, args []data.Value) (data.Value, error) {
		v, err := f(a(args[0]), b(args[1]))
		if err != nil {
			return data.Null, err
		}
		return r(v), nil
	})
}

// try3 is try1 for three arguments.
func try3[A, B, C, R scalar](signature string, f func(A, B, C) (R, error)) Overload {
	a, b, c, r := reader[A](), reader[B](), reader[C](), writer[R]()
	return call(signature, func(_ *Env, args []data.Value) (data.Value, error) {
		v, err := f(a(args[0]), b(args[1]), c(args[2]))
		if err != nil {
			return data.Null, err
		}
		return r(v), nil
	})
}

// env1 is an overload of a function that uses the surroundings of its call,
// most often the arena for the text that it makes.
func env1[A, R scalar](signature string, f func(*Env, A) R) Overload {
	a, r := reader[A](), writer[R]()
	return call(signature, func(env *Env, args []data.Value) (data.Value, error) {
		return r(f(env, a(args[0]))), nil
	})
}

// env2 is env1 for two arguments.
func env2[A, B, R scalar](signature string, f func(*Env, A, B) R) Overload {
	a, b, r := reader[A](), reader[B](), writer[R]()
	return call(signature, func(env *Env, args []data.Value) (data.Value, error) {
		return r(f(env, a(args[0]), b(args[1]))), nil
	})
}

// env3 is env1 for three arguments.
func env3[A, B, C, R scalar](signature string, f func(*Env, A, B, C) R) Overload {
	a, b, c, r := reader[A](), reader[B](), reader[C](), writer[R]()
	return call(signature, func(env *Env, args []data.Value) (data.Value, error) {
		return r(f(env, a(args[0]), b(args[1]), c(args[2]))), nil
	})
}
