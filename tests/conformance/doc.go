// Package conformance holds ksqlite against ksqlDB's own test cases, which are
// not part of the project: they are read from a folder outside of it.
//
//	corpus folder ──Read──▶ []Case ──Run──▶ Outcome ──▶ ratchet, report
//	                                 │
//	                                 ├─ sqltest.Engine: the production engine on a cluster in memory
//	                                 ├─ encode: the case's inputs as bytes
//	                                 └─ decode, match: the bytes of a log against the expected records
//
// A corpus has four parts: qtt (statements, input records, output records),
// qtt-schemas (the catalog that each of those leaves), sql-tests (scripts with
// assertions) and rqtt (requests to a server and what it answers). manifest.tsv
// has a line for each case.
//
// Every case runs in an engine of its own, with the planner, operators and formats
// of production. Only the broker, the clock, the schema registry and the loop that
// drives the queries are others: a record is processed to its end, through all
// inner topics, before the next one is fed.
//
// Bytes are encoded and decoded here by other code than that of the engine, so
// that a fault in one does not hide in the other.
//
// The environment names what is run and told:
//
//	KSQLITE_CORPUS=DIR            the corpus; the folder shared/conformance beside the checkout if unset
//	KSQLITE_REQUIRE_CORPUS=1      it is a failure if there is none
//	KSQLITE_CORPUS_REPORT=FILE    write a line for each case: corpus, file, name, tier, status, reason
//	KSQLITE_CORPUS_DETAIL=TEXT    tell all about the failing cases whose names hold the text
//	KSQLITE_CORPUS_REWRITE=1      write expected_failures.txt anew
package conformance
