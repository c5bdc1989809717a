package plan

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file holds the steps that remember what they have seen.

// Materialize keeps the rows of a table, so that each change comes with the row
// that it replaces.
type Materialize struct {
	Input Step
	// Name is that of the store, unique within the query.
	Name string
}

// Group gives each record the key of its group, and as its value the arguments of
// the aggregate functions. A record one of whose keys is NULL belongs to no group. A
// change of a table that moves a row to another group becomes two records.
type Group struct {
	Input     Step
	Key, Args []Column
}

// Repartition sends each record to the task that looks after its key. Name is that
// of the internal topic, unique within the query.
type Repartition struct {
	Input Step
	Name  string
	// Like is a source whose keys the records are to meet: theirs are encoded as its
	// keys are, and so lie in the same partitions. Nil for none.
	Like *catalog.Source
}

// Aggregate keeps a row of results for each group, and for each of its windows.
type Aggregate struct {
	Input     Step
	Functions []Aggregation
	Window    *Window // nil without WINDOW
	// Name is that of the store, unique within the query.
	Name string
}

// Aggregation is a call of an aggregate function in an [Aggregate]: the inputs of the
// call are columns of the step's input, from First on in its value.
type Aggregation struct {
	Call  *expr.Call
	First int
}

// Window is the windows of an aggregation.
type Window struct {
	Type catalog.WindowType
	// Size is the length of a window, for a session the longest gap in it. Advance is
	// the distance between the starts of hopping windows; that of tumbling ones is Size.
	Size, Advance time.Duration
	// Retention is how long results can be asked for, Grace how long after the
	// window's end records still count.
	Retention, Grace time.Duration
}

// Final holds the results of windows back until nothing can change them any more.
type Final struct {
	Input  Step
	Window *Window
	// Name is that of the store, unique within the query.
	Name string
}

// Aggregated is the name of the column that the i-th aggregate function of a query gives.
func Aggregated(i int) string { return "KSQL_AGG_VARIABLE_" + strconv.Itoa(i) }

// Argument is the name of the i-th column of the arguments of a query's aggregate functions.
func Argument(i int) string { return "KSQL_ARGUMENT_" + strconv.Itoa(i) }

// Schema returns the schema of the input.
func (m *Materialize) Schema() *types.Schema { return m.Input.Schema() }

// Schema returns the group's key and the functions' arguments.
func (g *Group) Schema() *types.Schema {
	return &types.Schema{Key: typed(g.Key), Value: typed(g.Args)}
}

// Schema returns the schema of the input.
func (r *Repartition) Schema() *types.Schema { return r.Input.Schema() }

// Schema returns the group's key and a column for each function.
func (a *Aggregate) Schema() *types.Schema {
	schema := &types.Schema{Key: a.Input.Schema().Key}
	for i := range a.Functions {
		schema.Value = append(schema.Value, types.Column{Name: Aggregated(i), Type: a.Functions[i].Call.Type()})
	}
	return schema
}

// Schema returns the schema of the input.
func (f *Final) Schema() *types.Schema { return f.Input.Schema() }

// Inputs returns the table that is kept.
func (m *Materialize) Inputs() []Step { return []Step{m.Input} }

// Inputs returns the step whose records are grouped.
func (g *Group) Inputs() []Step { return []Step{g.Input} }

// Inputs returns the step whose records are sent.
func (r *Repartition) Inputs() []Step { return []Step{r.Input} }

// Inputs returns the step that gives the groups.
func (a *Aggregate) Inputs() []Step { return []Step{a.Input} }

// Inputs returns the aggregation whose results are held back.
func (f *Final) Inputs() []Step { return []Step{f.Input} }

// String names the store.
func (m *Materialize) String() string { return "MATERIALIZE store=" + m.Name }

// String returns the keys and the arguments.
func (g *Group) String() string {
	return "GROUP BY " + strings.Join(named(g.Key), ", ") + " args=(" + strings.Join(named(g.Args), ", ") + ")"
}

// String names the internal topic, and the source whose keys it has.
func (r *Repartition) String() string { return "REPARTITION topic=" + r.Name + likeText(r.Like) }

// likeText names a source whose keys are to be met.
func likeText(s *catalog.Source) string {
	if s == nil {
		return ""
	}
	return " like=" + s.Name
}

// String returns the functions, the window and the store.
func (a *Aggregate) String() string {
	parts := make([]string, len(a.Functions))
	for i := range a.Functions {
		parts[i] = a.Functions[i].Call.String()
	}
	text := "AGGREGATE " + strings.Join(parts, ", ")
	if a.Window != nil {
		text += " " + a.Window.String()
	}
	return text + " store=" + a.Name
}

// String returns the window as it is written, with all its bounds.
func (w *Window) String() string {
	text := fmt.Sprintf("WINDOW %s (%s", w.Type, w.Size)
	if w.Type == catalog.Hopping {
		text += fmt.Sprintf(", ADVANCE BY %s", w.Advance)
	}
	return text + fmt.Sprintf(", RETENTION %s, GRACE PERIOD %s)", w.Retention, w.Grace)
}

// String says when results come.
func (f *Final) String() string {
	return fmt.Sprintf("FINAL after window end + %s store=%s", f.Window.Grace, f.Name)
}

func (*Materialize) step() {}
func (*Group) step()       {}
func (*Repartition) step() {}
func (*Aggregate) step()   {}
func (*Final) step()       {}
