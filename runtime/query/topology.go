package query

import (
	"slices"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
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
	topics  []string         // of sources, each once, the leftmost first
}

// NewTopology cuts a plan.
func NewTopology(runtime Runtime, root plan.Step, options Options) *Topology {
	t := &Topology{runtime: runtime, options: options, stages: cut(root), readers: map[string][]int{}}
	t.read(root)
	for i, s := range t.stages {
		for _, input := range s.inputs {
			topic := topicOf(input)
			if !slices.Contains(t.readers[topic], i) {
				t.readers[topic] = append(t.readers[topic], i)
			}
		}
	}
	return t
}

// read notes the topics of the sources under a step.
func (t *Topology) read(step plan.Step) {
	if s, ok := step.(*plan.Source); ok && !slices.Contains(t.topics, s.Source.Topic) {
		t.topics = append(t.topics, s.Source.Topic)
	}
	for _, input := range step.Inputs() {
		t.read(input)
	}
}

// Check reports why a plan can never run, if so.
func (t *Topology) Check() error {
	for i := range t.stages {
		if _, err := t.NewTask(i, discarded{}); err != nil {
			return err
		}
	}
	return nil
}

// Stages is the number of stages. Stage 0 is the last one.
func (t *Topology) Stages() int { return len(t.stages) }

// Stateful reports whether each partition of a stage needs a task of its own.
func (t *Topology) Stateful(stage int) bool { return t.stages[stage].stateful }

// Remembers reports whether any stage does.
func (t *Topology) Remembers() bool {
	return slices.ContainsFunc(t.stages, func(s *stage) bool { return s.stateful })
}

// Topics are the topics of sources that the query reads, each once, the leftmost first.
func (t *Topology) Topics() []string { return slices.Clone(t.topics) }

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

// Readers are the stages that read a topic, of a source or an internal one. The caller
// must not change them.
func (t *Topology) Readers(topic string) []int { return t.readers[topic] }

// Surroundings is what a task needs of whoever drives it.
type Surroundings interface {
	// Emit takes a message for the topic that the query writes to, and may keep it.
	Emit(m broker.Message) error
	// Forward takes a message for an internal topic, and may keep it.
	Forward(topic string, m broker.Message) error
	// Store returns the store of that name, which is the same whenever a task of the
	// same stage and partition is made. Scanned says that the order of its keys counts.
	Store(name string, scanned bool) (state.Store, error)
	// End is where the last stage of a push query sends its records. It is nil for
	// persistent queries.
	End() op.Input
}

// discarded are the surroundings of a task that is made only to see whether it can be.
type discarded struct{}

func (discarded) Emit(broker.Message) error            { return nil }
func (discarded) Forward(string, broker.Message) error { return nil }
func (discarded) End() op.Input                        { return nil }
func (discarded) Store(string, bool) (state.Store, error) {
	return state.NewHash(), nil
}
