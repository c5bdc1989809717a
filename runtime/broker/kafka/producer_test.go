package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

func openProducer(t testing.TB, c broker.Cluster, o broker.ProducerOptions) broker.Producer {
	t.Helper()
	p, err := c.OpenProducer(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// send hands a message over.
func send(t testing.TB, p broker.Producer, topic, value string) {
	t.Helper()
	if err := p.Produce(t.Context(), topic, broker.Message{Value: []byte(value)}); err != nil {
		t.Fatal(err)
	}
}

// committed are the values of a topic's first partition that a reader of
// committed records sees.
func committed(t testing.TB, c broker.Cluster, topic string) []string {
	t.Helper()
	end, err := c.Offsets(t.Context(), topic, broker.ReadableEnd(broker.ReadCommitted))
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, m := range readUntil(t, openReader(t, c, broker.ReadOptions{Topic: topic, Isolation: broker.ReadCommitted}), end) {
		values = append(values, string(m.Value))
	}
	return values
}

// position is what a group has committed for the first partition of a topic.
func position(t testing.TB, c broker.Cluster, group string) int64 {
	t.Helper()
	groups, err := c.Groups(t.Context(), group)
	if err != nil {
		t.Fatal(err)
	}
	if len(groups[0].Partitions) == 0 {
		return -1
	}
	return groups[0].Partitions[0].Committed
}

// A producer of results chooses the partition as the one of statements does,
// and keeps the order.
func TestProducer(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "one", 4)
	createTopic(t, c, "other", 4)
	list := make([]broker.Message, 200)
	for i := range list {
		list[i] = broker.Message{
			Key: fmt.Appendf(nil, "k%d", i%50), Value: fmt.Appendf(nil, "v%d", i), Time: int64(i),
			Headers: []broker.Header{{Key: "h", Value: []byte{byte(i)}}}, Partition: broker.AnyPartition,
		}
		if i%10 == 0 {
			list[i].Partition = 3
		}
	}
	p := openProducer(t, c, broker.ProducerOptions{})
	for _, m := range list {
		if err := p.Produce(t.Context(), "one", m); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	produce(t, c, "other", list)
	text := func(topic string) [4][]string {
		var got [4][]string
		for _, m := range readUntil(t, openReader(t, c, broker.ReadOptions{Topic: topic}), ends(t, c, topic)) {
			got[m.Partition] = append(got[m.Partition], fmt.Sprintf("%d %s=%s %v", m.Time, m.Key, m.Value, m.Headers))
		}
		return got
	}
	one, other := text("one"), text("other")
	for i := range one {
		if !slices.Equal(one[i], other[i]) || len(one[i]) == 0 {
			t.Errorf("partition %d: %q, want %q", i, one[i], other[i])
		}
	}
}

func TestProducerErrors(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 1)
	for name, test := range map[string]struct {
		topic, value string
		want         error
	}{
		"no topic":  {"none", "v", broker.ErrUnknownTopic},
		"too large": {"t", strings.Repeat("x", 9<<20), broker.ErrTooLarge},
	} {
		for _, o := range []broker.ProducerOptions{{}, {TransactionalID: "errors " + name}} {
			p := openProducer(t, c, o)
			send(t, p, test.topic, test.value)
			if err := p.Flush(t.Context()); !errors.Is(err, test.want) || !strings.Contains(err.Error(), "topic "+test.topic) {
				t.Errorf("%s: error %v", name, err)
			}
			// It stays,
			if err := p.Produce(t.Context(), "t", broker.Message{}); !errors.Is(err, test.want) {
				t.Errorf("%s: error %v of the next message", name, err)
			}
			if o.TransactionalID == "" {
				continue
			}
			// unless the transaction is given up.
			if err := p.CommitTransaction(t.Context(), nil, nil); !errors.Is(err, test.want) {
				t.Errorf("%s: error %v of the commit", name, err)
			}
			send(t, p, "t", "next")
			if err := p.CommitTransaction(t.Context(), nil, nil); err != nil {
				t.Errorf("%s: error %v of the next transaction", name, err)
			}
		}
	}
	expect(t, committed(t, c, "t"), "next", "next")
	p := openProducer(t, c, broker.ProducerOptions{})
	if err := p.CommitTransaction(t.Context(), nil, nil); !errors.Is(err, broker.ErrInvalid) {
		t.Errorf("committing without an id: %v", err)
	}
	p.Close()
	if err := p.Produce(t.Context(), "t", broker.Message{}); !errors.Is(err, broker.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// Results and the positions they were made from are committed together or not
// at all.
func TestTransaction(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "in", 1)
	createTopic(t, c, "out", 1)
	produce(t, c, "in", messages(9, 0))
	g := openGroup(t, c, broker.GroupOptions{Group: "g", Topics: []string{"in"}})
	consume(t, g, 9)
	p := openProducer(t, c, broker.ProducerOptions{TransactionalID: "id"})

	send(t, p, "out", "a")
	if err := p.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, committed(t, c, "out"))
	if err := p.CommitTransaction(t.Context(), g, at("in", 0, 3)); err != nil {
		t.Fatal(err)
	}
	expect(t, committed(t, c, "out"), "a")
	if got := position(t, c, "g"); got != 3 {
		t.Errorf("position %d", got)
	}

	send(t, p, "out", "dropped")
	if err := p.AbortTransaction(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Positions alone,
	if err := p.CommitTransaction(t.Context(), g, at("in", 0, 5)); err != nil {
		t.Fatal(err)
	}
	// nothing,
	if err := p.CommitTransaction(t.Context(), g, nil); err != nil {
		t.Fatal(err)
	}
	// and messages alone.
	send(t, p, "out", "b")
	if err := p.CommitTransaction(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	expect(t, committed(t, c, "out"), "a", "b")
	if got := position(t, c, "g"); got != 5 {
		t.Errorf("position %d", got)
	}
	// The positions are wrong, so nothing is committed.
	send(t, p, "out", "dropped too")
	g.Close()
	if err := p.CommitTransaction(t.Context(), g, at("in", 0, 9)); !errors.Is(err, broker.ErrRebalanced) {
		t.Errorf("committing for a member that has left: %v", err)
	}
	expect(t, committed(t, c, "out"), "a", "b")
	if got := position(t, c, "g"); got != 5 {
		t.Errorf("position %d", got)
	}
}

// Of two producers with one id the second aborts what the first left open and
// keeps it from committing.
func TestProducerIsFenced(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "in", 1)
	createTopic(t, c, "out", 1)
	produce(t, c, "in", messages(1, 0))
	g := openGroup(t, c, broker.GroupOptions{Group: "g", Topics: []string{"in"}})
	consume(t, g, 1)
	first := openProducer(t, c, broker.ProducerOptions{TransactionalID: "id"})
	send(t, first, "out", "first")
	if err := first.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := openProducer(t, c, broker.ProducerOptions{TransactionalID: "id"})
	send(t, second, "out", "second")
	if err := second.CommitTransaction(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	err := first.CommitTransaction(t.Context(), g, at("in", 0, 1))
	if !errors.Is(err, broker.ErrFenced) || !strings.Contains(err.Error(), "transactional id id") {
		t.Errorf("the first one commits: %v", err)
	}
	for what, err := range map[string]error{
		"writes":  first.Produce(t.Context(), "out", broker.Message{}),
		"flushes": first.Flush(t.Context()),
		"aborts":  first.AbortTransaction(t.Context()),
	} {
		if !errors.Is(err, broker.ErrFenced) {
			t.Errorf("the first one %s: %v", what, err)
		}
	}
	expect(t, committed(t, c, "out"), "second")
	if got := position(t, c, "g"); got != -1 {
		t.Errorf("position %d", got)
	}
	send(t, second, "out", "again")
	if err := second.CommitTransaction(t.Context(), g, at("in", 0, 1)); err != nil {
		t.Fatal(err)
	}
	expect(t, committed(t, c, "out"), "second", "again")
}

// A transaction that the cluster has given up is told from one that another
// producer has taken over.
func TestTransactionExpires(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "out", 1)
	now := time.Now()
	o := broker.ProducerOptions{TransactionalID: "id", TransactionTimeout: time.Second, Now: func() time.Time { return now }}
	p := openProducer(t, c, o)
	send(t, p, "out", "late")
	if err := p.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The cluster gives it up: the end is readable.
	end, err := c.Offsets(t.Context(), "out", broker.EndOffset())
	if err != nil {
		t.Fatal(err)
	}
	readUntil(t, openReader(t, c, broker.ReadOptions{Topic: "out", Isolation: broker.ReadCommitted}), []int64{end[0] + 1})
	now = now.Add(time.Second)
	if err := p.CommitTransaction(t.Context(), nil, nil); !errors.Is(err, broker.ErrTransactionExpired) {
		t.Errorf("committing: %v", err)
	}
	if err := p.AbortTransaction(t.Context()); !errors.Is(err, broker.ErrTransactionExpired) {
		t.Errorf("aborting: %v", err)
	}
	p = openProducer(t, c, o)
	send(t, p, "out", "again")
	if err := p.CommitTransaction(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
	expect(t, committed(t, c, "out"), "again")
}

// A member that keeps its partitions while another joins commits its
// transaction, whatever round the group is in.
func TestTransactionDuringRebalance(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "in", 2)
	createTopic(t, c, "out", 1)
	produce(t, c, "in", messages(1, 0))
	produce(t, c, "in", messages(1, 1))
	var g broker.GroupReader
	p := openProducer(t, c, broker.ProducerOptions{TransactionalID: "id"})
	done := make(chan error, 1)
	o := broker.GroupOptions{Group: "g", Topics: []string{"in"}}
	first := o
	first.Revoked = func(ctx context.Context, list []broker.TopicPartition) error {
		done <- p.CommitTransaction(ctx, g, at("in", list[0].Partition, 1))
		return nil
	}
	g = openGroup(t, c, first)
	consume(t, g, 2)
	send(t, p, "out", "v")
	other := startMember(t, c, o)
	ctx, cancel := context.WithCancel(t.Context())
	polled := make(chan error, 1)
	go func() {
		_, err := g.Poll(ctx)
		polled <- err
	}()
	if err := wait(t, done); err != nil {
		t.Error(err)
	}
	if told := wait(t, other.events); !strings.HasSuffix(told, " at 1") {
		t.Errorf("the other member was told %q", told)
	}
	cancel()
	if err := wait(t, polled); !errors.Is(err, context.Canceled) {
		t.Errorf("polling after that: %v", err)
	}
	expect(t, committed(t, c, "out"), "v")
}

// A member that was thrown out of its group commits nothing, neither positions
// nor results, and begins again where it last committed.
func TestLostPartitions(t *testing.T) {
	t.Parallel()
	c, b := openCluster(t)
	createTopic(t, c, "in", 1)
	createTopic(t, c, "out", 1)
	produce(t, c, "in", messages(5, 0))
	var told []string
	g := openGroup(t, c, broker.GroupOptions{
		Group: "g", Topics: []string{"in"},
		Gained: func(_ context.Context, at []broker.Position) error {
			told = append(told, fmt.Sprintf("gained at %d", at[0].Offset))
			return nil
		},
		Lost: func(context.Context, []broker.TopicPartition) error {
			told = append(told, "lost")
			return nil
		},
	})
	consume(t, g, 5)
	commit(t, g, at("in", 0, 3))
	p := openProducer(t, c, broker.ProducerOptions{TransactionalID: "id"})
	send(t, p, "out", "dropped")
	evict(t, c, client(t, b), "g")
	if err := p.CommitTransaction(t.Context(), g, at("in", 0, 5)); !errors.Is(err, broker.ErrRebalanced) {
		t.Errorf("committing results: %v", err)
	}
	if err := g.Commit(t.Context(), at("in", 0, 5)); !errors.Is(err, broker.ErrRebalanced) {
		t.Errorf("committing positions: %v", err)
	}
	values, _ := consume(t, g, 2)
	expect(t, values, "v3", "v4")
	expect(t, told, "gained at 0", "lost", "gained at 3")
	send(t, p, "out", "kept")
	if err := p.CommitTransaction(t.Context(), g, at("in", 0, 5)); err != nil {
		t.Error(err)
	}
	expect(t, committed(t, c, "out"), "kept")
}

// evict throws the only member out of a group.
func evict(t testing.TB, c broker.Cluster, k *kgo.Client, group string) {
	t.Helper()
	groups, err := c.Groups(t.Context(), group)
	if err != nil {
		t.Fatal(err)
	}
	q := kmsg.NewPtrLeaveGroupRequest()
	q.Group = group
	m := kmsg.NewLeaveGroupRequestMember()
	m.MemberID = groups[0].Members[0].ID
	q.Members = append(q.Members, m)
	if r, err := q.RequestWith(t.Context(), k); err != nil || r.ErrorCode != 0 {
		t.Fatalf("response %+v, error %v", r, err)
	}
}

// A member that was thrown out and is back does not go on as if nothing had been:
// if it could not notice that its partitions were lost, it has to begin anew.
func TestThrownOutAndBack(t *testing.T) {
	t.Parallel()
	c, b := openCluster(t, "metadata.max.age.ms", "50")
	createTopic(t, c, "in", 1)
	produce(t, c, "in", messages(5, 0))
	lost := false
	g := openGroup(t, c, broker.GroupOptions{
		Group: "g", Topics: []string{"in"},
		Lost: func(context.Context, []broker.TopicPartition) error {
			lost = true // by a heartbeat that was faster
			return nil
		},
	})
	consume(t, g, 5)
	k := client(t, b)
	evict(t, c, k, "g")
	// News about its topic make it join, before a heartbeat.
	if _, err := kadm.NewClient(k).UpdatePartitions(t.Context(), 2, "in"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	if _, err := g.Poll(ctx); !errors.Is(err, broker.ErrRebalanced) && !lost {
		t.Errorf("error %v", err)
	}
	if err := g.Commit(t.Context(), at("in", 0, 5)); !errors.Is(err, broker.ErrRebalanced) && !lost {
		t.Errorf("committing: %v", err)
	}
}

// With batch.size so many bytes end the wait of linger.ms, without it nothing does before the time.
func TestBatchSizeEndsTheLinger(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t, "linger.ms", "60000", "batch.size", "1000", "delivery.timeout.ms", "69000")
	createTopic(t, c, "t", 1)
	p := openProducer(t, c, broker.ProducerOptions{})
	r := openReader(t, c, broker.ReadOptions{Topic: "t"})
	for range 10 {
		send(t, p, "t", strings.Repeat("x", 100))
	}
	if got := poll(t, r); len(got[0].Messages) == 0 {
		t.Errorf("got %v", got)
	}
	produce(t, c, "t", []broker.Message{{Value: []byte(strings.Repeat("y", 2000))}}) // would time out otherwise
}
