package plan

import (
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// Explain returns the plan as lines of text: one for each step with the types
// of its results, the inputs of a step indented under it.
func Explain(root Step) []string {
	return ExplainWith(root, func(s Step) string { return "Schema: " + s.Schema().String() })
}

// ExplainWith is [Explain] with something else than the types beside each step. It asks
// for the steps in the order of the lines.
func ExplainWith(root Step, beside func(Step) string) []string { return explain(nil, root, 0, beside) }

func explain(lines []string, s Step, depth int, beside func(Step) string) []string {
	lines = append(lines, fmt.Sprintf("%s> [ %s ] | %s", strings.Repeat("  ", depth), s, beside(s)))
	for _, input := range s.Inputs() {
		lines = explain(lines, input, depth+1, beside)
	}
	return lines
}

// String names the source, its topic and formats, and the columns that are read.
func (s *Source) String() string {
	topics := "topic="
	if s.Source.Pattern != "" {
		topics = "pattern="
	}
	text := fmt.Sprintf("SOURCE %s %s%s key=%s value=%s reads=%s",
		s.Source.Name, topics, s.Source.Topics(), s.Source.Key.Name, s.Source.Value.Name, s.reads())
	if s.Bounds != nil {
		text += " where " + s.Bounds.String()
	}
	if s.Lookup != nil {
		text += " " + s.Lookup.String()
	}
	return text
}

func (s *Source) reads() string {
	names := append(chosen(s.Source.Schema.Key, s.Key), chosen(s.Source.Schema.Value, s.Value)...)
	return "(" + strings.Join(names, ", ") + ")"
}

func chosen(columns []types.Column, wanted []bool) (names []string) {
	for i, c := range columns {
		if wanted[i] {
			names = append(names, c.Name)
		}
	}
	return names
}

// String returns the condition.
func (f *Filter) String() string { return "FILTER " + f.Condition.String() }

// String returns the expressions that are more than a column of their own name.
func (p *Project) String() string {
	text := "PROJECT " + strings.Join(append(named(p.Key), named(p.Value)...), ", ")
	if p.Rekeys {
		text += " PARTITION BY " + strings.Join(named(p.Key), ", ")
	}
	return text
}

func named(columns []Column) []string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = c.Expr.String()
		if parts[i] != c.Name {
			parts[i] += " AS " + c.Name
		}
	}
	return parts
}

// String names the source and its topic.
func (s *Sink) String() string { return fmt.Sprintf("SINK %s topic=%s", s.Into.Name, s.Into.Topic) }

// String lists the functions.
func (f *FlatMap) String() string {
	parts := make([]string, len(f.Functions))
	for i, e := range f.Functions {
		parts[i] = e.String()
	}
	return "FLAT_MAP " + strings.Join(parts, ", ")
}
