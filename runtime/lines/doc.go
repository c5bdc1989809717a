// Package lines makes records of the lines of a text and writes them to a topic, as a
// console producer does:
//
//	text ─▶ reader ─lines─▶ Format.Parse ─batch─▶ broker.Cluster.Produce
//
// One goroutine reads and parses, another writes. Lines go out as soon as no further
// one is there, so whoever types is not kept waiting, and in large batches while they
// come quickly. A line that is no record, or that the cluster does not take, is told with
// its number, and the others are written all the same.
//
// The package is not promised to stay stable.
package lines
