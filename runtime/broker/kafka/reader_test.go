package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

func TestReadsAllPartitionsInOrder(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 4)
	for p := range int32(3) { // the last stays empty
		produce(t, c, "t", messages(100, p))
	}
	r := openReader(t, c, broker.ReadOptions{Topic: "t"})
	next := make([]int64, 4)
	for _, m := range readUntil(t, r, ends(t, c, "t")) {
		if m.Offset != next[m.Partition] {
			t.Fatalf("partition %d: offset %d, want %d", m.Partition, m.Offset, next[m.Partition])
		}
		next[m.Partition]++
	}
	if want := []int64{100, 100, 100, 0}; !slices.Equal(next, want) {
		t.Errorf("read to %v, want %v", next, want)
	}
}

// Whatever the codec, a message comes out as it went in.
func TestMessagesComeBackAsWritten(t *testing.T) {
	t.Parallel()
	wrote := []broker.Message{
		{Key: []byte("k"), Value: []byte("v"), Time: 1, Headers: []broker.Header{{Key: "a", Value: []byte("1")}, {Key: "a"}, {Key: "", Value: []byte{}}}},
		{Key: nil, Value: []byte("no key"), Time: 1700000000123},
		{Key: []byte("tombstone"), Value: nil, Time: 0},
		{Key: []byte{}, Value: []byte{}, Time: 5},
		{Key: []byte("ключ"), Value: []byte("значение 🦄"), Time: 6, Headers: []broker.Header{{Key: "ключ", Value: []byte{0, 255}}}},
		{Value: slices.Repeat([]byte("0123456789abcdef"), 1<<16), Time: 7}, // 1 MB
	}
	for _, codec := range []string{"none", "gzip", "snappy", "lz4", "zstd"} {
		t.Run(codec, func(t *testing.T) {
			t.Parallel()
			c, _ := openCluster(t, "compression.type", codec)
			createTopic(t, c, "t", 1)
			sent := slices.Clone(wrote)
			produce(t, c, "t", sent)
			r := openReader(t, c, broker.ReadOptions{Topic: "t"})
			got := readUntil(t, r, ends(t, c, "t"))
			for i, want := range sent {
				if len(got) <= i || !reflect.DeepEqual(got[i], want) {
					t.Fatalf("wrote %.300q, read %.300q", fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got[i:]))
				}
			}
		})
	}
}

func TestStarts(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 3)
	for p := range int32(3) {
		produce(t, c, "t", messages(10, p))
	}
	r := openReader(t, c, broker.ReadOptions{Topic: "t", Starts: []broker.Start{{Partition: 0, Offset: 7}, {Partition: 2, Offset: broker.Latest}}})
	produce(t, c, "t", []broker.Message{{Value: []byte("last"), Partition: 2}})
	var got []string
	for _, m := range readUntil(t, r, []int64{10, 0, 11}) {
		got = append(got, fmt.Sprintf("%d/%d %s", m.Partition, m.Offset, m.Value))
	}
	slices.Sort(got)
	if want := []string{"0/7 v7", "0/8 v8", "0/9 v9", "2/10 last"}; !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
	_, err := c.OpenReader(t.Context(), broker.ReadOptions{Topic: "t", Starts: []broker.Start{{Partition: 3}}})
	if !errors.Is(err, broker.ErrInvalid) {
		t.Errorf("reading a partition there is none of: %v", err)
	}
	if _, err := c.OpenReader(t.Context(), broker.ReadOptions{Topic: "none"}); !errors.Is(err, broker.ErrUnknownTopic) {
		t.Errorf("reading an unknown topic: %v", err)
	}
	if _, err := c.Topics(t.Context(), "none"); !errors.Is(err, broker.ErrUnknownTopic) {
		t.Errorf("it was created by trying to read it: %v", err)
	}
}

// transact writes values in one transaction and ends it as told.
func transact(t *testing.T, b *embedded.Broker, topic string, end *kgo.TransactionEndTry, list ...string) *kgo.Client {
	t.Helper()
	p := client(t, b, kgo.TransactionalID(t.Name()+fmt.Sprint(list)), kgo.DefaultProduceTopic(topic))
	if err := p.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		if err := p.ProduceSync(t.Context(), kgo.StringRecord(v)).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	if end != nil {
		if err := p.EndTransaction(t.Context(), *end); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func valuesOf(list []broker.Message) []string {
	var values []string
	for _, m := range list {
		values = append(values, string(m.Value))
	}
	return values
}

// A bounded read ends at its end whatever lies there: the markers of a
// committed or aborted transaction, aborted records, or an open transaction.
func TestTransactions(t *testing.T) {
	t.Parallel()
	commit, abort := kgo.TryCommit, kgo.TryAbort
	c, b := openCluster(t)
	createTopic(t, c, "t", 1)
	check := func(want ...string) {
		t.Helper()
		r := openReader(t, c, broker.ReadOptions{Topic: "t"})
		if got := valuesOf(readUntil(t, r, ends(t, c, "t"))); !slices.Equal(got, want) {
			t.Errorf("read %q, want %q", got, want)
		}
	}
	transact(t, b, "t", &commit, "a", "b")
	check("a", "b")
	transact(t, b, "t", &abort, "x", "y")
	check("a", "b")
	produce(t, c, "t", []broker.Message{{Value: []byte("plain")}})
	check("a", "b", "plain")
	open := transact(t, b, "t", nil, "later")
	produce(t, c, "t", []broker.Message{{Value: []byte("behind it")}})
	check("a", "b", "plain")

	r := openReader(t, c, broker.ReadOptions{Topic: "t", Isolation: broker.ReadUncommitted})
	all, err := c.Offsets(t.Context(), "t", broker.EndOffset())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := valuesOf(readUntil(t, r, all)), []string{"a", "b", "x", "y", "plain", "later", "behind it"}; !slices.Equal(got, want) {
		t.Errorf("uncommitted: read %q, want %q", got, want)
	}
	if err := open.EndTransaction(t.Context(), kgo.TryCommit); err != nil {
		t.Fatal(err)
	}
	check("a", "b", "plain", "later", "behind it")
}

// A reader that waits at an open transaction goes on when it ends.
func TestOpenTransactionIsWaitedFor(t *testing.T) {
	t.Parallel()
	c, b := openCluster(t)
	createTopic(t, c, "t", 1)
	p := transact(t, b, "t", nil, "a")
	r := openReader(t, c, broker.ReadOptions{Topic: "t"})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if f, err := r.Poll(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("before the end: %v, error %v", f, err)
	}
	if err := p.EndTransaction(t.Context(), kgo.TryCommit); err != nil {
		t.Fatal(err)
	}
	if got := valuesOf(readUntil(t, r, []int64{2})); !slices.Equal(got, []string{"a"}) {
		t.Errorf("read %q", got)
	}
}

func TestPositionOutOfRange(t *testing.T) {
	t.Parallel()
	c, b := openCluster(t)
	createTopic(t, c, "t", 1)
	produce(t, c, "t", messages(10, 0))
	admin := kadm.NewClient(client(t, b))
	if _, err := admin.DeleteRecords(t.Context(), kadm.Offsets{"t": {0: {Topic: "t", At: 10}}}); err != nil {
		t.Fatal(err)
	}
	r := openReader(t, c, broker.ReadOptions{Topic: "t", Starts: []broker.Start{{Offset: 3}}})
	f := poll(t, r)[0]
	var reset *broker.OffsetResetError
	if !errors.As(f.Err, &reset) || reset.Wanted != 3 || reset.Resumed != 10 || f.Next != 10 {
		t.Fatalf("fetch %+v", f)
	}
	if want := "topic t partition 0: offset 3 is out of range, reading goes on at offset 10"; f.Err.Error() != want {
		t.Errorf("error %q, want %q", f.Err, want)
	}
	produce(t, c, "t", messages(1, 0))
	if got := readUntil(t, r, []int64{11}); len(got) != 1 || got[0].Offset != 10 {
		t.Errorf("read %v", got)
	}
}

func TestNewPartitions(t *testing.T) {
	t.Parallel()
	c, b := openCluster(t, "metadata.max.age.ms", "20")
	createTopic(t, c, "t", 1)
	r := openReader(t, c, broker.ReadOptions{Topic: "t", Default: broker.Latest})
	fixed := openReader(t, c, broker.ReadOptions{Topic: "t", Fixed: true})
	if _, err := kadm.NewClient(client(t, b)).CreatePartitions(t.Context(), 2, "t"); err != nil {
		t.Fatal(err)
	}
	late := connect(t, b) // knows the new partitions from the start
	for p := range int32(3) {
		produce(t, late, "t", messages(5, p))
	}
	added := make(map[int32]bool)
	next := make(map[int32]int64)
	for next[0] < 5 || next[1] < 5 || next[2] < 5 {
		for _, f := range poll(t, r) {
			if f.Added {
				added[f.Partition] = true
			}
			if len(f.Messages) > 0 && !added[f.Partition] && f.Partition > 0 {
				t.Errorf("partition %d is read before it is told", f.Partition)
			}
			next[f.Partition] = f.Next
		}
	}
	if !added[1] || !added[2] || added[0] {
		t.Errorf("added %v", added)
	}
	if got := readUntil(t, fixed, []int64{5}); len(got) != 5 {
		t.Errorf("fixed to the first partition: read %v", valuesOf(got))
	}
}

func TestDeletedTopic(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]bool{"deleted": false, "created again": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := openCluster(t)
			createTopic(t, c, "t", 2)
			r := openReader(t, c, broker.ReadOptions{Topic: "t"})
			if err := c.DeleteTopic(t.Context(), "t"); err != nil {
				t.Fatal(err)
			}
			if again {
				createTopic(t, c, "t", 2)
			}
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			if _, err := r.Poll(ctx); !errors.Is(err, broker.ErrTopicDeleted) || err.Error() != "topic t: topic was deleted" {
				t.Errorf("error %v", err)
			}
		})
	}
}

// The reader survives a broker that goes away and comes back.
func TestBrokerRestart(t *testing.T) {
	t.Parallel()
	o := embedded.Options{Dir: filepath.Join(t.TempDir(), "data"), Listen: "127.0.0.1:0"}
	b, err := embedded.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	o.Listen = b.Address()
	c, err := kafka.Open(t.Context(), kafka.Config{Properties: map[string]string{"bootstrap.servers": o.Listen}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	createTopic(t, c, "t", 2)
	produce(t, c, "t", messages(5, 0))
	r := openReader(t, c, broker.ReadOptions{Topic: "t"})
	if got := readUntil(t, r, []int64{5, 0}); len(got) != 5 {
		t.Errorf("read %d messages", len(got))
	}
	for round := range 3 {
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if b, err = embedded.Open(o); err != nil {
			t.Fatal(err)
		}
		produce(t, c, "t", messages(3, 1))
		if got := readUntil(t, r, []int64{0, int64(3 * (round + 1))}); len(got) != 3 {
			t.Errorf("round %d: read %d messages", round, len(got))
		}
	}
	r.Close()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 2)
	r := openReader(t, c, broker.ReadOptions{Topic: "t"})
	r.Pause(0)
	for range 20 {
		produce(t, c, "t", messages(1, 0))
		produce(t, c, "t", messages(1, 1))
	}
	for _, m := range readUntil(t, r, []int64{0, 20}) {
		if m.Partition == 0 && m.Offset > 0 { // one fetch may have been on its way
			t.Errorf("offset %d of the paused partition", m.Offset)
		}
	}
	r.Resume(0)
	if got := readUntil(t, r, []int64{20, 0}); len(got) < 19 {
		t.Errorf("read %d messages after resuming", len(got))
	}
}

func TestAddMoveAndRemove(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 2)
	produce(t, c, "t", messages(5, 0))
	produce(t, c, "t", messages(5, 1))
	r := openReader(t, c, broker.ReadOptions{Topic: "t", Starts: []broker.Start{}})
	r.Add(broker.Start{Partition: 1, Offset: 2})
	if got := valuesOf(readUntil(t, r, []int64{0, 5})); !slices.Equal(got, []string{"v2", "v3", "v4"}) {
		t.Errorf("added: read %q", got)
	}
	r.Add(broker.Start{Partition: 1, Offset: broker.Earliest})
	if got := valuesOf(readUntil(t, r, []int64{0, 5})); len(got) != 5 {
		t.Errorf("moved: read %q", got)
	}
	r.Remove(1)
	produce(t, c, "t", messages(5, 1))
	r.Add(broker.Start{Partition: 0})
	for _, m := range readUntil(t, r, []int64{5, 0}) {
		if m.Partition != 0 {
			t.Errorf("partition %d offset %d after it was removed", m.Partition, m.Offset)
		}
	}
}

// A partition with a large backlog does not keep the others waiting.
func TestFairness(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t, "fetch.max.bytes", "65536", "max.partition.fetch.bytes", "32768")
	createTopic(t, c, "t", 3)
	filler := slices.Repeat([]byte("x"), 1000)
	for range 40 {
		list := messages(100, 0)
		for i := range list {
			list[i].Value = filler
		}
		produce(t, c, "t", list)
	}
	produce(t, c, "t", messages(1, 1))
	produce(t, c, "t", messages(1, 2))
	r := openReader(t, c, broker.ReadOptions{Topic: "t"})
	read := make([]int64, 3)
	for read[1] == 0 || read[2] == 0 {
		for _, f := range poll(t, r) {
			read[f.Partition] += int64(len(f.Messages))
		}
	}
	if read[0] >= 4000 {
		t.Errorf("partition 0 was read to its end first")
	}
}

func TestCloseEndsPoll(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 2)
	for range 50 {
		r, err := c.OpenReader(t.Context(), broker.ReadOptions{Topic: "t"})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error)
		go func() {
			_, err := r.Poll(t.Context())
			ended <- err
		}()
		r.Close()
		if err := <-ended; !errors.Is(err, broker.ErrClosed) {
			t.Fatalf("error %v", err)
		}
		r.Close()
	}
}

// Recycled slices are used again, and what they held stays as it was.
func TestRecycle(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 1)
	r := openReader(t, c, broker.ReadOptions{Topic: "t"})
	var kept [][]byte
	for i := range int64(10) {
		produce(t, c, "t", []broker.Message{{Value: fmt.Append(nil, i), Headers: []broker.Header{{Key: "h"}}}})
		for next := int64(0); next <= i; {
			for _, f := range poll(t, r) {
				for _, m := range f.Messages {
					kept = append(kept, m.Value)
				}
				next = f.Next
				r.Recycle(f.Messages)
			}
		}
	}
	for i, v := range kept {
		if string(v) != strconv.Itoa(i) {
			t.Errorf("value %d is %q", i, v)
		}
	}
}
