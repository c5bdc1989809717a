package exec

import (
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// RecordTrace is the answer of EXPLAIN RECORD.
type RecordTrace struct {
	Head
	Topic     string `json:"topic"`
	Partition int64  `json:"partition"`
	Offset    int64  `json:"offset"`
	// Steps are those that the record came to, in that order.
	Steps []RecordStep `json:"steps"`
	// Arrived says that something of it is in the result.
	Arrived bool `json:"arrived"`
	// Assumption is what the answer rests on, "" if it rests on the record alone.
	Assumption string `json:"assumption"`
}

// RecordStep is what became of a record in one step.
type RecordStep struct {
	Step    string   `json:"step"`
	Results []string `json:"results"`
	// Reasons say why there are none, or what was wrong with some of it.
	Reasons []string `json:"reasons"`
}

func newRecordTrace(n *ast.ExplainRecord, root plan.Step, trace *query.Trace) *RecordTrace {
	r := &RecordTrace{
		Head: Head{Type: "recordTrace"}, Topic: n.Topic.Text, Partition: n.Partition.Value, Offset: n.Offset.Value, Steps: []RecordStep{},
	}
	for _, s := range trace.Steps {
		r.Arrived = r.Arrived || s.Step == root && len(s.Results) > 0
		r.Steps = append(r.Steps, RecordStep{
			Step: s.Step.String(), Results: append([]string{}, s.Results...), Reasons: append([]string{}, s.Reasons...),
		})
	}
	if trace.Remembers {
		r.Assumption = assumption(trace)
	}
	return r
}

// assumption says what an answer about a query that remembers something rests on.
func assumption(trace *query.Trace) string {
	order := "in the order of their times"
	if !trace.Ordered {
		order += ", although the query takes the partitions as they come"
	}
	return fmt.Sprintf("What the query remembers was made anew of the records before this one (%d), from the beginning of all that it reads, %s. "+
		"A query that began later, or that got them in another order, may remember something else.", trace.Before, order)
}

// Blocks returns the steps, each with what came out of it, and where the record ended.
func (r *RecordTrace) Blocks() []Block {
	var text, ends []string
	for _, s := range r.Steps {
		text = append(text, "> [ "+s.Step+" ]")
		for _, result := range s.Results {
			text = append(text, "  "+result)
		}
		for _, reason := range s.Reasons {
			text = append(text, "  ! "+reason)
		}
		if len(s.Results) == 0 {
			ends = append(ends, "It ended in [ "+s.Step+" ]: "+strings.Join(s.Reasons, "; "))
		}
	}
	if r.Arrived {
		ends = append(ends, "It is in the result.")
	}
	if r.Assumption != "" {
		ends = append(ends, r.Assumption)
	}
	title := fmt.Sprintf("Record %d of partition %d of the topic %s", r.Offset, r.Partition, r.Topic)
	return []Block{{Title: title, Text: text}, lines(append([]string{""}, ends...)...)}
}
