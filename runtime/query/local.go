package query

import (
	"context"
	"slices"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// Local runs all tasks of a query in one place, and what they remember is gone with
// it. So push queries run: one stage hands its records to the next as they are, and
// behind a repartition there is one task. And so tests drive persistent queries,
// whose records go through queues in memory as they would through topics. It belongs
// to one goroutine.
type Local struct {
	topology   *Topology
	partitions map[string]int32 // of the internal topics
	emit       func(broker.Message) error
	end        op.Input
	tasks      map[place]*Task
	routes     map[string][]route // by the topic and the partition that records come from
	one        data.Batch         // of a single record
	handed     data.Batch         // of records that are delivered
	stores     map[kept]state.Store
	owner      *state.Owner // of the stores
	queue      []delivery
	single     bool         // what one record leads to has to be done before the next one is
	heeded     func() error // the error of a context, once that is done
	measures   *Measures
	caches     *op.Budget // nil: every change is seen
}

// place is a stage and the partition that a task looks after.
type place struct {
	stage     int
	partition int32
}

// route is who reads a partition; nil as long as nobody has asked.
type route []*Task

// kept is where a store belongs.
type kept struct {
	place
	store string
}

// delivery is a message, or in a push query a record, on its way to the tasks of another stage.
type delivery struct {
	topic   string
	message *broker.Message // nil for a record
	record  data.Record
}

// partition is the one that it goes to.
func (d *delivery) partition() int32 {
	if d.message != nil {
		return d.message.Partition
	}
	return d.record.Partition
}

// NewLocal returns the tasks of a persistent query, which emits what it writes, or those
// of a push query, which sends its records to end. Partitions tells how many the topic of
// a source has. An error says that the query can never run.
func NewLocal(t *Topology, partitions func(topic string) int32, emit func(broker.Message) error, end op.Input) (*Local, error) {
	l := &Local{
		topology: t, partitions: t.Spread(partitions), emit: emit, end: end, tasks: map[place]*Task{}, routes: map[string][]route{}, stores: map[kept]state.Store{},
		owner: t.runtime.Memory.NewOwner(), measures: t.measures(), heeded: func() error { return nil },
	}
	l.single = t.singly()
	for stage := range t.stages {
		if _, err := l.task(place{stage, 0}); err != nil {
			l.Close()
			return nil, err
		}
	}
	return l, nil
}

// Close forgets what the query remembers.
func (l *Local) Close() {
	for _, store := range l.stores {
		_ = store.Close() // nobody can do anything about it
	}
	clear(l.stores)
}

// Heed ends what runs from now on with the error of a context, should that be done.
func (l *Local) Heed(ctx context.Context) { l.heeded = ctx.Err }

// Inherit takes over what a query remembers that this one replaces, before any record
// is fed. The plans have the same steps; it is not used any more.
func (l *Local) Inherit(old *Local) error {
	for _, task := range old.tasks {
		if err := task.save(); err != nil {
			return err
		}
	}
	l.stores, l.owner = old.stores, old.owner
	clear(l.tasks)
	clear(l.routes)
	return nil
}

// Analyze returns the plan with what each step has done.
func (l *Local) Analyze() []string { return l.measures.lines() }

// result is what the projection of a push query has done.
func (l *Local) result() *counts { return l.measures.steps[l.topology.result] }

// undecodable counts a record of a source that cannot be decoded, or a part of it that cannot.
func (l *Local) undecodable(source *catalog.Source, f hub.Fault) {
	for step, c := range l.measures.steps {
		if read, ok := step.(*plan.Source); ok && read.Source == source {
			c.fault(f.Err, !f.Kept)
			if !f.Kept {
				c.in++
			}
		}
	}
}

// Reset takes the memory back that results lie in. Whoever drives the query calls it
// when nobody holds them any more.
func (l *Local) Reset() {
	for _, t := range l.tasks {
		t.Reset()
	}
}

// Feed processes messages of one partition of a source's topic to their end, through
// all stages. What it emits is valid until the next call.
func (l *Local) Feed(topic string, messages []broker.Message) error {
	if len(messages) == 0 {
		return nil
	}
	for some := range slices.Chunk(messages, l.atOnce(len(messages))) {
		if err := l.run(topic, some[0].Partition, func(t *Task) error { return t.Step(topic, some) }); err != nil {
			return err
		}
	}
	if err := l.count(); err != nil {
		return err
	}
	l.measures.show()
	return nil
}

// count counts what is in the stores.
func (l *Local) count() error {
	if l.owner.Resume() {
		defer l.owner.Rest()
	}
	for _, task := range l.tasks {
		if err := task.count(); err != nil {
			return err
		}
	}
	return nil
}

// atOnce is how many of n records are processed before what they send on is.
func (l *Local) atOnce(n int) int {
	if l.single {
		return 1
	}
	return n
}

// Push is [Local.Feed] for records of a source that are decoded already.
func (l *Local) Push(topic string, source *catalog.Source, batch *data.Batch) error {
	if len(batch.Records) == 0 {
		return nil
	}
	partition := batch.Records[0].Partition
	if !l.single {
		return l.run(topic, partition, func(t *Task) error { return t.Push(topic, source, batch) })
	}
	for i := range batch.Records {
		l.one.Records = batch.Records[i : i+1]
		if err := l.run(topic, partition, func(t *Task) error { return t.Push(topic, source, &l.one) }); err != nil {
			return err
		}
	}
	return nil
}

// run has the tasks that read a partition do something, and those behind them what comes of it.
func (l *Local) run(topic string, partition int32, step func(*Task) error) error {
	if err := l.each(topic, partition, step); err != nil || len(l.queue) == 0 {
		return err
	}
	defer func() {
		clear(l.queue)
		l.queue = l.queue[:0]
	}()
	for i := 0; i < len(l.queue); { // what is done adds to it
		d := l.queue[i]
		deliver := func(t *Task) error { return t.Push(d.topic, nil, &l.handed) }
		if d.message != nil {
			deliver = func(t *Task) error { return t.Step(d.topic, []broker.Message{*d.message}) }
			i++
		} else {
			i += l.hand(l.queue[i:])
		}
		if err := l.each(d.topic, d.partition(), deliver); err != nil {
			return err
		}
	}
	return nil
}

// hand collects the first records of a queue that go to the same tasks, and returns how many
// they are.
func (l *Local) hand(queue []delivery) (n int) {
	l.handed.Records = l.handed.Records[:0]
	for n < len(queue) && queue[n].message == nil && queue[n].topic == queue[0].topic && queue[n].partition() == queue[0].partition() {
		l.handed.Records = append(l.handed.Records, queue[n].record)
		n++
	}
	return n
}

// each has every task that reads the partition do something.
func (l *Local) each(topic string, partition int32, step func(*Task) error) error {
	tasks, err := l.route(topic, partition)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		if err := step(task); err != nil {
			return err
		}
	}
	return nil
}

// route returns the tasks that read a partition.
func (l *Local) route(topic string, partition int32) (route, error) {
	if routes := l.routes[topic]; int(partition) < len(routes) && routes[partition] != nil {
		return routes[partition], nil
	}
	made := route{}
	for _, stage := range l.topology.Readers(topic) {
		task, err := l.task(place{stage, partition})
		if err != nil {
			return nil, err
		}
		made = append(made, task)
	}
	for int(partition) >= len(l.routes[topic]) {
		l.routes[topic] = append(l.routes[topic], nil)
	}
	l.routes[topic][partition] = made
	return made, nil
}

// task returns the task of a place. One that remembers nothing serves all partitions.
func (l *Local) task(at place) (*Task, error) {
	if !l.topology.Stateful(at.stage) {
		at.partition = 0
	}
	if task := l.tasks[at]; task != nil {
		return task, nil
	}
	task, err := l.topology.NewTask(at.stage, &room{Local: l, place: at})
	if err != nil {
		return nil, err
	}
	l.tasks[at] = task
	return task, nil
}

// room is the surroundings of one task.
type room struct {
	*Local
	place place
}

var _ Surroundings = (*room)(nil)

// Emit implements [Surroundings].
func (r *room) Emit(m broker.Message) error { return r.emit(m) }

// Letter implements [Surroundings]: nothing here has a place for them.
func (*room) Letter(broker.Message) error { return nil }

// Forward implements [Surroundings].
func (r *room) Forward(topic string, m broker.Message) error {
	if m.Partition == broker.AnyPartition {
		m.Partition = broker.PartitionOf(m.Key, r.partitions[topic])
	}
	r.queue = append(r.queue, delivery{topic: topic, message: &m})
	return nil
}

// Hand implements [Surroundings].
func (r *room) Hand(topic string) (func(data.Record), int32) {
	if r.end == nil {
		return nil, 0
	}
	return func(record data.Record) { r.queue = append(r.queue, delivery{topic: topic, record: record}) }, r.partitions[topic]
}

// Beyond implements [Surroundings].
func (r *room) Beyond(topic string) op.Input {
	if r.end == nil || !r.topology.together(topic) {
		return nil
	}
	return &beyond{r.Local, topic}
}

// beyond hands the records of a push query to the tasks behind a repartition.
type beyond struct {
	local *Local
	topic string
}

// Push hands a batch over.
func (b *beyond) Push(batch *data.Batch) error {
	return b.local.each(b.topic, 0, func(t *Task) error { return t.Push(b.topic, nil, batch) })
}

// Store implements [Surroundings].
func (r *room) Store(name string, order state.Order) (state.Store, error) {
	at := kept{r.place, name}
	if r.stores[at] == nil {
		r.stores[at] = r.owner.NewStore(order)
	}
	return r.stores[at], nil
}

// Pause implements [Surroundings].
func (r *room) Pause() error { return r.heeded() }

// Caches implements [Surroundings].
func (r *room) Caches() *op.Budget { return r.caches }

// End implements [Surroundings].
func (r *room) End() op.Input { return r.end }

// Measures implements [Surroundings].
func (r *room) Measures() *Measures { return r.measures }
