package memory

import (
	"errors"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// TestPartitions: keys choose partitions, unless all records go to the first one. The
// log keeps the order of all.
func TestPartitions(t *testing.T) {
	t.Parallel()
	for _, single := range []bool{true, false} {
		c := New(single)
		if err := c.CreateTopic(t.Context(), broker.NewTopic{Name: "t", Partitions: 3}); err != nil {
			t.Fatal(err)
		}
		messages := make([]broker.Message, 9)
		for i := range messages {
			messages[i] = broker.Message{Partition: broker.AnyPartition, Key: []byte{byte('a' + i)}}
		}
		if err := c.Produce(t.Context(), "t", messages); err != nil {
			t.Fatal(err)
		}
		ends, err := c.Offsets(t.Context(), "t", broker.OffsetQuery{Time: broker.Latest})
		if err != nil || ends[0]+ends[1]+ends[2] != 9 || single != (ends[0] == 9) {
			t.Errorf("single %t: offsets %v, %v", single, ends, err)
		}
		log, _ := c.Log("t")
		for i, m := range log {
			if m.Key[0] != byte('a'+i) {
				t.Errorf("record %d has the key %s", i, m.Key)
			}
		}
	}
}

// TestReader reads what is there and what comes, until the topic goes.
func TestReader(t *testing.T) {
	t.Parallel()
	ctx, c := t.Context(), New(true)
	if err := c.CreateTopic(ctx, broker.NewTopic{Name: "t"}); err != nil {
		t.Fatal(err)
	}
	r, err := c.OpenReader(ctx, broker.ReadOptions{Topic: "t", Default: broker.Earliest})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	write := func() {
		if err := c.Produce(ctx, "t", []broker.Message{{Partition: broker.AnyPartition, Value: []byte("v")}}); err != nil {
			t.Error(err)
		}
	}
	write()
	go write() // the loop below waits for it
	for read := 0; read < 2; {
		fetches, err := r.Poll(ctx)
		if err != nil {
			t.Fatal(err)
		}
		read += len(fetches[0].Messages)
	}
	if err := c.DeleteTopic(ctx, "t"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Poll(ctx); !errors.Is(err, broker.ErrTopicDeleted) {
		t.Errorf("got %v", err)
	}
	if err := c.Produce(ctx, "t", nil); !errors.Is(err, broker.ErrUnknownTopic) {
		t.Errorf("got %v", err)
	}
}
