// Package doctor looks for what keeps a client from a Kafka. It goes the way of a connection step
// by step: properties, DNS, TCP, TLS, Kafka, SASL, metadata, the addresses that brokers advertise, a read
// of one topic. The first step that fails is the one that is at fault, and it says in two lines what
// is wrong and what to change.
//
// Where a step fails in a way that several causes have, it tries the other way too: a port that
// hangs up on plain requests is asked for TLS. Nothing is written to the cluster.
//
// Its texts hold no secrets. The package is not promised to stay stable.
package doctor
