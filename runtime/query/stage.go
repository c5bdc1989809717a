package query

import (
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
)

// stage is the part of a plan that one task does without asking others: from the
// topics that it reads to the sink, or to the internal topic through which the next
// stage gets its records by another key.
type stage struct {
	// root is the last step of the stage. For the last stage that is the plan's root,
	// for another one the input of the edge that leads on.
	root plan.Step
	// to is where the results go; nil for the last stage.
	to *edge
	// inputs are the steps at which records come in, sources and edges.
	inputs []plan.Step
	// stateful says that the stage remembers something of its records, so that each
	// partition has to be looked after by a task of its own.
	stateful bool
	stores   []storeOf
}

// cut returns the stages of a plan, the last one first.
func cut(root plan.Step) []*stage {
	last := &stage{root: root}
	stages := []*stage{last}
	last.walk(root, func(to *edge, from plan.Step) {
		before := cut(from)
		before[0].to = to
		stages = append(stages, before...)
	})
	return stages
}

// walk finds what belongs to the stage, and the stages before it.
func (s *stage) walk(step plan.Step, boundary func(to *edge, from plan.Step)) {
	if e := edgeOf(step); e != nil {
		s.inputs = append(s.inputs, step)
		for _, from := range step.Inputs() {
			boundary(e, from)
		}
		return
	}
	if _, ok := step.(*plan.Source); ok {
		s.inputs = append(s.inputs, step)
		return
	}
	s.stores = append(s.stores, storesFor(step)...)
	s.stateful = len(s.stores) > 0
	for _, input := range step.Inputs() {
		s.walk(input, boundary)
	}
}

// partitions is how many tasks the stage has at most: as many as the largest of the topics
// that it reads has partitions.
func (s *stage) partitions(internal, sources map[string]int32) int32 {
	most := int32(1)
	for _, input := range s.inputs {
		topic := topicOf(input)
		most = max(most, internal[topic], sources[topic])
	}
	return most
}

// topicOf is the topic from which a stage's input comes: that of the source, "" if that
// has a pattern, or the name of the internal one without what stands before it on the
// cluster.
func topicOf(input plan.Step) string {
	if e := edgeOf(input); e != nil {
		return e.topic
	}
	return input.(*plan.Source).Source.Topic
}

// edge is an internal topic, through which one stage sends records to another.
type edge struct {
	step  plan.Step
	topic string // its name without what stands before it on the cluster
	// like is a source: the topic has as many partitions as its. Nil for as many as
	// the largest that the query reads.
	like *catalog.Source
	// back says that each record goes to the partition that it names. Otherwise that
	// follows from its key, which is encoded as like's keys are.
	back bool
}

// edgeOf returns the edge that a step stands for, nil for none. The stage before it is
// that of the step's input.
func edgeOf(step plan.Step) *edge {
	switch step := step.(type) {
	case *plan.Repartition:
		return &edge{step: step, topic: step.Name, like: step.Like}
	case *plan.Subscriptions:
		return &edge{step: step, topic: step.Name, like: step.Like}
	case *plan.Return:
		return &edge{step: step, topic: step.Name, like: step.To, back: true}
	default:
		return nil
	}
}
