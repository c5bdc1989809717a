// Package sqltest runs tests of SQL: scripts that feed records and assert what the queries make of
// them. No Kafka is needed and nothing is waited for.
//
//	files ──Read──▶ []*Test ──Run──▶ Result ──▶ whoever shows it
//	                           │
//	                           ├─ Engine: the production engine on a memory.Cluster
//	                           ├─ Query: a persistent query's task, which moves when it is fed
//	                           └─ ASSERT: the next record of a topic against the one that is expected
//
// Every test has an engine of its own, with the planner, operators and formats of production and a
// schema registry. Only the broker and the loop that drives the queries are others: a record is
// processed to its end, through all queries behind it, before the next statement.
//
// [RunFiles] takes the three files of ksqlDB's older test runner: statements, input records and
// output records.
//
// The package is not promised to stay stable.
package sqltest
