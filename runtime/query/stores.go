package query

import "github.com/ksqlite/ksqlite/planner/plan"

// storeOf is a store that a step needs.
type storeOf struct {
	name    string
	scanned bool // the order of its keys counts
}

// storesFor returns the stores of a step that remembers something: the one place that names
// them, in the order in which the step's operator takes them.
func storesFor(step plan.Step) []storeOf {
	switch step := step.(type) {
	case *plan.Materialize:
		return []storeOf{{name: step.Name}}
	case *plan.Aggregate:
		return []storeOf{{name: step.Name, scanned: step.Window != nil}}
	case *plan.Filter:
		if remembersPassed(step) {
			return []storeOf{{name: passedStore(step)}}
		}
	case *plan.Final:
		return []storeOf{{name: step.Name, scanned: true}}
	case *plan.JoinStreams:
		stores := []storeOf{{step.Name + "-left", true}, {step.Name + "-right", true}}
		if step.Within.Waits {
			stores = append(stores, storeOf{step.Name + "-outer", true})
		}
		return stores
	case *plan.JoinStreamTable:
		return []storeOf{{name: step.Name + "-right"}}
	case *plan.JoinForeign:
		return []storeOf{{name: step.Name + "-left"}}
	case *plan.Answer:
		return []storeOf{{name: step.Name + "-right"}, {step.Name + "-subscriptions", true}}
	case *plan.JoinTables:
		return []storeOf{{name: step.Name + "-left"}, {name: step.Name + "-right"}}
	default:
	}
	return nil
}
