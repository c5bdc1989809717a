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
	return t
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

// Remembers reports whether a plan has a step that remembers something.
func Remembers(root plan.Step) bool {
	_, ok := storeFor(root)
	return ok || slices.ContainsFunc(root.Inputs(), Remembers)
}

// Remembers reports whether any stage does.
func (t *Topology) Remembers() bool {
	return slices.ContainsFunc(t.stages, func(s *stage) bool { return s.stateful })
}

// Topics are the topics of sources that the query reads, each once, the leftmost first.
func (t *Topology) Topics() []string {
	var topics []string
	for _, s := range t.stages {
		for _, input := range s.inputs {
			if source, ok := input.(*plan.Source); ok && !slices.Contains(topics, source.Source.Topic) {
				topics = append(topics, source.Source.Topic)
			}
		}
	}
	return topics
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
	// Beyond returns what takes the records for an internal topic as they are, without
	// a message; nil if they have to be forwarded.
	Beyond(topic string) op.Input
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
func (discarded) Beyond(string) op.Input               { return nil }
func (discarded) End() op.Input                        { return nil }
func (discarded) Store(string, bool) (state.Store, error) {
	return state.NewHash(), nil
}
