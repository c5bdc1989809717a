// Package expr gives meaning to expressions: names become columns, calls
// become overloads, implicit conversions become casts, and every node gets a
// type. What comes out is an [Expr], which describes a computation and holds
// nothing that runs; package runtime/eval compiles it.
//
// The way in is [Build], from the syntax tree. Errors are of type
// *source.Error, at the offending part of the text, in ksqlDB's words where it
// has some.
package expr
