package functions

import (
	"time"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// The categories under which SHOW FUNCTIONS lists functions.
const (
	Conditional  = "CONDITIONAL"
	Mathematical = "MATHEMATICAL"
	Text         = "STRING"
	Regular      = "REGULAR EXPRESSION"
	JSON         = "JSON"
	DateTime     = "DATE / TIME"
	Array        = "ARRAY"
	Map          = "MAP"
	URL          = "URL"
	Lambdas      = "LAMBDA"
	Conversions  = "CONVERSIONS"
	Other        = "OTHER"
	Aggregates   = "AGGREGATE"
	Table        = "TABLE"
)

// Function is a function of the language. It is immutable.
type Function struct {
	Name      string            // in upper case
	Label     string            // the name as ksqlDB's messages spell it, where that is not Name
	Elsewhere []string          // what other databases call it, in upper case
	Kind      expr.FunctionKind // Scalar, unless set
	Category  string            // that of its family, unless set
	Undoable  bool              // of an aggregate function: it can take records back, so tables can be its source
	Doc       string            // what it does, in sentences
	Args      []Arg             // the arguments of all overloads, by the names that the signatures use
	Overloads []Overload
	Examples  []Example
	Over      []AggregateExample // the examples of an aggregate function, which has no others
}

// Arg explains an argument.
type Arg struct{ Name, Doc string }

// Example is a call and its result, both as SQL expressions: the call gives
// what Result gives. Results without a literal are written as they are shown,
// such as NaN.
type Example struct{ Call, Result string }

// AggregateExample is a call of an aggregate function, the columns of the group
// that it is over, as x = 1, NULL, 2; y = 'a', 'b', 'c', and its result, as
// that of an [Example].
type AggregateExample struct{ Call, Over, Result string }

// Fails is the Result of an [Example] that fails.
const Fails = "error"

// Arg returns the explanation of the argument of that name, "" if there is none.
func (f *Function) Arg(name string) string {
	for _, a := range f.Args {
		if a.Name == name {
			return a.Doc
		}
	}
	return ""
}

// Func computes a function's value for one row. The args are of the types
// that it was bound to; it keeps neither env nor args, and the result may
// alias the args and env's arena.
//
// An argument that is an interval unit arrives as a STRING, its keyword; one
// that is a lambda arrives as NULL, since the lambda stands in the [Binding].
type Func func(env *Env, args []data.Value) (data.Value, error)

// Env is the surroundings of a call. It belongs to one goroutine.
type Env struct {
	Arena  *data.Arena      // where results may lie; it lives as long as the batch
	Now    func() time.Time // the engine's clock; nil stands at 1970-01-01T00:00 UTC
	Zone   *time.Location   // the zone of functions that ask for the local one; nil is UTC
	Record *data.Record     // the record at hand, for lambdas that read its columns; functions leave it alone
}

// now returns the time.
func (e *Env) now() time.Time {
	if e.Now == nil {
		return time.UnixMilli(0)
	}
	return e.Now()
}

// zone returns the local zone.
func (e *Env) zone() *time.Location {
	if e.Zone == nil {
		return time.UTC
	}
	return e.Zone
}

// Binding is what is known about a call when its query is compiled.
type Binding struct {
	Args    []*types.Type // after coercion; nil where the argument is a lambda or an interval unit
	Result  *types.Type
	Lambdas []Func // parallel to Args, nil where the argument is no lambda; may be nil without any

	Properties config.Properties // those of the query, for functions that have limits
}
