package exec

import (
	"context"
	"time"
)

// This file makes queries run as the state says: the same way whether a statement
// of this process has changed it, one of another process, or whether the process has
// won or lost the right to run them.

// enforce stops, starts, pauses and resumes queries, so that those run which should
// run here. What before had and the state has no longer leaves nothing behind. The
// caller holds ddl.
func (e *Engine) enforce(ctx context.Context, before *state) {
	if e.closed {
		return
	}
	now := e.now()
	var gone []*persistent
	var ended []string
	for _, old := range before.queries {
		switch next := now.find(exactly(old.id)); {
		case next == nil:
			gone = append(gone, old)
			ended = append(ended, old.id)
		case next.plan != old.plan || !e.runsHere(next):
			ended = append(ended, old.id)
		}
	}
	e.runners.stop(ended...)
	for _, q := range gone {
		e.forget(ctx, q)
	}
	for _, q := range now.queries {
		if e.runsHere(q) {
			e.keepRunning(q)
		}
	}
}

// runsHere reports whether a query is one that this process runs.
func (e *Engine) runsHere(q *persistent) bool {
	if !e.options.Serve {
		return e.own[q.id] && !e.handedOver
	}
	_, shared := e.shared()
	return !shared || e.holding
}

// keepRunning starts a query that does not run yet, and has it paused or not.
func (e *Engine) keepRunning(q *persistent) {
	r := e.runners.find(q.id)
	switch {
	case r == nil:
		e.options.Logger.Info("query runs", "id", q.id, "sink", q.plan.Root.Into.Name, "paused", q.paused)
		e.start(q)
	case q.paused:
		r.Pause()
	default:
		r.Resume()
	}
}

// forget removes what is left of a query that is gone. A group that another process is
// still in is that one's to delete, when it learns that the query is gone. What is
// left of one that cannot be deleted is of no harm.
func (e *Engine) forget(ctx context.Context, q *persistent) {
	e.options.Logger.Info("query ended", "id", q.id)
	e.counters.Forget(q.id)
	delete(e.own, q.id)
	if e.options.Serve {
		// A process that ran it here before and was killed may still count as a member.
		_ = e.options.Cluster.RemoveMember(ctx, e.group(q.id), e.group(q.id))
	}
	_ = e.deleteOwn(ctx, q.id)
}

// leaving is how long it may take to clear up at the end, and how long another process
// may take to leave the group of a query that was ended.
const leaving = 5 * time.Second

// forgetEphemeral deletes what queries have kept that nobody will run again.
func (e *Engine) forgetEphemeral() {
	if !e.options.Ephemeral {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaving)
	defer cancel()
	for _, q := range e.now().queries {
		_ = e.deleteOwn(ctx, q.id) // nothing more can be done about it
	}
}
