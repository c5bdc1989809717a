// Package broker says what the engine needs of a Kafka: topics and their
// offsets, reading without a group, writing, and what groups have committed.
//
// It holds interfaces and plain structs alone. Package kafka satisfies them
// for any cluster that speaks Kafka's protocol; package embedded runs such a
// cluster inside the process.
//
//	Cluster ──OpenReader──▶ Reader ──Poll──▶ []Fetch ──▶ []Message
//
// # Ownership
//
// Keys, values and headers of a fetched message alias the buffer that came
// from the broker. That buffer is never written again, so a message may be
// shared between goroutines and kept; keeping one keeps its whole buffer.
//
// # Errors
//
// A fault a caller may want to tell from others wraps one of this package's
// sentinels and is recognised with [errors.Is].
package broker
