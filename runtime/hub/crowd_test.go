package hub_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// crowd is a topic that grows, in records and in partitions, while many read it.
// The record at an offset of a partition says so in its columns, so that each
// reader can tell whether it sees every record once and in order.
type crowd struct {
	*testing.T
	broker *embedded.Broker
	writer broker.Cluster // it knows all partitions that there are
	hub    *hub.Hub
	source *catalog.Source

	written [crowdPartitions]atomic.Int64 // records in each partition
	total   atomic.Int64
	changed chan struct{} // closed and made anew after each write; guarded by mu
	mu      sync.Mutex
	done    chan struct{} // closed when the last record is written
}

const (
	crowdPartitions = 6 // of which two are added while the others are read
	crowdRecords    = 10_000
	crowdReaders    = 6
)

// padding makes the topic larger than what a reader fetches ahead. The \n has to
// be unescaped, so that the text lies in the decoder's own memory.
var padding = strings.Repeat("x", 1500) + `\n`

func newCrowd(t *testing.T) *crowd {
	t.Helper()
	b, err := embedded.Open(embedded.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	config := b.Config()
	config.Properties["metadata.max.age.ms"] = "20" // new partitions are noticed soon
	c, err := kafka.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if err := c.CreateTopic(t.Context(), broker.NewTopic{Name: "crowd", Partitions: crowdPartitions - 2}); err != nil {
		t.Fatal(err)
	}
	w := &crowd{
		T: t, broker: b, writer: c, hub: hub.New(c, serde.New()),
		changed: make(chan struct{}), done: make(chan struct{}),
		source: &catalog.Source{
			Name: "CROWD", Kind: catalog.Stream, Topic: "crowd",
			Schema: &types.Schema{Value: []types.Column{{Name: "N", Type: types.Bigint}, {Name: "S", Type: types.String}}},
			Key:    catalog.Format{Name: "NONE"}, Value: catalog.Format{Name: "JSON"},
		},
	}
	w.write(0, crowdPartitions-2, 100)
	go w.grow()
	return w
}

// grow writes all records, adding a partition after each third of them.
func (w *crowd) grow() {
	defer close(w.done)
	for have := crowdPartitions - 2; w.total.Load() < crowdRecords; {
		w.write(rand.IntN(have), 1, 200+rand.IntN(800))
		if have < crowdPartitions && w.total.Load() > int64(crowdRecords*(have-crowdPartitions+3)/3) {
			w.addPartition()
			have++
		}
	}
}

func (w *crowd) addPartition() {
	client, err := kgo.NewClient(kgo.SeedBrokers(w.broker.Address()), kgo.Dialer(w.broker.Dial))
	if err != nil {
		w.Error(err)
		return
	}
	defer client.Close()
	if _, err := kadm.NewClient(client).CreatePartitions(context.Background(), 1, "crowd"); err != nil {
		w.Error(err)
		return
	}
	if w.writer, err = w.broker.Connect(context.Background()); err != nil {
		w.Error(err)
		return
	}
	w.Cleanup(w.writer.Close)
}

// write appends n records to each of some partitions.
func (w *crowd) write(first, partitions, n int) {
	for p := first; p < first+partitions; p++ {
		var messages []broker.Message
		for range n {
			offset := w.written[p].Load() + int64(len(messages))
			messages = append(messages, broker.Message{
				Partition: int32(p), Value: fmt.Appendf(nil, `{"N":%d,"S":"%d/%d%s"}`, offset, p, offset, padding),
			})
		}
		if err := w.writer.Produce(context.Background(), "crowd", messages); err != nil {
			w.Error(err)
			return
		}
		w.written[p].Add(int64(n))
		w.total.Add(int64(n))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.changed)
	w.changed = make(chan struct{})
}

// waitFor waits until so many records are written, or all.
func (w *crowd) waitFor(total int64) {
	for w.total.Load() < min(total, crowdRecords) {
		w.mu.Lock()
		changed := w.changed
		w.mu.Unlock()
		select {
		case <-changed:
		case <-w.done:
			return
		}
	}
}

// witness checks what one subscription sees.
type witness struct {
	*crowd
	name   string
	sub    *hub.Subscription
	text   bool
	latest bool
	before [crowdPartitions]int64 // records that were there before it began
	next   map[int32]int64        // the offset that must come next
	seen   int64
}

func (w *crowd) witness(name string, request hub.Request, text bool) *witness {
	v := &witness{crowd: w, name: name, text: text, latest: request.Latest, next: map[int32]int64{}}
	for p := range w.written {
		v.before[p] = w.written[p].Load()
	}
	request.Source, request.Wanted = w.source, hub.Wanted{Value: []bool{true, text}}
	request.Notice = func(err error) { w.Errorf("%s: notice %v", name, err) }
	request.Fault = func(f hub.Fault) {
		w.Errorf("%s: fault at %d/%d: %v", name, f.Message.Partition, f.Message.Offset, f.Err)
	}
	var err error
	if v.sub, err = w.hub.Subscribe(context.Background(), request); err != nil {
		w.Fatalf("%s: %v", name, err)
	}
	return v
}

// read reads until so many records are seen, all are, or the subscription ends.
func (v *witness) read(n int64) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	for v.seen < n {
		var batch *data.Batch
		if batch, err = v.sub.Next(ctx); err != nil {
			if !errors.Is(err, io.EOF) {
				v.Errorf("%s: after %d records, at %v: %v", v.name, v.seen, v.next, err)
			}
			return err
		}
		for i := range batch.Records {
			v.check(&batch.Records[i])
		}
		v.seen += int64(len(batch.Records))
	}
	return nil
}

func (v *witness) check(r *data.Record) {
	want, begun := v.next[r.Partition]
	switch {
	case begun && r.Offset != want:
		v.Errorf("%s: partition %d: offset %d after %d", v.name, r.Partition, r.Offset, want-1)
	case !begun && !v.latest && r.Offset != 0,
		!begun && r.Offset > max(v.before[r.Partition], v.written[r.Partition].Load()),
		!begun && v.latest && r.Offset < v.before[r.Partition]:
		v.Errorf("%s: partition %d begins at offset %d", v.name, r.Partition, r.Offset)
	}
	v.next[r.Partition] = r.Offset + 1
	if n := r.Value[0].Int64(); n != r.Offset {
		v.Errorf("%s: partition %d offset %d holds %d", v.name, r.Partition, r.Offset, n)
	}
	if !v.text {
		return
	}
	if s, want := r.Value[1].Text(), fmt.Sprintf("%d/%d", r.Partition, r.Offset); !strings.HasPrefix(s, want+"x") {
		v.Errorf("%s: partition %d offset %d holds %.20q", v.name, r.Partition, r.Offset, s)
	}
}

// complete checks that nothing that was there at the beginning is missing.
func (v *witness) complete() {
	for p, n := range v.before {
		if v.next[int32(p)] < n {
			v.Errorf("%s: partition %d ends at %d, %d were there", v.name, p, v.next[int32(p)], n)
		}
	}
}

// Every subscription sees every record of its range once and in order, whatever
// the others do: come late, read slowly, stop half-way, want other columns.
func TestCrowd(t *testing.T) {
	t.Parallel()
	w := newCrowd(t)
	var wg sync.WaitGroup
	for i := range 3 { // who keeps pace, and who falls behind the more the longer it lasts
		v := w.witness(fmt.Sprintf("whole %d", i), hub.Request{}, i > 0)
		wg.Go(func() {
			defer v.sub.Close()
			for n := int64(0); n < crowdRecords; n += 6000 {
				if v.read(n/int64(1+i)) != nil {
					return
				}
				w.waitFor(n)
			}
			<-w.done
			_ = v.read(w.total.Load())
		})
	}
	for i := range crowdReaders {
		wg.Go(func() { w.visit(i) })
	}
	wg.Wait()
	<-w.done
}

// visit subscribes again and again until the writer has ended.
func (w *crowd) visit(i int) {
	random := rand.New(rand.NewPCG(uint64(i), 1))
	for n := 0; ; n++ {
		select {
		case <-w.done:
			return
		default:
		}
		name := fmt.Sprintf("visitor %d/%d", i, n)
		switch random.IntN(3) {
		case 0:
			v := w.witness(name+" bounded", hub.Request{Bounded: true}, random.IntN(2) == 0)
			if errors.Is(v.read(1<<40), io.EOF) {
				v.complete()
			}
			v.sub.Close()
		case 1:
			v := w.witness(name+" earliest", hub.Request{}, random.IntN(2) == 0)
			_ = v.read(1 + random.Int64N(400))
			v.sub.Close()
		case 2:
			v := w.witness(name+" latest", hub.Request{Latest: true}, random.IntN(2) == 0)
			ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
			for {
				batch, err := v.sub.Next(ctx)
				if err != nil {
					break
				}
				for i := range batch.Records {
					v.check(&batch.Records[i])
				}
			}
			cancel()
			v.sub.Close()
		}
	}
}
