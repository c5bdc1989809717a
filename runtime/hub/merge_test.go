package hub_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/hub"
)

// merged reads two topics together. The first reader of the cluster is that of the first.
func merged(t *testing.T, h *hub.Hub) hub.Feed {
	t.Helper()
	other := numbers()
	other.Topic = "other"
	wanted := hub.Wanted{Value: []bool{true}}
	f, err := h.Merge(t.Context(), []hub.Request{{Source: numbers(), Wanted: wanted}, {Source: other, Wanted: wanted}}, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// awaitRecords waits for so many records of a feed.
func awaitRecords(t *testing.T, f hub.Feed, want int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for n := 0; n < want; {
		batch, err := f.Next(ctx)
		if err != nil {
			t.Fatalf("after %d of %d records: %v", n, want, err)
		}
		n += len(batch.Records)
	}
}

// A topic whose log was lost has nothing to come from before the query began: nobody waits for it.
func TestMergedOffsetsBeginAnew(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]int64{"behind what was there": 10, "amid what was there": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, h := stage(10)
			f := merged(t, h)
			c.readers[0].give(t, 0, read, 0)
			c.readers[1].give(t, 0, 10, 0)
			c.readers[0].hand(t, broker.Fetch{Err: errors.New("offset 10 is out of range")})
			c.readers[0].give(t, 0, 1, 0)
			c.readers[1].give(t, 10, 15, 0)
			awaitRecords(t, f, 16) // the others of the first topic may be gone before they are read
		})
	}
}

// A partition that one of the topics gets later is read from its beginning.
func TestMergedPartitionAddedMeanwhile(t *testing.T) {
	t.Parallel()
	c, h := stage(0)
	f := merged(t, h)
	c.addPartition()
	c.readers[0].hand(t, broker.Fetch{Partition: 1, Next: 1, Messages: []broker.Message{{Partition: 1, Value: []byte(`{"N":7}`)}}})
	awaitRecords(t, f, 1)
	if n := f.Partitions(numbers().Topic); n != 2 {
		t.Errorf("the topic has %d partitions, want 2", n)
	}
}
