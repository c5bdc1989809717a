package planner

import (
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// step puts the steps of the joins together. Used are the expressions of the rest of
// the query, which say what has to be read of the sources.
func (j *joining) step(used []expr.Expr) plan.Step {
	for _, l := range j.links {
		used = append(used, l.leftOn, l.rightOn)
	}
	wanted := map[int]bool{}
	for _, c := range expr.Columns(used...) {
		if c.Ref.Place == types.InValue {
			wanted[c.Ref.Index] = true
		}
	}
	left := j.scope.members[0]
	step, lies, sent := left.step(wanted, nil), left.Source, 0
	for i, l := range j.links {
		prefix := strings.Repeat("L_", len(j.links)-1-i) + "Join"
		if l.foreign {
			step = j.foreign(l, step, l.right.step(wanted, nil), prefix)
			continue
		}
		moves := func() bool { return l.rekeyRight || !keyedAlike(lies, l.right.Source) }
		switch {
		case l.rekeyLeft:
			lies = j.meetAt(i)
			step = &plan.Repartition{Input: j.rekeyed(l, i, step, wanted), Name: prefix + "-left-repartition", Like: lies}
			sent++
		case sent == 0 && l.byTime() && moves():
			step = &plan.Repartition{Input: step, Name: prefix + "-left-repartition", Like: lies}
			sent++
		}
		step = connected(l, step, j.right(l, wanted, way{prefix: prefix, like: lies, moves: moves(), sent: sent}), prefix)
	}
	return step
}

// way says how the records of a join's right side get to where they meet those of the left one.
type way struct {
	prefix string // of the names of topics
	like   *catalog.Source
	moves  bool // they do not lie there
	sent   int  // how often those of the left side have been sent on
}

// right is the right side of a join. Where order counts, its records are sent on as often as those
// of the left side.
func (j *joining) right(l *link, wanted map[int]bool, w way) plan.Step {
	step := l.right.step(wanted, nil)
	if l.rekeyRight {
		step = l.right.step(wanted, l.rightOn)
	}
	times := 0
	if w.moves {
		times = 1
	}
	if l.byTime() {
		times = max(times, w.sent)
	}
	for n := times; n > 0; n-- {
		name := w.prefix + "-right-repartition"
		if n > 1 {
			name = fmt.Sprintf("%s-right-%d-repartition", w.prefix, n-1)
		}
		step = &plan.Repartition{Input: step, Name: name, Like: w.like}
	}
	return step
}

// byTime reports whether the order counts in which records of the two sides come: where they come
// too late soon, and where those of a stream look for the rows that are there at their time. What is
// sent on by another key is at hand only after a commit: a side that is not would be ahead of it
// by that, or by all that is on the cluster already, so it takes the same way.
func (l *link) byTime() bool {
	if l.right.Kind == catalog.Table {
		return l.leftKind == catalog.Stream
	}
	return l.within.Grace < defaultGrace
}

// keyedAlike reports whether the keys of two sources are written in one way, so that equal
// ones lie in partitions of the same number.
func keyedAlike(a, b *catalog.Source) bool {
	return a.Key.Name == b.Key.Name && a.Key.Delimiter == b.Key.Delimiter && a.Key.Unwrapped == b.Key.Unwrapped
}

// connected is the join of two sides whose records lie where they meet.
func connected(l *link, left, right plan.Step, name string) plan.Step {
	switch {
	case l.right.Kind == catalog.Stream:
		return &plan.JoinStreams{Left: left, Right: right, Kind: l.kind, Within: l.within, Name: name}
	case l.leftKind == catalog.Stream:
		return &plan.JoinStreamTable{Left: left, Right: right, Kind: l.kind, Name: name}
	}
	return &plan.JoinTables{Left: left, Right: right, Kind: l.kind, Name: name}
}

// foreign is the join of a table with another one by a foreign key. A key in a format of
// the schema registry can be written in several ways, with one schema or another: so
// the right rows are sent by keys of our own too where it is.
func (j *joining) foreign(l *link, left, right plan.Step, name string) plan.Step {
	like := l.right.Source
	if features, _ := j.Formats.Features(like.Key.Name); features.Has(catalog.SchemaInference) {
		right = &plan.Repartition{Input: right, Name: name + "-right-repartition"}
		like = nil
	}
	subscriptions := &plan.Subscriptions{
		Name:    "KTABLE-FK-JOIN-SUBSCRIPTION-REGISTRATION-" + name + "-topic",
		Foreign: right.Schema().Key, Subscriber: left.Schema().Key, Like: like,
	}
	answers := &plan.Return{
		Input: &plan.Answer{Right: right, Subscriptions: subscriptions, Name: name},
		Name:  "KTABLE-FK-JOIN-SUBSCRIPTION-RESPONSE-" + name + "-topic", To: j.scope.members[0].Source,
	}
	return &plan.JoinForeign{Left: left, By: l.leftOn, Subscriptions: subscriptions, Answers: answers, Kind: l.kind, Name: name}
}

// onForeign reports whether the last join is one by a foreign key.
func (j *joining) onForeign() bool { return j.links[len(j.links)-1].foreign }

// step reads a member and gives its slots, those that nobody wants as NULL. The key is
// that of the source, or what the records are joined by.
func (m *member) step(wanted map[int]bool, by expr.Expr) plan.Step {
	read := &plan.Source{
		Source: m.Source, Key: make([]bool, len(m.Schema.Key)), Value: make([]bool, len(m.Schema.Value)),
	}
	project := &plan.Project{Input: read, Rekeys: by != nil}
	for i, s := range m.slots {
		column := plan.Column{Name: m.prefixed(s.Name), Expr: expr.NullOf(s.Type)}
		if wanted[m.first+i] {
			column.Expr = expr.NewColumn("", s.Name, s.ref, s.Type)
			m.want(read, s.ref)
		}
		project.Value = append(project.Value, column)
	}
	if by != nil {
		project.Key = []plan.Column{{Name: "KEY", Expr: m.local(by)}}
		return project
	}
	for i, c := range m.Schema.Key {
		read.Key[i] = true
		project.Key = append(project.Key, plan.Column{Name: c.Name, Expr: expr.NewColumn("", c.Name, types.Ref{Place: types.InKey, Index: i}, c.Type)})
	}
	return project
}

// want notes that a column is read.
func (m *member) want(read *plan.Source, ref types.Ref) {
	switch ref.Place {
	case types.InKey:
		read.Key[ref.Index] = true
	case types.InValue:
		read.Value[ref.Index] = true
	case types.InPseudo:
	}
}

// local is an expression over the joined row as one over the member's own records.
func (m *member) local(e expr.Expr) expr.Expr {
	return expr.Rewrite(e, func(e expr.Expr) (expr.Expr, bool) {
		c, ok := e.(*expr.Column)
		if !ok {
			return nil, false
		}
		s := m.slots[c.Ref.Index-m.first]
		return expr.NewColumn("", s.Name, s.ref, s.Type), true
	})
}

// rekeyed gives the rows that stand before the i-th join the key that it joins by.
func (j *joining) rekeyed(l *link, i int, step plan.Step, wanted map[int]bool) plan.Step {
	if i == 0 {
		return j.scope.members[0].step(wanted, l.leftOn)
	}
	project := &plan.Project{Input: step, Key: []plan.Column{{Name: "KEY", Expr: l.leftOn}}, Rekeys: true}
	for _, m := range j.scope.members[:i+1] {
		for k, s := range m.slots {
			project.Value = append(project.Value, plan.Column{Name: m.prefixed(s.Name), Expr: m.column(k)})
		}
	}
	return project
}

// meetAt is the source that says where the rows lie that are sent on to meet at the i-th
// join: the first one that stays where it is, there or at the later joins that take the
// rows as they come. It is nil for none.
func (j *joining) meetAt(i int) *catalog.Source {
	for n, l := range j.links[i:] {
		switch {
		case n > 0 && l.rekeyLeft:
			return nil
		case !l.rekeyRight:
			return l.right.Source
		}
	}
	return nil
}

// together returns the sources whose topics need the same number of partitions, since
// none of them is sent through an internal topic before it is joined.
func (j *joining) together() [][2]*catalog.Source {
	var pairs [][2]*catalog.Source
	lies := j.scope.members[0].Source
	for i, l := range j.links {
		switch {
		case l.foreign:
			continue
		case l.rekeyLeft:
			lies = j.meetAt(i)
		}
		if !l.rekeyRight && lies != l.right.Source && keyedAlike(lies, l.right.Source) {
			pairs = append(pairs, [2]*catalog.Source{lies, l.right.Source})
		}
	}
	return pairs
}
