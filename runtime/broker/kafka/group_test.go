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

// member reads in a group on a goroutine of its own and commits after each
// Poll.
type member struct {
	reader broker.GroupReader
	events chan string
	seen   chan string
	done   chan error
	stop   context.CancelFunc
}

// startMember runs a member until it is stopped or the test ends. What the group
// tells it goes to events, the values it reads to seen.
func startMember(t testing.TB, c broker.Cluster, o broker.GroupOptions) *member {
	t.Helper()
	m := &member{events: make(chan string, 100), seen: make(chan string, 10_000), done: make(chan error, 1)}
	tell := func(what string, partitions []broker.TopicPartition) error {
		for _, p := range partitions {
			m.events <- fmt.Sprintf("%s %s/%d", what, p.Topic, p.Partition)
		}
		return nil
	}
	o.Gained = func(_ context.Context, at []broker.Position) error {
		for _, p := range at {
			m.events <- fmt.Sprintf("gained %s/%d at %d", p.Topic, p.Partition, p.Offset)
		}
		return nil
	}
	o.Revoked = func(_ context.Context, list []broker.TopicPartition) error { return tell("revoked", list) }
	o.Lost = func(_ context.Context, list []broker.TopicPartition) error { return tell("lost", list) }
	m.reader = openGroup(t, c, o)
	var ctx context.Context
	ctx, m.stop = context.WithCancel(t.Context())
	go func() { m.done <- m.run(ctx) }()
	t.Cleanup(m.stop)
	return m
}

func (m *member) run(ctx context.Context) error {
	for {
		fetches, err := m.reader.Poll(ctx)
		if err != nil {
			return err
		}
		var positions []broker.Position
		for _, f := range fetches {
			for _, message := range f.Messages {
				m.seen <- string(message.Value)
			}
			p := broker.Position{Offset: f.Next}
			p.Topic, p.Partition = f.Topic, f.Partition
			positions = append(positions, p)
		}
		if err := m.reader.Commit(context.WithoutCancel(ctx), positions); err != nil {
			return err
		}
	}
}

// leave stops the member and closes its reader.
func (m *member) leave(t testing.TB) {
	t.Helper()
	m.stop()
	if err := wait(t, m.done); !errors.Is(err, context.Canceled) {
		t.Errorf("the member ended with %v", err)
	}
	m.reader.Close()
}

// wait is what comes over a channel within the limit.
func wait[T any](t testing.TB, from <-chan T) T {
	t.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(limit):
		var none T
		t.Fatalf("nothing came within %s", limit)
		return none
	}
}

// waitFor takes n values and returns them in their order.
func waitFor(t testing.TB, n int, from <-chan string) []string {
	t.Helper()
	var got []string
	for range n {
		got = append(got, wait(t, from))
	}
	slices.Sort(got)
	return got
}

func expect(t testing.TB, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Two members share the partitions; what one has committed the other does
// not read again, and nothing is read twice or not at all.
func TestGroupRebalance(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 2)
	produce(t, c, "t", messages(10, 0))
	produce(t, c, "t", messages(10, 1))
	o := broker.GroupOptions{Group: "g", Topics: []string{"t"}}
	first := startMember(t, c, o)
	expect(t, waitFor(t, 2, first.events), "gained t/0 at 0", "gained t/1 at 0")
	waitFor(t, 20, first.seen)

	second := startMember(t, c, o)
	moved := wait(t, first.events)
	gone := strings.TrimPrefix(moved, "revoked ")
	if gone == moved {
		t.Fatalf("the first member was told %q", moved)
	}
	expect(t, waitFor(t, 1, second.events), "gained "+gone+" at 10")

	produce(t, c, "t", messages(1, 0))
	produce(t, c, "t", messages(1, 1))
	wait(t, first.seen)
	wait(t, second.seen)
	second.leave(t)
	expect(t, waitFor(t, 1, first.events), "gained "+gone+" at 11")
	produce(t, c, "t", messages(1, 0))
	produce(t, c, "t", messages(1, 1))
	waitFor(t, 2, first.seen)
	first.leave(t)
	if n := len(first.seen) + len(second.seen); n > 0 {
		t.Errorf("%d messages were read twice", n)
	}
}

// The group waits for a batch that is being worked on: its positions can be
// committed when the partitions are asked back.
func TestGroupWaitsForTheBatchAtWork(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 2)
	produce(t, c, "t", messages(5, 0))
	produce(t, c, "t", messages(5, 1))
	var g broker.GroupReader
	var positions []broker.Position
	revoked := make(chan error, 1)
	o := broker.GroupOptions{Group: "g", Topics: []string{"t"}}
	late := o
	late.Revoked = func(ctx context.Context, _ []broker.TopicPartition) error {
		revoked <- g.Commit(ctx, positions)
		return nil
	}
	g = openGroup(t, c, late)
	_, positions = consume(t, g, 10)
	other := startMember(t, c, o)
	ctx, cancel := context.WithCancel(t.Context())
	polled := make(chan error, 1)
	go func() {
		_, err := g.Poll(ctx)
		polled <- err
	}()
	if err := wait(t, revoked); err != nil {
		t.Errorf("committing when asked: %v", err)
	}
	if told := wait(t, other.events); !strings.HasSuffix(told, " at 5") {
		t.Errorf("the other member was told %q", told)
	}
	cancel()
	if err := wait(t, polled); !errors.Is(err, context.Canceled) {
		t.Errorf("polling after that: %v", err)
	}
	// What is gone cannot be committed any longer.
	if err := g.Commit(t.Context(), positions); !errors.Is(err, broker.ErrRebalanced) {
		t.Errorf("committing for a partition that is gone: %v", err)
	}
}

// A static member that comes back before the old one has gone fences it, and
// has its partitions without a rebalance.
func TestStaticMemberIsFenced(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 1)
	o := broker.GroupOptions{Group: "g", Topics: []string{"t"}, InstanceID: "one"}
	first := startMember(t, c, o)
	wait(t, first.events)
	second := startMember(t, c, o)
	wait(t, second.events)
	if err := wait(t, first.done); !errors.Is(err, broker.ErrFenced) || !strings.Contains(err.Error(), "group g") {
		t.Errorf("the first member ended with %v", err)
	}
	if err := first.reader.Commit(t.Context(), at("t", 0, 0)); !errors.Is(err, broker.ErrRebalanced) {
		t.Errorf("the first member commits: %v", err)
	}
	first.reader.Close()
	produce(t, c, "t", messages(1, 0))
	wait(t, second.seen)
	second.leave(t)
	// It is still in the group, and gets its partition back.
	groups, err := c.Groups(t.Context(), "g")
	if err != nil || len(groups[0].Members) != 1 || groups[0].Members[0].InstanceID != "one" {
		t.Errorf("groups %+v, error %v", groups, err)
	}
	expect(t, waitFor(t, 1, startMember(t, c, o).events), "gained t/0 at 1")
}

// A static member that is to leave does so when it is closed; one that stays can be
// removed. Both can be told of a group that nobody is in.
func TestStaticMemberLeaves(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 1)
	for _, leave := range []bool{true, false} {
		m := startMember(t, c, broker.GroupOptions{Group: "g", Topics: []string{"t"}, InstanceID: "one", Leave: leave})
		wait(t, m.events)
		m.leave(t)
		if !leave {
			if err := c.RemoveMember(t.Context(), "g", "one"); err != nil {
				t.Error(err)
			}
		}
		groups, err := c.Groups(t.Context(), "g")
		if err != nil || len(groups[0].Members) != 0 {
			t.Errorf("leave %t: groups %+v, error %v", leave, groups, err)
		}
		if err := c.RemoveMember(t.Context(), "g", "one"); err != nil {
			t.Error(err)
		}
	}
}

// A topic that is read whole begins with its first record, whatever is said of others.
func TestGroupReadsWholeTopics(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	for _, topic := range []string{"new", "whole"} {
		createTopic(t, c, topic, 1)
		produce(t, c, topic, messages(3, 0))
	}
	m := startMember(t, c, broker.GroupOptions{
		Group: "g", Topics: []string{"new", "whole"}, Default: broker.Latest, Whole: []string{"whole"},
	})
	expect(t, waitFor(t, 2, m.events), "gained new/0 at 3", "gained whole/0 at 0")
}

func TestRecordsAreDeleted(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 1)
	produce(t, c, "t", messages(5, 0))
	for _, before := range []int64{3, 1} { // what is deleted already is no error
		if err := c.DeleteRecords(t.Context(), at("t", 0, before)); err != nil {
			t.Error(err)
		}
	}
	if starts, err := c.Offsets(t.Context(), "t", broker.EarliestOffset()); err != nil || starts[0] != 3 {
		t.Errorf("starts %v, %v", starts, err)
	}
	if err := c.DeleteRecords(t.Context(), at("none", 0, 1)); !errors.Is(err, broker.ErrUnknownTopic) {
		t.Errorf("of no topic: %v", err)
	}
}

// at is a position.
func at(topic string, partition int32, offset int64) []broker.Position {
	return []broker.Position{{TopicPartition: broker.TopicPartition{Topic: topic, Partition: partition}, Offset: offset}}
}

func TestGroupSeekAndPause(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 1)
	produce(t, c, "t", messages(5, 0))
	g := openGroup(t, c, broker.GroupOptions{Group: "g", Topics: []string{"t"}})
	consume(t, g, 5)
	g.Seek(at("t", 0, 3)...)
	values, _ := consume(t, g, 2)
	expect(t, values, "v3", "v4")

	p := broker.TopicPartition{Topic: "t"}
	g.Pause(p)
	ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond) // what was asked for before is done
	defer cancel()
	if fetches, err := g.Poll(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("fetches %+v, error %v", fetches, err)
	}
	produce(t, c, "t", messages(1, 0))
	ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if fetches, err := g.Poll(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("fetches of a paused partition: %+v, error %v", fetches, err)
	}
	g.Resume(p)
	consume(t, g, 1)
}

// Partitions a topic gets are read from their beginning, wherever those that
// were there begin.
func TestGroupDefaults(t *testing.T) {
	t.Parallel()
	c, b := openCluster(t, "metadata.max.age.ms", "100")
	createTopic(t, c, "t", 1)
	produce(t, c, "t", messages(5, 0))
	o := broker.GroupOptions{Group: "g", Topics: []string{"t"}, Default: broker.Latest}
	m := startMember(t, c, o)
	expect(t, waitFor(t, 1, m.events), "gained t/0 at 5")
	if _, err := kadm.NewClient(client(t, b)).UpdatePartitions(t.Context(), 2, "t"); err != nil {
		t.Fatal(err)
	}
	produce(t, connect(t, b), "t", messages(1, 1))
	expect(t, waitFor(t, 1, m.events), "gained t/1 at 0")
	wait(t, m.seen)
}

func TestGroupErrors(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 1)
	if _, err := c.OpenGroup(t.Context(), broker.GroupOptions{Group: "g", Topics: []string{"t", "none"}}); !errors.Is(err, broker.ErrUnknownTopic) {
		t.Errorf("a topic that is not there: %v", err)
	}
	wrong := errors.New("wrong")
	g := openGroup(t, c, broker.GroupOptions{
		Group: "g", Topics: []string{"t"},
		Gained: func(context.Context, []broker.Position) error { return wrong },
	})
	for range 2 {
		if _, err := g.Poll(t.Context()); !errors.Is(err, wrong) {
			t.Errorf("an error of the driver: %v", err)
		}
	}
	g.Close()
	g.Close()
	if _, err := g.Poll(t.Context()); !errors.Is(err, broker.ErrClosed) && !errors.Is(err, wrong) {
		t.Errorf("closed: %v", err)
	}
	// Closed before it has joined, and while the group waits for it.
	for range 5 {
		openGroup(t, c, broker.GroupOptions{Group: "h", Topics: []string{"t"}}).Close()
	}
	m := openGroup(t, c, broker.GroupOptions{Group: "i", Topics: []string{"t"}})
	produce(t, c, "t", messages(1, 0))
	consume(t, m, 1)
	openGroup(t, c, broker.GroupOptions{Group: "i", Topics: []string{"t"}}).Close()
	m.Close()

	deleted := startMember(t, c, broker.GroupOptions{Group: "j", Topics: []string{"t"}})
	wait(t, deleted.events)
	if err := c.DeleteTopic(t.Context(), "t"); err != nil {
		t.Fatal(err)
	}
	if err := wait(t, deleted.done); !errors.Is(err, broker.ErrTopicDeleted) {
		t.Errorf("a topic that was deleted: %v", err)
	}
	if err := deleted.reader.Commit(t.Context(), at("t", 0, 1)); !errors.Is(err, broker.ErrUnknownTopic) && !errors.Is(err, broker.ErrRebalanced) {
		t.Errorf("committing for a topic that was deleted: %v", err)
	}
}

func TestDescribeResetAndDeleteGroup(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t, "client.id", "me")
	createTopic(t, c, "t", 1)
	produce(t, c, "t", messages(5, 0))
	for what, err := range map[string]error{
		"describing": second(c.Groups(t.Context(), "g")),
		"deleting":   c.DeleteGroup(t.Context(), "g"),
	} {
		if !errors.Is(err, broker.ErrUnknownGroup) || err.Error() != "consumer group g: unknown consumer group" {
			t.Errorf("%s a group that is not there: %v", what, err)
		}
	}
	if err := c.ResetGroup(t.Context(), "g", at("none", 0, 2)); !errors.Is(err, broker.ErrUnknownTopic) {
		t.Errorf("resetting to a position of a topic that is not there: %v", err)
	}
	if err := c.ResetGroup(t.Context(), "g", at("t", 0, 2)); err != nil {
		t.Fatal(err)
	}
	m := startMember(t, c, broker.GroupOptions{Group: "g", Topics: []string{"t"}})
	expect(t, waitFor(t, 1, m.events), "gained t/0 at 2")
	waitFor(t, 3, m.seen)
	groups, err := c.Groups(t.Context(), "g")
	if err != nil || len(groups) != 1 || len(groups[0].Members) != 1 || groups[0].Members[0].ClientID != "me" || groups[0].State != "Stable" {
		t.Errorf("groups %+v, error %v", groups, err)
	}
	for what, err := range map[string]error{
		"resetting": c.ResetGroup(t.Context(), "g", at("t", 0, 0)),
		"deleting":  c.DeleteGroup(t.Context(), "g"),
	} {
		if !errors.Is(err, broker.ErrGroupInUse) {
			t.Errorf("%s a group with a member: %v", what, err)
		}
	}
	m.leave(t)
	if err := c.DeleteGroup(t.Context(), "g"); err != nil {
		t.Fatal(err)
	}
	expect(t, waitFor(t, 1, startMember(t, c, broker.GroupOptions{Group: "g", Topics: []string{"t"}}).events), "gained t/0 at 0")
}
