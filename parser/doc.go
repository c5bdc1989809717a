// Package parser reads ksqlDB's SQL: it turns a text into the statements of
// package ast, or into one *source.Error that says where the first fault is.
//
//	text --lexer--> tokens --statement table--> CREATE, SHOW, ... nodes
//	                     \--lowering--> one MySQL SELECT or INSERT, as text
//	                                    --sqlparser--> its tree
//	                                    --raising--> our Query, Expr nodes
//
// Our lexer alone sees the user's text, and the words around a query are read
// by hand. A query from SELECT to HAVING, a list of VALUES, or an expression
// becomes one MySQL statement for github.com/xwb1989/sqlparser, which says what
// binds to what. Nothing outside this package imports sqlparser.
//
// # Lowering
//
// MySQL is near to ksqlDB's SQL, but not the same: raw text would be refused or,
// worse, misread (|| is OR, "a" a string, a backslash an escape). So sqlparser
// gets text that we made, in which what MySQL lacks travels as something it has
// and ksqlDB lacks. The construct at token n of the source is called `text#n`,
// a literal :vn, and what they stand for is kept beside the text:
//
//	column a, s.a             `A#n`
//	literal, -1, NULL, TRUE   :vn
//	f(x, y), COUNT(*)         `F#n` ( ... )
//	CAST, ARRAY, MAP, STRUCT  calls like these; types and names are kept aside
//	x[i], x->f, AT TIME ZONE  calls put round what was just written
//	x => e                    e; the parameters are kept aside
//	a || b                    a | b, which binds looser than + too
//	x IS [NOT] NULL           x [not] in ::vn, which nothing can continue
//	x IS DISTINCT FROM y      x regexp y
//	x IS NOT DISTINCT FROM y  x <=> y
//	*, s.*                    `*#n` . *
//	FROM TOPIC 't'            `#n`; the topic is kept aside
//	FULL JOIN                 straight_join
//	PARTITION BY              order by, behind HAVING
//	WITHIN, WINDOW, EMIT      nothing; they are read by hand
//
// Lowering knows what may stand where, so it finds nearly all faults; those in
// how operators may be chained are left to sqlparser. Whoever finds it, the
// fault that comes first in the source is the one reported.
//
// # Faults
//
// A rule that meets a token it cannot take notes the fault and moves the cursor
// to the end, where nothing matches any more. So rules read as if there were no
// faults. What else was looked for at the same token is known, which words the
// message; and whether one word is missing, or is one too many, is found by
// parsing again without the fault.
//
// All functions are safe for concurrent use.
package parser
