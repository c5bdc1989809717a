// Package kafka satisfies package broker's interfaces for anything that
// speaks Kafka's protocol, through franz-go.
//
// Topics, offsets and writing go through franz-go's client as it is. Reading does
// not: a query needs none of what franz-go's consumer keeps for each record, so
// the reader here issues raw fetch requests and walks the record batches
// itself, at up to twice the rate.
//
//	         leader 1 ─ fetcher ─┐ one response each,
//	keeper ─▶                    ├───────────────────▶ Poll ─▶ []broker.Fetch
//	         leader 2 ─ fetcher ─┘ decoded when polled
//
// The keeper knows which broker leads which partition. A fetcher per broker
// asks for the partitions that broker leads and holds the answer until it is
// polled, so at most two responses per broker are in memory: the one being
// polled and the next (reader.go, fetcher.go, keeper.go). Poll cuts a response
// into chunks, batch by batch (chunk.go, batch.go).
//
// A reader in a group is one such reader for each of its topics, polled together
// (poller.go). The membership is franz-go's, which is told to fetch nothing
// (group.go); its changes wait for Poll to tell of them (rebalance.go,
// assignment.go). Positions are committed with plain requests, alone (commit.go)
// or in the transaction of a producer (producer.go, transaction.go).
//
// Connections are described by Kafka's own client properties (properties.go).
package kafka
