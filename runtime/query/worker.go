package query

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// worker is one try to run a persistent query: from joining its group to a failure or the end.
type worker struct {
	query    *Persistent
	stations map[place]*station
	owner    *state.Owner // of their stores
	group    broker.GroupReader
	producer broker.Producer
	results  []result           // that tasks have emitted and that are not handed to the producer yet
	worked   map[*Task]struct{} // and what they have done is not shown yet

	assigned map[broker.TopicPartition]int64 // with the offsets where they began
	fresh    []broker.TopicPartition         // gained, and their tasks are not made yet
	read     map[broker.TopicPartition]int64 // positions that are not committed
	paused   bool
	held     []broker.Fetch // what is not processed yet
	meetings map[meetingPlace]*meeting
	left     []*meeting   // which partitions have left
	caches   *op.Budget   // nil for none
	due      *time.Ticker // for commits
	wake     func()       // ends the wait for records
	pause    func() error // see Surroundings.Pause
	purged   time.Time    // when what other stages have read was deleted last
	topics   []string     // of the sources

	sinkPartitions int32 // of the topic of windowed results, else 0

	changes int           // of stores since the last snapshots
	saved   time.Time     // when those were made
	saving  time.Duration // how long that took
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
// be undone, and with transactions nothing is written twice. A panic is a failure.
func (q *Persistent) work(ctx context.Context) (err error) {
	defer catch(&err)
	w, err := q.open(ctx)
	if ended(ctx, err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer w.close()
	q.fail(nil)
	q.measures.forgetStores() // of an earlier try
	working, cancel := outlasting(ctx, closing)
	defer cancel()
	w.pause = func() error { return cmp.Or(working.Err(), w.write(working)) }
	if err := w.loop(ctx, working); err != nil {
		return err
	}
	if err := w.commit(working); err != nil {
		return fmt.Errorf("the last commit of the query: %w", err)
	}
	w.save(working)
	return nil
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
		query: q, stations: map[place]*station{}, worked: map[*Task]struct{}{}, owner: q.runtime.Memory.NewOwner(), wake: func() {},
		assigned: map[broker.TopicPartition]int64{}, read: map[broker.TopicPartition]int64{}, meetings: map[meetingPlace]*meeting{},
	}
	if q.options.CacheBytes > 0 {
		w.caches = &op.Budget{Limit: q.options.CacheBytes}
	}
	var err error
	if w.topics, err = q.awaitTopics(ctx); err != nil {
		return nil, err
	}
	if err := q.ensure(ctx, w.topics); err != nil {
		return nil, err
	}
	if into := q.plan.Root.Into; op.WindowBytes(into.Window.Type) > 0 {
		partitions, err := q.partitions(ctx, []string{into.Topic})
		if err != nil {
			return nil, err
		}
		w.sinkPartitions = partitions[into.Topic]
	}
	if w.producer, err = q.options.Cluster.OpenProducer(ctx, q.producerOptions()); err != nil {
		return nil, err
	}
	repartitions := q.repartitions()
	w.group, err = q.options.Cluster.OpenGroup(ctx, broker.GroupOptions{
		Group: q.options.Group, Topics: append(w.topics, repartitions...), Isolation: q.isolation(),
		Default: q.options.Default, Whole: repartitions,
		// The only member: what was killed and comes back has its partitions at once,
		// and of two processes the later one runs the query.
		InstanceID: q.options.Group, Leave: true,
		SessionTimeout: q.options.SessionTimeout, Gained: w.gained, Revoked: w.awake(w.revoked), Lost: w.awake(w.lost),
	})
	if err != nil {
		w.producer.Close()
		return nil, w.unsettled(err)
	}
	return w, nil
}

// producerOptions are those of the query's results. A transaction has the time
// between two commits, and as much again as any other for the commit itself.
func (q *Persistent) producerOptions() broker.ProducerOptions {
	if !q.options.ExactlyOnce {
		return broker.ProducerOptions{}
	}
	return broker.ProducerOptions{TransactionalID: q.options.Group, TransactionTimeout: q.commitInterval() + committing}
}

const (
	// committing is how long the commit of a transaction may take.
	committing = 10 * time.Second
	// mostOpen is how long a transaction is open at most, whatever the commit interval
	// is: clusters abort those that are open for too long.
	mostOpen = 5 * time.Minute
)

// commitInterval is how often is committed.
func (q *Persistent) commitInterval() time.Duration {
	if q.options.ExactlyOnce {
		return min(q.options.CommitInterval, mostOpen)
	}
	return q.options.CommitInterval
}

// isolation is how the query reads topics.
func (q *Persistent) isolation() broker.Isolation {
	if q.options.ExactlyOnce {
		return broker.ReadCommitted
	}
	return broker.DefaultIsolation
}

func (w *worker) close() {
	w.query.reach.stops()
	w.group.Close()
	w.producer.Close()
	w.owner.Resume()
	for _, station := range w.stations {
		station.close()
	}
}

// loop reads, works and commits in turn, until ctx is done. What it has begun it
// finishes under working.
func (w *worker) loop(ctx, working context.Context) error {
	w.due = time.NewTicker(w.query.commitInterval())
	defer w.due.Stop()
	again, stop := w.lookout()
	defer stop()
	for ctx.Err() == nil {
		if err := w.turn(ctx, working); err != nil {
			return err
		}
		if err := w.commitIfDue(working); err != nil {
			return err
		}
		if err := w.checkTopics(working, again); err != nil {
			return err
		}
	}
	return nil
}

// turn waits for records, no longer than until the next commit, and works on them.
func (w *worker) turn(ctx, working context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, w.query.commitInterval())
	defer cancel()
	paused := w.follow(cancel)
	if err := w.settle(ctx, working); ended(ctx, err) {
		return nil // what was not settled is not needed any more
	} else if err != nil {
		return err
	}
	if !paused {
		if err := w.processHeld(working); err != nil {
			return err
		}
	}
	w.wake = cancel
	w.owner.Rest()
	fetches, err := w.group.Poll(waiting)
	w.owner.Resume()
	if err != nil {
		if ended(waiting, err) {
			return nil // time to commit, to pause, to make tasks, or to end
		}
		return err
	}
	w.held = append(w.held, fetches...)
	if w.query.isPaused() || len(w.fresh) > 0 { // what was asked for before still comes
		return nil
	}
	return w.processHeld(working)
}

// awake returns a function of the group's that uses the stores, and is called while the worker
// waits for records, or for its group to see that it lives.
func (w *worker) awake(f func(context.Context, []broker.TopicPartition) error) func(context.Context, []broker.TopicPartition) error {
	return func(ctx context.Context, partitions []broker.TopicPartition) error {
		if w.owner.Resume() {
			defer w.owner.Rest()
		}
		return f(ctx, partitions)
	}
}

// ended reports whether an error says no more than that a wait is over. What has gone wrong
// at the same moment is another matter.
func ended(waiting context.Context, err error) bool {
	return waiting.Err() != nil && errors.Is(err, waiting.Err())
}

// processHeld works on what has been read.
func (w *worker) processHeld(ctx context.Context) error {
	for _, m := range w.left {
		if err := cmp.Or(w.proceed(ctx, m), w.measure()); err != nil {
			return err
		}
	}
	w.left = nil
	for _, f := range w.held {
		if err := w.process(ctx, f); err != nil {
			return err
		}
		if err := w.commitIfDue(ctx); err != nil {
			return err
		}
	}
	clear(w.held)
	w.held = w.held[:0]
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
		w.group.Pause(w.stopped()...)
	}
	return paused
}

// process works on what was fetched of a partition, or on what comes before that.
func (w *worker) process(ctx context.Context, f broker.Fetch) error {
	if meeting, lane := w.laneOf(broker.TopicPartition{Topic: f.Topic, Partition: f.Partition}); lane != nil {
		lane.add(f)
		return cmp.Or(w.proceed(ctx, meeting), w.measure())
	}
	if err := w.consume(ctx, f); err != nil {
		return err
	}
	w.group.Recycle(f.Messages)
	return w.measure()
}

// measure shows what tasks have done since it was called last.
func (w *worker) measure() error {
	if len(w.worked) == 0 {
		return nil
	}
	for task := range w.worked {
		if err := task.count(); err != nil {
			return err
		}
	}
	clear(w.worked)
	w.query.measures.show()
	return nil
}

// consume has all tasks that read a partition process messages of it.
func (w *worker) consume(ctx context.Context, f broker.Fetch) error {
	topic := logical(w.query.options.Group, f.Topic)
	for _, stage := range w.query.topology.Readers(topic) {
		at := place{stage, f.Partition}
		if !w.query.topology.Stateful(stage) {
			at.partition = 0
		}
		station := w.stations[at]
		if station == nil {
			return fmt.Errorf("topic %s partition %d: %w", f.Topic, f.Partition, errNoTask)
		}
		if err := w.feed(ctx, station.task, topic, f); err != nil {
			return err
		}
	}
	if topic == f.Topic {
		w.query.read.addMessages(f.Messages, w.query.runtime.Now())
	}
	at := broker.TopicPartition{Topic: f.Topic, Partition: f.Partition}
	w.read[at] = f.Next
	w.query.reach.moves(at, f.Next)
	return nil
}

// errNoTask is a fault in the order of things: partitions are read once their tasks are there.
var errNoTask = errors.New("records have come that no task is there for")

// feed gives what was fetched to a task, and what the task emits to the producer.
func (w *worker) feed(ctx context.Context, task *Task, topic string, f broker.Fetch) error {
	if f.Err != nil {
		task.topic = topic
		task.gap(f.Err)
	}
	for some := range slices.Chunk(f.Messages, messagesPerStep) {
		task.Reset()
		w.worked[task] = struct{}{}
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

// commitIfDue commits if it was not done for long enough, if somebody waits for it, or if what is to be written takes too much
// memory.
func (w *worker) commitIfDue(ctx context.Context) error {
	select {
	case <-w.due.C:
		return w.commit(ctx)
	default:
	}
	if w.query.reach.wanted() {
		return w.commitForOthers(ctx)
	}
	if w.owner.Short() && w.overdue() {
		return w.commit(ctx)
	}
	return nil
}

// overdue reports whether the changes of a store had better be written.
func (w *worker) overdue() bool {
	for _, station := range w.stations {
		for _, store := range station.stores {
			if store.Overdue() {
				return true
			}
		}
	}
	return false
}

// commit makes what was written, and how far was read, durable.
func (w *worker) commit(ctx context.Context) error {
	if len(w.read) == 0 {
		return nil
	}
	for _, station := range w.stations {
		if err := w.flush(ctx, station.task); err != nil {
			return err
		}
		if err := station.log(ctx); err != nil {
			return err
		}
		if err := w.write(ctx); err != nil {
			return err
		}
	}
	positions := make([]broker.Position, 0, len(w.read))
	for at, offset := range w.read {
		positions = append(positions, broker.Position{TopicPartition: at, Offset: offset, Metadata: processed})
	}
	if err := w.commitAt(ctx, positions); err != nil {
		return err
	}
	clear(w.read)
	w.query.reach.committed()
	if err := w.committed(ctx); err != nil {
		return err
	}
	w.saveIfDue(ctx)
	w.purge(ctx, positions)
	return nil
}

// flush hands the producer what a task's caches hold.
func (w *worker) flush(ctx context.Context, task *Task) error {
	task.Reset()
	if err := task.Flush(); err != nil {
		return err
	}
	return w.write(ctx)
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
