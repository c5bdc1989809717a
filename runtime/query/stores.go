package query

import (
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
)

// storeOf is a store that a step needs.
type storeOf struct {
	name    string
	scanned bool // the order of its keys counts
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
		sessions := step.Window != nil && step.Window.Type == catalog.Session
		return []storeOf{{name: step.Name, scanned: step.Window != nil, timeline: sessions}}
	case *plan.Filter:
		if remembersPassed(step) {
			return []storeOf{{name: passedStore(step)}}
		}
	case *plan.Final:
		return []storeOf{{name: step.Name, scanned: true}}
	case *plan.JoinStreams:
		stores := []storeOf{
			{name: step.Name + "-left", scanned: true, timeline: true}, {name: step.Name + "-right", scanned: true, timeline: true},
		}
		if step.Within.Waits {
			stores = append(stores, storeOf{name: step.Name + "-outer", scanned: true})
		}
		return stores
	case *plan.JoinStreamTable:
		return []storeOf{{name: step.Name + "-right"}}
	case *plan.JoinForeign:
		return []storeOf{{name: step.Name + "-left"}}
	case *plan.Answer:
		return []storeOf{{name: step.Name + "-right"}, {name: step.Name + "-subscriptions", scanned: true}}
	case *plan.JoinTables:
		return []storeOf{{name: step.Name + "-left"}, {name: step.Name + "-right"}}
	default:
	}
	return nil
}
