package query

import (
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// storeOf is a store that a step needs.
type storeOf struct {
	name  string
	order state.Order // of its keys
	// timeline says that each row lies there in two orders: by its key, and by its time, by
	// which it is forgotten.
	timeline bool
}

// storesFor returns the stores of a step that remembers something: the one place that names
// them, in the order in which the step's operator takes them.
func storesFor(step plan.Step) []storeOf {
	switch step := step.(type) {
	case *plan.Materialize:
		return []storeOf{{name: step.Name}}
	case *plan.Aggregate:
		return []storeOf{{name: step.Name, order: aggregateOrder(step), timeline: step.Window != nil}}
	case *plan.Filter:
		if remembersPassed(step) {
			return []storeOf{{name: passedStore(step)}}
		}
	case *plan.Final:
		return []storeOf{{name: step.Name, order: state.Sorted}}
	case *plan.JoinStreams:
		stores := []storeOf{
			{name: step.Name + "-left", order: op.TimelineOrder, timeline: true}, {name: step.Name + "-right", order: op.TimelineOrder, timeline: true},
		}
		if step.Within.Waits {
			stores = append(stores, storeOf{name: step.Name + "-outer", order: state.Sorted})
		}
		return stores
	case *plan.JoinStreamTable:
		return []storeOf{{name: step.Name + "-right"}}
	case *plan.JoinForeign:
		return []storeOf{{name: step.Name + "-left"}}
	case *plan.Answer:
		return []storeOf{{name: step.Name + "-right"}, {name: step.Name + "-subscriptions", order: op.SubscriptionOrder}}
	case *plan.JoinTables:
		return []storeOf{{name: step.Name + "-left"}, {name: step.Name + "-right"}}
	default:
	}
	return nil
}

// aggregateOrder is the order of the groups of an aggregation.
func aggregateOrder(step *plan.Aggregate) state.Order {
	switch {
	case step.Window == nil:
		return state.Order{}
	case step.Window.Type == catalog.Session:
		return op.TimelineOrder
	default:
		return op.WindowOrder
	}
}
