// Package eval runs expressions: it compiles a typed [expr.Expr] once, when its
// query starts, into closures that are then called for every record. There is
// no second evaluator: filters, projections, keys and inserted values all come
// here.
//
// A [Program] gives a value, a [Predicate] a truth value. Both keep scratch
// memory in their closures, so each belongs to one task: one goroutine at a
// time. What they need of the record at hand stands in the [Frame].
//
// A value that a program returns may alias the record or lie in the frame's
// arena: it holds until the record's batch is done, and what is to last longer
// is cloned.
//
// # Errors
//
// An error is that of one record. The operators decide what becomes of it: a
// projection makes the column NULL, a filter drops the record, and both report
// it to the processing log. Inside a constructor or an argument the failing
// part alone becomes NULL, and [Frame.Warn] is told.
//
// # NULL
//
// ksqlDB's logic has two values, and its rules are followed to the letter:
//
//	comparison, IN, BETWEEN     FALSE, so that their NOT is TRUE
//	IS [NOT] DISTINCT FROM      NULL is a value of its own
//	arithmetic, LIKE            an error
//	AND, OR, NOT, WHEN          an error, where the NULL is needed to decide
//	a condition that is NULL    does not hold
//	CAST, a field, an element   NULL
//	a call                      up to the function
//
// # Speed
//
// A closure for each node costs a few nanoseconds. Most filters compare a
// column with a constant, for which there are closures of their own; chains of
// AND and OR are one loop; constant parts are computed when the query starts;
// DECIMALs are 64-bit numbers until they no longer fit. Nothing here allocates
// for a record, apart from the growth of the arena and of scratch memory.
package eval
