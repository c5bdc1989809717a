// Package functions is the built-in functions of the language: what they are
// called, which arguments they take, what they do and how they are explained.
//
// # Adding a function
//
// A function is one literal in the file of its family:
//
//	{
//		Name: "LCASE", Doc: "Converts text to lower case.",
//		Args:      []Arg{{"str", "The text to convert."}},
//		Overloads: []Overload{env1("(str STRING) STRING", lower)},
//		Examples:  []Example{{"LCASE('Ab')", "'ab'"}},
//	},
//
// An overload is a signature in the language's own types beside a plain typed
// Go function: fn1 takes one that always has a result, opt1 one that may have
// none, try1 one that may fail, env1 one that needs the surroundings of the
// call; the number is that of the arguments. A function with other needs is
// given as a [Func] to call, or is made for each call site by bound.
// NULL in, NULL out is seen to in one place, unless the overload says
// otherwise. A new family is one line in registry.go.
//
// An aggregate function has Kind [expr.Aggregate], overloads made by aggregate,
// which give an [Aggregation], and examples in Over instead of Examples.
//
// Everything else follows from the literal: DESCRIBE FUNCTION, completion, the
// function reference, and a test that runs the examples.
//
// # What a function may rely on
//
// Overload resolution has chosen the overload and converted the arguments to
// its parameter types before a [Func] is called. Text is UTF-8, yet its length
// and positions count UTF-16 code units, as in ksqlDB. A result may alias the
// arguments or lie in the arena of the [Env], which is why it holds as long as
// the batch does. A Func keeps no state that a caller could observe: it may be
// called from several goroutines, each with an Env of its own.
//
// An error is the error of one record: the column becomes NULL, the error goes
// to the processing log and the query goes on.
package functions
