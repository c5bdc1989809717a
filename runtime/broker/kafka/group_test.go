package kafka_test

import (
	"context"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// openGroup joins a group that reads from the beginning, until the test ends.
func openGroup(t testing.TB, c broker.Cluster, o broker.GroupOptions) broker.GroupReader {
	t.Helper()
	g, err := c.OpenGroup(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// consume polls until n messages have come, and returns their values and the
// positions behind them.
func consume(t testing.TB, g broker.GroupReader, n int) (values []string, positions []broker.Position) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	at := make(map[broker.TopicPartition]int64)
	for len(values) < n {
		fetches, err := g.Poll(ctx)
		if err != nil {
			t.Fatalf("after %d of %d messages: %v", len(values), n, err)
		}
		for _, f := range fetches {
			if f.Err != nil {
				t.Fatal(f.Err)
			}
			for _, m := range f.Messages {
				values = append(values, string(m.Value))
			}
			at[broker.TopicPartition{Topic: f.Topic, Partition: f.Partition}] = f.Next
		}
	}
	for p, next := range at {
		positions = append(positions, broker.Position{TopicPartition: p, Offset: next})
	}
	return values, positions
}

func commit(t testing.TB, g broker.GroupReader, positions []broker.Position) {
	t.Helper()
	if err := g.Commit(t.Context(), positions); err != nil {
		t.Fatal(err)
	}
}

func TestGroupGoesOnWhereItCommitted(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "a", 2)
	createTopic(t, c, "b", 1)
	produce(t, c, "a", messages(10, 0))
	produce(t, c, "a", messages(10, 1))
	produce(t, c, "b", messages(5, 0))
	o := broker.GroupOptions{Group: "g", Topics: []string{"a", "b"}}
	g := openGroup(t, c, o)
	values, positions := consume(t, g, 25)
	if len(values) != 25 || len(positions) != 3 {
		t.Errorf("read %q up to %v", values, positions)
	}
	for i := range positions {
		positions[i].Metadata = "up to here"
	}
	commit(t, g, positions)
	g.Close()

	produce(t, c, "a", messages(3, 1))
	var gained []broker.Position
	o.Gained = func(_ context.Context, at []broker.Position) error {
		gained = append(gained, at...)
		return nil
	}
	g = openGroup(t, c, o)
	if values, _ = consume(t, g, 3); len(values) != 3 || values[0] != "v0" {
		t.Errorf("read %q after a restart", values)
	}
	for _, p := range gained {
		want := map[string]int64{"a": 10, "b": 5}[p.Topic]
		if p.Offset != want || p.Metadata != "up to here" {
			t.Errorf("gained %+v, want offset %d", p, want)
		}
	}
	if len(gained) != 3 {
		t.Errorf("gained %+v", gained)
	}
}
