package eval

import (
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// Program computes an expression for the record of a frame.
type Program func(*Frame) (data.Value, error)

// Predicate decides a condition for the record of a frame. NULL counts as false.
type Predicate func(*Frame) (bool, error)

// Frame is what an expression is computed for and with. It belongs to one
// goroutine. Env's Arena must be set; its Record is the record at hand, and may
// be nil for expressions without columns.
type Frame struct {
	functions.Env
	// Warn, if set, is told of each error that made a part of a value NULL
	// without failing the whole expression.
	Warn func(error)
	// Quiet says that Warn is not told: what is computed was computed before, when its errors were told.
	Quiet bool

	variables []data.Value // of lambdas, by slot
}

// Options are the settings of a query that expressions depend on.
type Options struct {
	// Functions finds the code of calls; nil will do where there are none.
	Functions *functions.Registry
	// NestedErrorsFail makes an error in a constructor or in an argument fail
	// the whole expression: ksql.nested.error.set.null set to false.
	NestedErrorsFail bool
}

// Compile prepares an expression. An error is that of a function which cannot
// be bound to the types of its arguments.
func Compile(e expr.Expr, options Options) (Program, error) {
	return newCompiler(options).program(e)
}

// CompilePredicate is [Compile] for an expression of type BOOLEAN.
func CompilePredicate(e expr.Expr, options Options) (Predicate, error) {
	c := newCompiler(options)
	if !yieldsBool(e) {
		p, err := c.program(e)
		if err != nil {
			return nil, err
		}
		return func(f *Frame) (bool, error) {
			v, err := p(f)
			return v.Bool(), err
		}, nil
	}
	return c.predicate(e)
}

// Literal returns the value of a constant.
func Literal(e *expr.Literal) data.Value {
	switch v := e.Value.(type) {
	case bool:
		return data.Boolean(v)
	case int64:
		return whole(e.Type().Kind(), v)
	case float64:
		return data.Double(v)
	case types.Decimal:
		return data.BigDecimal(v.Unscaled)
	case string:
		return data.String(v)
	case []byte:
		return data.Bytes(v)
	}
	return data.Null
}

// whole returns a number as a value of a kind that is held as a whole number.
func whole(kind types.Kind, v int64) data.Value {
	switch kind {
	case types.KindInt:
		return data.Int(int32(v))
	case types.KindDate:
		return data.Date(v)
	case types.KindTime:
		return data.Time(v)
	case types.KindTimestamp:
		return data.Timestamp(v)
	}
	return data.Bigint(v)
}
