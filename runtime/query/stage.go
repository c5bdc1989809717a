package query

import (
	"github.com/ksqlite/ksqlite/planner/plan"
)

// stage is the part of a plan that one task does without asking others: from the
// topics that it reads to the sink, or to the internal topic through which the next
// stage gets its records by another key.
type stage struct {
	// root is the last step of the stage. For the last stage that is the plan's root,
	// for another one the input of its repartition.
	root plan.Step
	// to is where the results go; nil for the last stage.
	to *plan.Repartition
	// inputs are the steps at which records come in, sources and repartitions.
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
	last.walk(root, func(r *plan.Repartition) {
		for _, s := range cut(r.Input) {
			if s.to == nil {
				s.to = r
			}
			stages = append(stages, s)
		}
	})
	return stages
}

// walk finds what belongs to the stage.
func (s *stage) walk(step plan.Step, boundary func(*plan.Repartition)) {
	switch step := step.(type) {
	case *plan.Repartition:
		s.inputs = append(s.inputs, step)
		boundary(step)
		return
	case *plan.Source:
		s.inputs = append(s.inputs, step)
		return
	default:
	}
	if store, ok := storeFor(step); ok {
		s.stateful = true
		s.stores = append(s.stores, store)
	}
	for _, input := range step.Inputs() {
		s.walk(input, boundary)
	}
}

// topicOf is the topic from which a stage's input comes: that of the source, or the
// name of the internal one without what stands before it on the cluster.
func topicOf(input plan.Step) string {
	if r, ok := input.(*plan.Repartition); ok {
		return r.Name
	}
	return input.(*plan.Source).Source.Topic
}
