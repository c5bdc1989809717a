// Package eval runs expressions: it compiles a typed [expr.Expr] once, when its
// query starts, into closures that are then called for every record.
//
// A [Program] gives a value, a [Predicate] a truth value. Both keep scratch
// memory in their closures, so each belongs to one task: one goroutine at a
// time. What they need of the record at hand stands in the [Frame].
//
// A value that a program returns may alias the record, lie in the frame's arena
// or be scratch of the program: it holds until the record's batch is done, and
// what is to last longer is cloned.
//
// An error is that of one record. The operators decide what becomes of it: a
// projection makes the column NULL, a filter drops the record, and both report
// it to the processing log. Inside a constructor or an argument the failing
// part alone becomes NULL, and [Frame.Warn] is told.
package eval
