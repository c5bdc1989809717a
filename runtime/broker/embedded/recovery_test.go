package embedded_test

import (
	"os"
	"slices"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

// committed are the values of a topic that a reader of committed records sees.
func committed(t *testing.T, c broker.Cluster, topic string) []string {
	t.Helper()
	ends, err := c.Offsets(t.Context(), topic, broker.ReadableEnd(broker.ReadCommitted))
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.OpenReader(t.Context(), broker.ReadOptions{Topic: topic, Isolation: broker.ReadCommitted})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var got []string
	for next := int64(0); next < ends[0]; {
		fetches, err := r.Poll(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fetches {
			for _, m := range f.Messages {
				got = append(got, string(m.Value))
			}
			next = f.Next
		}
	}
	return got
}

// A transaction that was open when the broker was killed is aborted for good,
// and the next one of the same producer is not.
func TestOpenTransactionIsAbortedByACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want := []string(nil)
	for round := range 3 {
		c := connect(t, open(t, embedded.Options{Dir: dir}))
		if round == 0 {
			createTopic(t, c, "t")
		}
		p, err := c.OpenProducer(t.Context(), broker.ProducerOptions{TransactionalID: "id"})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		put := func(value string) {
			if err := p.Produce(t.Context(), "t", broker.Message{Value: []byte(value)}); err != nil {
				t.Fatal(err)
			}
		}
		kept := string(rune('a' + round))
		put(kept)
		if err := p.CommitTransaction(t.Context(), nil, nil); err != nil {
			t.Fatal(err)
		}
		want = append(want, kept)
		if got := committed(t, c, "t"); !slices.Equal(got, want) {
			t.Errorf("round %d: read %q, want %q", round, got, want)
		}
		put("lost")
		if err := p.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		// What is in the folder now is what a kill would leave.
		killed := t.TempDir()
		if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		dir = killed
	}
}
