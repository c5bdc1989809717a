// Package datagen makes up records to try things with, and writes them to a topic:
//
//	Kind ─▶ Generator ─data.Row─▶ Writer: serde.Encoder ─▶ broker.Producer
//
// A kind is a row of the table of kinds, or what an Avro schema describes. All
// columns are in the value, and one of them is the key as well, as ksqlDB's own
// generator has it. The same seed gives the same rows in the same order; the times in
// them then begin with the year 2026 instead of now.
//
// The package is not promised to stay stable.
package datagen
