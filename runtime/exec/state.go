package exec

import (
	"maps"
	"slices"
	"strconv"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
)

// state is what the statements of the log have made. It is immutable: whoever
// holds one sees the same, whatever others do.
type state struct {
	catalog *catalog.Catalog
	// names are those of the sources in the order of their creation. One that was
	// replaced keeps its place.
	names []string
	// queries are the persistent queries in the order of their creation. One that
	// was replaced keeps its place.
	queries []*persistent
	// origins are the names of the sources that a source was made from, for those
	// that CREATE … AS has made. They stay when the query is terminated.
	origins map[string][]string
}

// after returns the state as it is after a statement, which is the number-th of
// the log. It is what makes the state, now and when the log is read again, so it
// looks at nothing but the statement and the planner, which plans for s.catalog.
func (s *state) after(p *planner.Planner, st parser.Parsed, number int64) (*state, error) {
	switch n := st.Statement.(type) {
	case *ast.CreateSource:
		creation, err := p.Create(n)
		if err != nil {
			return nil, err
		}
		return s.withSource(named(creation.Source, st)), nil
	case *ast.AlterSource:
		altered, err := p.Alter(n)
		if err != nil {
			return nil, err
		}
		return s.withSource(named(altered, st)), nil
	case *ast.CreateSourceAs, *ast.InsertQuery:
		return s.afterQuery(p, st, number)
	case *ast.DropSource:
		return s.withoutSource(n.Name.Text), nil
	case *ast.CreateType:
		typ, err := p.Type(n)
		if err != nil {
			return nil, err
		}
		return s.with(s.catalog.WithType(n.Name.Text, typ)), nil
	case *ast.DropType:
		return s.with(s.catalog.WithoutType(n.Name.Text)), nil
	case *ast.Terminate:
		return s.without(s.chosen(n.Query, n.All)...), nil
	case *ast.Pause:
		return s.paused(true, s.chosen(n.Query, n.All)), nil
	case *ast.Resume:
		return s.paused(false, s.chosen(n.Query, n.All)), nil
	default:
		return s, nil
	}
}

// afterQuery returns the state with the persistent query that a statement starts,
// and the source that it creates.
func (s *state) afterQuery(p *planner.Planner, st parser.Parsed, number int64) (*state, error) {
	q, err := newPersistent(p, st)
	if err != nil {
		return nil, err
	}
	into := q.plan.Root.Into
	q.id = newQueryID(q.plan, number)
	if !q.plan.Creates {
		return s.withQuery(q), nil
	}
	if old := s.creator(into.Name); old != nil { // which is replaced
		q.id, q.paused = old.id, old.paused
	}
	next := s.withSource(named(into, st)).withQuery(q)
	next.origins[into.Name] = q.plan.Sources
	return next, nil
}

// newQueryID returns the id of a query whose statement is the number-th of the log.
func newQueryID(p *plan.Persistent, number int64) string {
	prefix := "INSERTQUERY_"
	switch into := p.Root.Into; {
	case p.ID != "":
		return p.ID
	case p.Creates:
		prefix = queryPrefix(into.Kind) + into.Name + "_"
	}
	return prefix + strconv.FormatInt(number, 10)
}

// queryPrefix is what the id of a query that creates a source begins with.
func queryPrefix(k catalog.Kind) string {
	if k == catalog.Table {
		return "CTAS_"
	}
	return "CSAS_"
}

// named returns the source with the statement that has made it. An ALTER is
// added to the text that stands there.
func named(s *catalog.Source, st parser.Parsed) *catalog.Source {
	made := *s
	if made.Statement != "" {
		made.Statement += "\n"
	}
	made.Statement += st.Text
	return &made
}

// with returns the state with another catalog.
func (s *state) with(c *catalog.Catalog) *state {
	return &state{catalog: c, names: s.names, queries: s.queries, origins: s.origins}
}

// withSource returns the state with a source, which is not one of a query.
func (s *state) withSource(source *catalog.Source) *state {
	next := s.with(s.catalog.WithSource(source))
	if _, replaced := s.catalog.Source(source.Name); !replaced {
		next.names = append(slices.Clone(s.names), source.Name)
	}
	next.origins = without(s.origins, source.Name)
	return next
}

// withoutSource returns the state without a source and the query that creates it.
func (s *state) withoutSource(name string) *state {
	next := s.with(s.catalog.WithoutSource(name))
	next.names = slices.DeleteFunc(slices.Clone(s.names), func(other string) bool { return other == name })
	next.origins = without(s.origins, name)
	if q := s.creator(name); q != nil {
		return next.without(q)
	}
	return next
}

// withQuery returns the state with a query, in the place of the one of its id.
func (s *state) withQuery(q *persistent) *state {
	next := s.with(s.catalog)
	next.queries = slices.Clone(s.queries)
	if i := slices.IndexFunc(next.queries, func(other *persistent) bool { return other.id == q.id }); i >= 0 {
		next.queries[i] = q
	} else {
		next.queries = append(next.queries, q)
	}
	return next
}

// without returns the state without some queries.
func (s *state) without(gone ...*persistent) *state {
	next := s.with(s.catalog)
	next.queries = slices.DeleteFunc(slices.Clone(s.queries), func(q *persistent) bool { return slices.Contains(gone, q) })
	return next
}

// paused returns the state with some queries paused, or no longer paused.
func (s *state) paused(paused bool, chosen []*persistent) *state {
	next := s.with(s.catalog)
	next.queries = slices.Clone(s.queries)
	for i, q := range next.queries {
		if slices.Contains(chosen, q) {
			changed := *q
			changed.paused = paused
			next.queries[i] = &changed
		}
	}
	return next
}

// without returns a copy of origins that may be changed, without one name.
func without(origins map[string][]string, name string) map[string][]string {
	next := make(map[string][]string, len(origins)+1)
	maps.Copy(next, origins)
	delete(next, name)
	return next
}

// madeFrom returns the names of the sources that were made from one, sorted.
func (s *state) madeFrom(name string) []string {
	var made []string
	for _, sink := range slices.Sorted(maps.Keys(s.origins)) {
		if slices.Contains(s.origins[sink], name) {
			made = append(made, sink)
		}
	}
	return made
}
