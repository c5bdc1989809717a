package query

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// worker is one try to run a persistent query: from joining its group to a failure or the end.
type worker struct {
	query    *Persistent
	stations map[place]*station
	group    broker.GroupReader
	producer broker.Producer
	results  []result // that tasks have emitted and that are not handed to the producer yet

	assigned map[broker.TopicPartition]struct{}
	read     map[broker.TopicPartition]int64 // positions that are not committed
	paused   bool
	held     []broker.Fetch // what came after the query was paused
	topics   []string       // of the sources
}

// result is a message for a topic.
type result struct {
	topic   string
	message broker.Message
}

// closing is how long a query that is stopped may take to finish what it is at.
const closing = 10 * time.Second

// work runs the query until ctx is done, which is no error, or something fails.
// Stopped, it finishes the batch that it works on and commits: so nothing has to
// be undone, and with transactions nothing is written twice.
func (q *Persistent) work(ctx context.Context) error {
	w, err := q.open(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	q.fail(nil)
	working, cancel := outlasting(ctx, closing)
	defer cancel()
	if err := w.loop(ctx, working); err != nil {
		return err
	}
	return w.commit(working)
}

// outlasting returns a context that is done some time after ctx.
func outlasting(ctx context.Context, by time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(by):
			cancel()
		case <-longer.Done():
		}
	})
	return longer, func() {
		stop()
		cancel()
	}
}

func (q *Persistent) open(ctx context.Context) (*worker, error) {
	w := &worker{
		query: q, stations: map[place]*station{},
		assigned: map[broker.TopicPartition]struct{}{}, read: map[broker.TopicPartition]int64{},
	}
	var err error
	if w.topics, err = q.awaitTopics(ctx); err != nil {
		return nil, err
	}
	if err := q.ensure(ctx, w.topics); err != nil {
		return nil, err
	}
	producer := broker.ProducerOptions{}
	if q.options.ExactlyOnce {
		producer.TransactionalID = q.options.Group
	}
	if w.producer, err = q.options.Cluster.OpenProducer(ctx, producer); err != nil {
		return nil, err
	}
	w.group, err = q.options.Cluster.OpenGroup(ctx, broker.GroupOptions{
		Group: q.options.Group, Topics: append(w.topics, q.internalTopics()...), Default: q.options.Default, Isolation: w.isolation(),
		SessionTimeout: q.options.SessionTimeout, Gained: w.gained, Revoked: w.revoked, Lost: w.lost,
	})
	if err != nil {
		w.producer.Close()
		return nil, w.unsettled(err)
	}
	return w, nil
}

// isolation is how the query reads topics.
func (w *worker) isolation() broker.Isolation {
	if w.query.options.ExactlyOnce {
		return broker.ReadCommitted
	}
	return broker.DefaultIsolation
}

func (w *worker) close() {
	w.group.Close()
	w.producer.Close()
}

// loop reads, works and commits in turn, until ctx is done. What it has begun it
// finishes under working.
func (w *worker) loop(ctx, working context.Context) error {
	due := time.NewTicker(w.query.options.CommitInterval)
	defer due.Stop()
	again, stop := w.lookout()
	defer stop()
	for ctx.Err() == nil {
		if err := w.turn(ctx, working); err != nil {
			return err
		}
		select {
		case <-due.C:
			if err := w.commit(working); err != nil {
				return err
			}
		default:
		}
		if err := w.checkTopics(working, again); err != nil {
			return err
		}
	}
	return nil
}

// turn waits for records, no longer than until the next commit, and works on them.
func (w *worker) turn(ctx, working context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, w.query.options.CommitInterval)
	defer cancel()
	if !w.follow(cancel) {
		if err := w.processAll(working, w.held); err != nil {
			return err
		}
		w.held = nil
	}
	fetches, err := w.group.Poll(waiting)
	if err != nil {
		if waiting.Err() != nil {
			return nil // time to commit, to pause, or to end
		}
		return err
	}
	if w.query.isPaused() { // and what was asked for before still comes
		w.held = append(w.held, fetches...)
		return nil
	}
	return w.processAll(working, fetches)
}

func (w *worker) processAll(ctx context.Context, fetches []broker.Fetch) error {
	for _, f := range fetches {
		if err := w.process(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// follow does what Pause and Resume have asked for, lets them end the wait, and
// reports whether the query is paused.
func (w *worker) follow(wake context.CancelFunc) bool {
	w.query.mu.Lock()
	paused := w.query.paused
	w.query.wake = wake
	w.query.mu.Unlock()
	if paused == w.paused {
		return paused
	}
	w.paused = paused
	partitions := slices.Collect(maps.Keys(w.assigned))
	if paused {
		w.group.Pause(partitions...)
	} else {
		w.group.Resume(partitions...)
	}
	return paused
}

func (w *worker) process(ctx context.Context, f broker.Fetch) error {
	topic := logical(w.query.options.Group, f.Topic)
	for _, stage := range w.query.topology.Readers(topic) {
		at := place{stage, f.Partition}
		if !w.query.topology.Stateful(stage) {
			at.partition = 0
		}
		if err := w.feed(ctx, w.stations[at].task, topic, f); err != nil {
			return err
		}
	}
	if topic == f.Topic {
		w.query.read.addMessages(f.Messages, w.query.runtime.Now())
	}
	w.read[broker.TopicPartition{Topic: f.Topic, Partition: f.Partition}] = f.Next
	w.group.Recycle(f.Messages)
	return nil
}

// feed gives what was fetched to a task, and what the task emits to the producer.
func (w *worker) feed(ctx context.Context, task *Task, topic string, f broker.Fetch) error {
	if f.Err != nil {
		task.topic = topic
		task.gap(f.Err)
	}
	for some := range slices.Chunk(f.Messages, messagesPerStep) {
		task.Reset()
		if err := task.Step(topic, some); err != nil {
			return err
		}
		if err := w.write(ctx); err != nil {
			return err
		}
	}
	return nil
}

// messagesPerStep bounds what a task decodes at once, so that the rows stay in the processor's cache.
const messagesPerStep = 512

// emit takes a result from a task.
func (w *worker) emit(topic string, m broker.Message) {
	w.results = append(w.results, result{topic, m})
}

// write hands the results and the dead letters to the producer.
func (w *worker) write(ctx context.Context) error {
	sink, count, size := w.query.plan.Root.Into.Topic, 0, 0
	for _, r := range w.results {
		if err := w.producer.Produce(ctx, r.topic, r.message); err != nil {
			return err
		}
		if r.topic == sink {
			count++
			size += len(r.message.Key) + len(r.message.Value)
		}
	}
	w.query.written.add(count, size, w.query.runtime.Now())
	clear(w.results)
	w.results = w.results[:0]
	return nil
}

// commit makes what was written, and how far was read, durable.
func (w *worker) commit(ctx context.Context) error {
	if len(w.read) == 0 {
		return nil
	}
	for _, station := range w.stations {
		if err := station.log(); err != nil {
			return err
		}
		if err := w.write(ctx); err != nil {
			return err
		}
	}
	positions := make([]broker.Position, 0, len(w.read))
	for at, offset := range w.read {
		positions = append(positions, broker.Position{TopicPartition: at, Offset: offset})
	}
	if err := w.commitAt(ctx, positions); err != nil {
		return err
	}
	clear(w.read)
	return nil
}

func (w *worker) commitAt(ctx context.Context, positions []broker.Position) error {
	if w.query.options.ExactlyOnce {
		return w.producer.CommitTransaction(ctx, w.group, positions)
	}
	if err := w.producer.Flush(ctx); err != nil {
		return err
	}
	return w.group.Commit(ctx, positions)
}

// gained begins with partitions that the group gives to this member.
func (w *worker) gained(ctx context.Context, at []broker.Position) error {
	partitions := map[string][]int32{}
	for _, p := range at {
		topic := logical(w.query.options.Group, p.Topic)
		partitions[topic] = append(partitions[topic], p.Partition)
	}
	for topic, list := range partitions {
		for _, stage := range w.query.topology.Readers(topic) {
			if err := w.open(ctx, stage, list); err != nil {
				return err
			}
		}
	}
	for _, p := range at {
		w.assigned[p.TopicPartition] = struct{}{}
		if w.paused {
			w.group.Pause(p.TopicPartition)
		}
	}
	return nil
}

// revoked finishes with partitions before another member gets them.
func (w *worker) revoked(ctx context.Context, partitions []broker.TopicPartition) error {
	ctx, cancel := outlasting(ctx, closing) // a commit that has begun is finished
	defer cancel()
	err := w.commit(ctx)
	w.forget(partitions)
	return err
}

// lost forgets partitions that another member may have already. With transactions
// everything since the last commit is undone, and read again; and so it is where
// something is remembered of it.
func (w *worker) lost(_ context.Context, partitions []broker.TopicPartition) error {
	w.forget(partitions)
	if w.query.options.ExactlyOnce || w.query.topology.Remembers() {
		return broker.ErrRebalanced
	}
	return nil
}

func (w *worker) forget(partitions []broker.TopicPartition) {
	for _, p := range partitions {
		delete(w.assigned, p)
		delete(w.read, p)
		for _, stage := range w.query.topology.Readers(logical(w.query.options.Group, p.Topic)) {
			if w.query.topology.Stateful(stage) {
				delete(w.stations, place{stage, p.Partition})
			}
		}
	}
	w.held = slices.DeleteFunc(w.held, func(f broker.Fetch) bool {
		return slices.Contains(partitions, broker.TopicPartition{Topic: f.Topic, Partition: f.Partition})
	})
}
