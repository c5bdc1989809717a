package exec

import (
	"context"
	"time"

	"github.com/ksqlite/ksqlite/planner/plan"
)

// mostPatience is how long a pull query over a table waits for the queries that fill it: a group that is new
// takes three seconds to begin.
const mostPatience = 5 * time.Second

// catchUp has the queries that fill the table of a pull query work on what their sources hold at this moment
// and commit it, as far as they run in this process: whoever writes and then asks finds what he has
// written. A query that is far behind, or slow, is not waited for: then the table is as of its last commit.
func (e *Engine) catchUp(ctx context.Context, p *plan.Query) {
	source := leftmost(p.Root)
	if source.Lookup == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, mostPatience)
	defer cancel()
	for _, q := range e.now().upstream(source.Source.Name) {
		if runner := e.runners.find(q.id); runner != nil && runner.CatchUp(ctx) != nil {
			return
		}
	}
}

// standstill says of a pull query over a table which queries that fill it do not run: its rows are as old
// as what they committed last.
func (e *Engine) standstill(ctx context.Context, p *plan.Query) (warnings []string) {
	source := leftmost(p.Root)
	if source.Lookup == nil {
		return nil
	}
	infos := e.infos(ctx, e.now().writers(source.Source.Name))
	for _, i := range infos {
		if i.State != isRunning {
			warnings = append(warnings, "The rows are as of the last commit of "+i.ID+", which is "+i.State+".")
		}
	}
	return append(warnings, e.unattended(ctx, infos)...)
}

// upstream returns the queries from which a source gets its records, each behind those that it gets its own from.
func (s *state) upstream(name string) []*persistent {
	var list []*persistent
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, q := range s.writers(name) {
			for _, source := range q.plan.Sources {
				visit(source)
			}
			list = append(list, q)
		}
	}
	visit(name)
	return list
}
