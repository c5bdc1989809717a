package functions

import (
	"errors"
	"slices"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// Overload is a function for one list of parameter types. It is immutable.
type Overload struct {
	// Signature is the parameters and the result in the language's own types:
	//
	//	(str STRING) STRING
	//	(first STRING, rest STRING...) STRING
	//	(unit INTERVALUNIT, n INT, d DATE) DATE
	//	(a ARRAY<T>, f LAMBDA(T) => R) ARRAY<R>
	//	(col T, const k INT) ARRAY<T>
	//
	// Single capital letters are type variables; const is before what has to be a literal.
	Signature string

	// Result gives the result's type where the signature cannot, as for a
	// DECIMAL whose scale depends on the argument. It is nil otherwise.
	Result expr.ResultFunc

	bind      func(*Binding) (Func, error)
	nulls     nullRule
	aggregate aggregator // of an aggregate function, which has no bind
}

// nullRule says what becomes of a call one of whose arguments is NULL.
type nullRule uint8

const (
	nullGivesNull nullRule = iota // the result is NULL
	nullIsPassed                  // the function decides
	nullIsError                   // the call fails: in ksqlDB the parameters are Java primitives
)

// errNull is the error of a NULL argument where none may be.
var errNull = errors.New("NULL is not accepted as an argument")

// Bind makes the overload ready for one call site. An error says that these
// argument types cannot be had; it stands at the call in the query's text.
func (o *Overload) Bind(b Binding) (Func, error) {
	if o.bind == nil {
		return nil, errors.New("an aggregate function needs a group of records")
	}
	f, err := o.bind(&b)
	if err != nil || o.nulls == nullIsPassed || len(b.Args) == 0 {
		return f, err
	}
	if o.nulls == nullIsError {
		return func(env *Env, args []data.Value) (data.Value, error) {
			if anyNull(args) {
				return data.Null, errNull
			}
			return f(env, args)
		}, nil
	}
	return func(env *Env, args []data.Value) (data.Value, error) {
		if anyNull(args) {
			return data.Null, nil
		}
		return f(env, args)
	}, nil
}

func anyNull(args []data.Value) bool {
	for i := range args {
		if args[i].IsNull() {
			return true
		}
	}
	return false
}

// passNulls returns the overload with NULL arguments left to the function.
func (o Overload) passNulls() Overload { o.nulls = nullIsPassed; return o }

// refuseNulls returns the overload with NULL arguments made an error.
func (o Overload) refuseNulls() Overload { o.nulls = nullIsError; return o }

// resultType returns the overload with its result type computed.
func (o Overload) resultType(f expr.ResultFunc) Overload {
	o.Result = f
	return o
}

// call returns an overload of a function over values.
func call(signature string, f Func) Overload {
	return bound(signature, func(*Binding) (Func, error) { return f, nil })
}

// bound returns an overload whose function is made for each call site.
func bound(signature string, bind func(*Binding) (Func, error)) Overload {
	return Overload{Signature: signature, bind: bind}
}

// overloads joins lists of overloads.
func overloads(lists ...[]Overload) []Overload { return slices.Concat(lists...) }
