// Package expr gives meaning to expressions: names become columns, calls
// become overloads, implicit conversions become casts, and every node gets a
// type. What comes out is an [Expr], which describes a computation and holds
// nothing that runs; package runtime/eval compiles it.
//
// The way in is [Build], from the syntax tree. Errors are of type
// *source.Error, at the offending part of the text, in ksqlDB's words where it
// has some.
//
// # Types
//
// Numbers widen: INTEGER, BIGINT, DECIMAL, DOUBLE. Whole numbers count as
// DECIMAL(10, 0) and DECIMAL(19, 0) among DECIMALs. Beyond that there are four
// degrees of conversion, each with its own table:
//
//	comparisons      numbers with numbers, text with dates and times      operatorType
//	arguments        numbers widen, text becomes a date, time or BYTES    Coercible, Strict
//	INSERT … VALUES  besides, text to and from every simple type          Coercible, Lax
//	CAST             whatever can be had                                  Castable
//
// Constructors and IN are a case of their own: constants in them adapt to their
// neighbours (unify). The results of CASE are not converted at all.
//
// # Functions
//
// A function is a list of overloads, each with a [Signature] in the language's
// own types. A call names the overload that was chosen by its index, so that
// whoever runs it finds the code beside the same signature. What functions
// there are is asked of [Functions], which an upper floor implements.
//
// A call of an aggregate function is a [Call] too, but only where [Env] says that
// somebody will take it out of the expression. What is written for its constant
// parameters has to be a literal; [Call.Inputs] is what remains for each record.
//
// # Lambdas
//
// A lambda's body is built once the overload is chosen, since that says of
// which types its parameters are. Each parameter has a slot of its own, counted
// from the outermost lambda inwards.
package expr
