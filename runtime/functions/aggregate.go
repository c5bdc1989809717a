package functions

import (
	"fmt"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// Aggregation is an aggregate function bound to one call site. The args of its
// functions are those of [expr.Call.Inputs]: without constants. No function
// changes its state or args, or keeps them or env; what it returns may alias
// them and env's arena, so whoever keeps a state beyond the batch clones or
// encodes it. After an error, such as that of a DECIMAL's sum that does not fit,
// the state from before still holds.
//
// An Aggregation may be used by several goroutines, each with an Env of its own.
type Aggregation struct {
	State   *types.Type // of what is kept between records; values of it can be stored as those of any column
	Result  *types.Type
	Initial data.Value // the state of a group without records

	// Add returns the state with a record's arguments added.
	Add func(env *Env, state data.Value, args []data.Value) (data.Value, error)
	// Undo returns the state with the arguments of a record taken back that was
	// added before. It is nil if the function cannot.
	Undo func(env *Env, state data.Value, args []data.Value) (data.Value, error)
	// Merge returns the state of both the records of a and those of b, two
	// sessions of which a is the earlier in time. Either may be Initial.
	Merge func(env *Env, a, b data.Value) (data.Value, error)
	// Map returns the result for a state. It is nil where the state is the result.
	Map func(env *Env, state data.Value) (data.Value, error)
}

// aggregator makes an aggregation for a call site. The constants are the values of the last arguments.
type aggregator func(b *Binding, constants []data.Value) (Aggregation, error)

// aggregate returns an overload of an aggregate function.
func aggregate(signature string, bind aggregator) Overload {
	return Overload{Signature: signature, aggregate: bind}
}

// BindAggregate makes an overload of an aggregate function ready for a call
// site. The binding's arguments are those of [expr.Call.Inputs], and constants
// are the values of [expr.Call.Constants]. An error says that these types or
// constants cannot be had; it stands at the call in the query's text.
func (o *Overload) BindAggregate(b Binding, constants []data.Value) (Aggregation, error) {
	if o.aggregate == nil {
		return Aggregation{}, fmt.Errorf("%s is not the signature of an aggregate function", o.Signature)
	}
	a, err := o.aggregate(&b, constants)
	a.Result = b.Result
	return a, err
}

// skipNulls returns the aggregation without the records one of whose arguments is NULL.
func (a Aggregation) skipNulls() Aggregation {
	skip := func(step func(*Env, data.Value, []data.Value) (data.Value, error)) func(*Env, data.Value, []data.Value) (data.Value, error) {
		if step == nil {
			return nil
		}
		return func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
			if anyNull(args) {
				return state, nil
			}
			return step(env, state, args)
		}
	}
	a.Add, a.Undo = skip(a.Add), skip(a.Undo)
	return a
}
