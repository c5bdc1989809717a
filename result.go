package ksqlite

import "github.com/ksqlite/ksqlite/runtime/exec"

// Result is what a statement gave back: an [Entity] that describes something,
// the rows of a query, or the lines of a PRINT; nothing at all where a statement
// has nothing to say, as INSERT INTO … VALUES.
type Result = exec.Result

// Names are what statements can speak of at one moment, as completion needs them.
type Names = exec.Names

// Entity is the answer of a statement that is not a query. It is a plain struct,
// such as a list of streams; its JSON form is that of ksqlDB's REST API, and its
// Blocks are what a terminal shows.
type Entity = exec.Entity
