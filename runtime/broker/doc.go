// Package broker says what the engine needs of a Kafka: topics and their
// offsets, reading without a group and in one, writing, and what groups have
// committed.
//
// It holds interfaces and plain structs alone. Package kafka satisfies them
// for any cluster that speaks Kafka's protocol; package embedded runs such a
// cluster inside the process.
//
//	Cluster ──OpenReader────▶ Reader ───────Poll──▶ []Fetch ──▶ []Message
//	        ──OpenGroup─────▶ GroupReader ──Poll──▶ []Fetch ──▶ []Message
//	        ──OpenProducer──▶ Producer ◀──Produce── Message
//
// A transient query reads with a Reader, a persistent one with a GroupReader,
// whose committed positions outlive it. A persistent query that is to be exactly
// once commits them in the transaction of its Producer.
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
