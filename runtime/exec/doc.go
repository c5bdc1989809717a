// Package exec executes statements: it changes the catalog and the cluster, shows
// what there is, or starts a query.
//
// An [Engine] is what everybody shares: one cluster, one catalog, the queries
// that run. A [Session] is what one user has set. A text goes through a session
// statement by statement:
//
//	text ──parser.Split──▶ part ──Prepare──▶ Statement ──Execute──▶ Result
//	                        (with the session's variables)            │
//	                       Entity: an answer ─────────────────────────┤
//	                       Rows: a query that runs from now on ───────┤
//	                       Lines: a PRINT that runs from now on ──────┤
//	                       Script: the results of RUN SCRIPT ─────────┘
//
// # The state
//
// The catalog and the persistent queries are what the statements of the [Log] make
// when they are executed in order, so they are never stored themselves: state.go is
// that fold. A statement that changes them
//
//  1. takes the engine's ddl lock and looks at the state of this moment,
//  2. checks whatever can be wrong,
//  3. changes the cluster: makes or deletes a topic,
//  4. computes the next state, with nothing but the statement, the properties and
//     the state before it (state.after, which replaying the log uses too),
//  5. appends the statement to the log, and only then shows the next state,
//  6. starts and stops queries as that says (enforce.go).
//
// Where other processes share the log, a statement that another one has overtaken is
// executed again from the beginning (shared.go).
//
// A session writes nothing to the cluster that its statements did not ask for.
//
// # Persistent queries
//
// A persistent query is in the state whether it runs or not; the runners are those
// of this process. An engine that serves runs all queries of its log, where others
// share that while it holds the service id (hold.go); any other one runs those alone that its
// sessions create, while nobody serves. How far a query
// has read is kept in its consumer group, so it goes on there after a restart.
//
//	create_as.go  a query begins       upgrade.go  it is replaced
//	manage.go     it pauses or ends    runners.go  it runs
//	claim.go      its group is its own status.go   it is described
//
// # Answers
//
// An [Entity] is a struct whose JSON form is that of ksqlDB's REST API, and which
// lays itself out for a terminal as [Block]s. The files entity_*.go hold one
// struct each with their layout; the files named after a topic (ddl.go, list.go,
// describe.go, …) hold the methods that fill them.
//
// # Errors
//
// What is wrong with a text is a *source.Error that counts in the script that the
// user wrote. What a cluster answers is passed on as package broker describes it.
// What is wrong with single records is reported to the session's and the engine's
// processing log, and the query goes on.
//
// The package is not promised to stay stable.
package exec
