package exec

import (
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// persistent is a persistent query as the log has it, whether it runs here or
// not. It is never changed.
type persistent struct {
	id   string
	text string // of its statement, on one line
	plan *plan.Persistent
	// statement is its statement as it was written, and catalog what the names in
	// it stood for.
	statement string
	catalog   *catalog.Catalog
	// properties are those that were in force when it was created.
	properties config.Properties
	paused     bool
}

// newPersistent plans the query of a statement. It has no id yet.
func newPersistent(p *planner.Planner, st parser.Parsed) (*persistent, error) {
	planned, err := planPersistent(p, st.Statement)
	if err != nil {
		return nil, err
	}
	return &persistent{
		text: oneLine(st.Text), plan: planned, statement: st.Text, catalog: p.Catalog, properties: p.Properties,
	}, nil
}

// planPersistent plans a CREATE … AS SELECT or an INSERT INTO … SELECT.
func planPersistent(p *planner.Planner, n ast.Statement) (*plan.Persistent, error) {
	if create, ok := n.(*ast.CreateSourceAs); ok {
		return p.CreateAs(create)
	}
	return p.InsertQuery(n.(*ast.InsertQuery))
}

// leftmost returns the step that reads the first source of the query.
func (q *persistent) leftmost() *plan.Source { return leftmost(q.plan.Root) }

func leftmost(step plan.Step) *plan.Source {
	for {
		if source, ok := step.(*plan.Source); ok {
			return source
		}
		step = step.Inputs()[0]
	}
}

// sources are the sources that a query reads, the leftmost first, each as often as it
// stands there.
func sources(step plan.Step) (list []*catalog.Source) {
	if s, ok := step.(*plan.Source); ok {
		return []*catalog.Source{s.Source}
	}
	for _, input := range step.Inputs() {
		list = append(list, sources(input)...)
	}
	return list
}

// exactlyOnce reports whether the query's results are written in transactions: where
// processing.guarantee is not set, those of queries that remember something are,
// since what a restart makes of their results would be wrong for good.
func (q *persistent) exactlyOnce() bool {
	guarantee, _, set := q.properties.Lookup(config.ProcessingGuarantee)
	if !set {
		return query.KeepsState(q.plan.Root)
	}
	return guarantee == exactlyOnceV2
}

const exactlyOnceV2 = "exactly_once_v2"

// guarantee is the processing.guarantee in force.
func (q *persistent) guarantee() string {
	if q.exactlyOnce() {
		return exactlyOnceV2
	}
	return "at_least_once"
}

// replaces reports whether a query fills the source that another one creates.
func (q *persistent) replaces(old *persistent) bool {
	return q.plan.Creates && old.plan.Creates && q.plan.Root.Into.Name == old.plan.Root.Into.Name
}

// find returns the persistent query of that id, or nil.
func (s *state) find(id ast.Name) *persistent {
	for _, q := range s.queries {
		if means(id, q.id) {
			return q
		}
	}
	return nil
}

// exactly is an id as a statement names it with its case.
func exactly(id string) ast.Name { return ast.Name{Text: id, Quoted: true} }

// has reports whether the very query is there.
func (s *state) has(q *persistent) bool { return slices.Contains(s.queries, q) }

// means reports whether a name in a statement is that of a query. One that was
// written without quotes has lost its case.
func means(name ast.Name, id string) bool {
	return id == name.Text || !name.Quoted && strings.EqualFold(id, name.Text)
}

// chosen returns the query of an id, or all; none if there is no such query.
func (s *state) chosen(id ast.Name, all bool) []*persistent {
	if all {
		return s.queries
	}
	if q := s.find(id); q != nil {
		return []*persistent{q}
	}
	return nil
}

// creator returns the query that creates and fills a source, or nil.
func (s *state) creator(name string) *persistent {
	i := slices.IndexFunc(s.queries, func(q *persistent) bool { return q.plan.Creates && q.plan.Root.Into.Name == name })
	if i < 0 {
		return nil
	}
	return s.queries[i]
}

// readers returns the queries that read a source.
func (s *state) readers(name string) []*persistent {
	return s.those(func(q *persistent) bool { return slices.Contains(q.plan.Sources, name) })
}

// writers returns the queries that write to a source.
func (s *state) writers(name string) []*persistent {
	return s.those(func(q *persistent) bool { return q.plan.Root.Into.Name == name })
}

func (s *state) those(keep func(*persistent) bool) []*persistent {
	var kept []*persistent
	for _, q := range s.queries {
		if keep(q) {
			kept = append(kept, q)
		}
	}
	return kept
}

// ids returns the ids of queries.
func ids(queries []*persistent) []string {
	all := make([]string, len(queries))
	for i, q := range queries {
		all[i] = q.id
	}
	return all
}
