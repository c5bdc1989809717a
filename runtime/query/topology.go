package query

import (
	"slices"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// Topology is a query's plan, cut into stages. Whoever drives the query asks it for
// tasks: one for each partition of each stage that remembers something. It is
// immutable and safe for concurrent use.
type Topology struct {
	runtime Runtime
	options Options
	stages  []*stage         // the last one first
	readers map[string][]int // stages by the topics that they read
	meets   meetings         // see meetingsOf
	// result is the projection of a push query, which the end of its tasks does; nil for others.
	result plan.Step
}

// NewTopology cuts a plan.
func NewTopology(runtime Runtime, root plan.Step, options Options) *Topology {
	t := &Topology{runtime: runtime, options: options, stages: cut(root), readers: map[string][]int{}}
	for i, s := range t.stages {
		for _, input := range s.inputs {
			topic := topicOf(input)
			if !slices.Contains(t.readers[topic], i) {
				t.readers[topic] = append(t.readers[topic], i)
			}
		}
	}
	t.meets = meetingsOf(t.stages, t.ordered() || t.looksUp())
	return t
}

// Check reports why a plan can never run, if so.
func (t *Topology) Check() error {
	for i := range t.stages {
		if _, err := t.NewTask(i, discarded{t.measures()}); err != nil {
			return err
		}
	}
	return nil
}

// measures returns those of a query that begins.
func (t *Topology) measures() *Measures {
	if t.result != nil {
		return newMeasures(t.runtime.Now, t.result)
	}
	return newMeasures(t.runtime.Now, t.stages[0].root)
}

// Stateful reports whether each partition of a stage needs a task of its own. Stage 0 is the
// last one.
func (t *Topology) Stateful(stage int) bool { return t.stages[stage].stateful }

// KeepsState reports whether a plan has a step that remembers something.
func KeepsState(root plan.Step) bool {
	return len(storesFor(root)) > 0 || slices.ContainsFunc(root.Inputs(), KeepsState)
}

// spreads reports whether a step may make several results of a record.
func spreads(step plan.Step) bool {
	switch step := step.(type) {
	case *plan.Source, *plan.Filter, *plan.Project, *plan.Materialize, *plan.Repartition, *plan.JoinStreamTable:
	case *plan.Group:
		if changes(step.Input) { // a row that moves leaves one group and joins another
			return true
		}
	case *plan.Aggregate:
		if step.Window != nil && step.Window.Type != catalog.Tumbling {
			return true
		}
	default:
		return true
	}
	return slices.ContainsFunc(step.Inputs(), spreads)
}

// Remembers reports whether any stage does.
func (t *Topology) Remembers() bool {
	return slices.ContainsFunc(t.stages, func(s *stage) bool { return s.stateful })
}

// reading is a source that a query reads, and which of its columns.
type reading struct {
	source *catalog.Source
	wanted hub.Wanted
	bounds *plan.Bounds // nil for all records
	lookup *plan.Lookup // of a pull query over a table
}

// readings are the sources that the query reads, each once, the leftmost first.
func (t *Topology) readings() []reading {
	var list []reading
	for _, step := range t.sources() {
		list = addReading(list, step)
	}
	return list
}

// sources are the steps that read sources, the leftmost first.
func (t *Topology) sources() []*plan.Source {
	return sourcesBefore(t.stages[0].root)
}

func sourcesBefore(step plan.Step) (list []*plan.Source) {
	if source, ok := step.(*plan.Source); ok {
		return []*plan.Source{source}
	}
	for _, input := range step.Inputs() {
		list = append(list, sourcesBefore(input)...)
	}
	return list
}

// tells reports whether a step is the one that tells what cannot be decoded of its source: of a
// source that is joined with itself the leftmost.
func (t *Topology) tells(step *plan.Source) bool {
	sources := t.sources()
	first := slices.IndexFunc(sources, func(other *plan.Source) bool { return other.Source == step.Source })
	return sources[first] == step
}

// addReading adds the columns of a step to those of its source.
func addReading(list []reading, step *plan.Source) []reading {
	wanted := wantedOf(step)
	i := slices.IndexFunc(list, func(r reading) bool { return r.source == step.Source })
	if i < 0 {
		return append(list, reading{step.Source, wanted, step.Bounds, step.Lookup})
	}
	list[i].wanted = list[i].wanted.Union(wanted)
	return list
}

// Topics are the topics of sources that the query reads, each once, the leftmost first.
// A pattern is not among them.
func (t *Topology) Topics() []string {
	var topics []string
	for _, step := range t.sources() {
		if s := step.Source; s.Pattern == "" && !slices.Contains(topics, s.Topic) {
			topics = append(topics, s.Topic)
		}
	}
	return topics
}

// Spread returns how many partitions each internal topic has, given how many those of the
// sources have: as many as the one that it is to meet, else as many as the largest.
func (t *Topology) Spread(partitions func(topic string) int32) map[string]int32 {
	most := int32(1)
	for _, topic := range t.Topics() {
		most = max(most, partitions(topic))
	}
	spread := map[string]int32{}
	for _, e := range t.edges() {
		if spread[e.topic] = most; e.like != nil {
			spread[e.topic] = max(1, partitions(e.like.Topic))
		}
	}
	return spread
}

// edges are the internal topics.
func (t *Topology) edges() []*edge {
	var edges []*edge
	for _, s := range t.stages {
		for _, input := range s.inputs {
			if e := edgeOf(input); e != nil {
				edges = append(edges, e)
			}
		}
	}
	return edges
}

// ordered reports whether records that are brought together by other keys than those of
// the sources have to come in the order of their times over all partitions: where one soon
// comes too late. Otherwise what a partition is ahead of another one does no harm.
func (t *Topology) ordered() bool {
	return len(t.edges()) > 0 && slices.ContainsFunc(t.stages, func(s *stage) bool { return isStrict(s.root) })
}

// looksUp reports whether records that are brought together by other keys look for rows of
// tables: those that are older have to be there.
func (t *Topology) looksUp() bool {
	return len(t.edges()) > 0 && slices.ContainsFunc(t.stages, func(s *stage) bool { return hasLookUp(s.root) })
}

func hasLookUp(step plan.Step) bool {
	_, ok := step.(*plan.JoinStreamTable)
	return ok || slices.ContainsFunc(step.Inputs(), hasLookUp)
}

// patient is the grace period of windows and joins that name none.
const patient = 24 * time.Hour

// isStrict reports whether a step, or one before it, has a grace period of less than that.
func isStrict(step plan.Step) bool {
	switch step := step.(type) {
	case *plan.Aggregate:
		if step.Window != nil && step.Window.Grace < patient {
			return true
		}
	case *plan.JoinStreams:
		if step.Within.Grace < patient {
			return true
		}
	default:
	}
	return slices.ContainsFunc(step.Inputs(), isStrict)
}

// singly reports whether all that a record leads to has to be done before the next one is
// looked at. Where a stage asks another one, the answer to a record would come too late if the
// next one had changed the row already. Where several stages read one topic, as for a
// re-keyed join of a source with itself, one side would be ahead of the other.
func (t *Topology) singly() bool {
	for _, stages := range t.readers {
		if len(stages) > 1 {
			return true
		}
	}
	return slices.ContainsFunc(t.edges(), func(e *edge) bool { return e.back })
}

// together reports whether what reads an internal topic meets records of such topics
// alone, sent by keys of our own, so that one task can do for all partitions.
func (t *Topology) together(topic string) bool {
	for _, stage := range t.readers[topic] {
		for _, input := range t.stages[stage].inputs {
			if e := edgeOf(input); e == nil || e.back || e.like != nil {
				return false
			}
		}
	}
	return true
}

// Readers are the stages that read a topic, of a source or an internal one. The caller
// must not change them.
func (t *Topology) Readers(topic string) []int {
	if stages, ok := t.readers[topic]; ok {
		return stages
	}
	return t.readers[""] // of the source that has a pattern
}

// Pattern is that of the source that the query reads; "" for one with a topic.
func (t *Topology) Pattern() catalog.TopicPattern {
	for _, step := range t.sources() {
		if step.Source.Pattern != "" {
			return step.Source.Pattern
		}
	}
	return ""
}

// Surroundings is what a task needs of whoever drives it.
type Surroundings interface {
	// Emit takes a message for the topic that the query writes to, and may keep it.
	Emit(m broker.Message) error
	// Forward takes a message for an internal topic, and may keep it.
	Forward(topic string, m broker.Message) error
	// Letter takes a record that could not be decoded, and may keep it.
	Letter(m broker.Message) error
	// Beyond returns what takes the records for an internal topic as they are, without
	// a message; nil if they have to be forwarded.
	Beyond(topic string) op.Input
	// Hand returns what takes a record for an internal topic as it is, to be worked on later in
	// the same step, and how many partitions the topic has; nil if it has to be forwarded.
	Hand(topic string) (take func(data.Record), partitions int32)
	// Pause is called now and then in a long step. What has been emitted before can be let
	// go of then; an error ends the query.
	Pause() error
	// Caches is what the caches of all tasks may hold together; nil for no caches.
	Caches() *op.Budget
	// Store returns the store of that name, which is the same whenever a task of the
	// same stage and partition is made.
	Store(name string, order state.Order) (state.Store, error)
	// End is where the last stage of a push query sends its records. It is nil for
	// persistent queries.
	End() op.Input
	// Measures are where the tasks of the query count what they do. All of them are
	// driven by one goroutine.
	Measures() *Measures
}

// discarded are the surroundings of a task that is made only to see whether it can be.
type discarded struct{ measures *Measures }

func (d discarded) Measures() *Measures                  { return d.measures }
func (discarded) Emit(broker.Message) error              { return nil }
func (discarded) Forward(string, broker.Message) error   { return nil }
func (discarded) Letter(broker.Message) error            { return nil }
func (discarded) Beyond(string) op.Input                 { return nil }
func (discarded) Hand(string) (func(data.Record), int32) { return nil, 0 }
func (discarded) End() op.Input                          { return nil }
func (discarded) Pause() error                           { return nil }
func (discarded) Caches() *op.Budget                     { return nil }
func (discarded) Store(string, state.Order) (state.Store, error) {
	return state.NewHash(), nil
}
