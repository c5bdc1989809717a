package exec_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// This file holds the commands that wait for what persistent queries do.

// await waits for what the command names.
func (h *harness) await(ctx context.Context, t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	if d.HasArg("topic") {
		var topic string
		var n int
		d.ScanArgs(t, "topic", &topic)
		d.ScanArgs(t, "records", &n)
		return settled(h.records(ctx, topic, n))
	}
	var id string
	d.ScanArgs(t, "query", &id)
	if d.HasArg("committed") {
		var n int64
		d.ScanArgs(t, "committed", &n)
		return until(ctx, func() (string, bool) { return h.committed(ctx, id, n) })
	}
	var state string
	d.ScanArgs(t, "state", &state)
	return until(ctx, func() (string, bool) { return h.inState(ctx, id, state) })
}

// until asks again and again, and returns the last answer unless it is the one.
func until(ctx context.Context, done func() (string, bool)) string {
	for {
		last, ok := done()
		if ok {
			return ""
		}
		select {
		case <-ctx.Done():
			return "timed out: " + last
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// records shows the first n committed records of a topic, in the order of their
// keys and values, and waits until they are there.
func (h *harness) records(ctx context.Context, topic string, n int) string {
	reader, err := h.cluster.OpenReader(ctx, broker.ReadOptions{
		Topic: topic, Default: broker.Earliest, Isolation: broker.ReadCommitted,
	})
	if err != nil {
		return err.Error()
	}
	defer reader.Close()
	var found []string
	for len(found) < n {
		fetches, err := reader.Poll(ctx)
		if err != nil {
			return fmt.Sprintf("%d of %d records: %v", len(found), n, err)
		}
		for _, f := range fetches {
			for _, m := range f.Messages {
				found = append(found, textOf(m.Key)+" | "+textOf(m.Value))
			}
		}
	}
	slices.Sort(found)
	return strings.Join(found, "\n")
}

func textOf(b []byte) string {
	if b == nil {
		return "~"
	}
	return string(b)
}

// committed reports whether a query has committed n records.
func (h *harness) committed(ctx context.Context, id string, n int64) (string, bool) {
	groups, err := h.cluster.Groups(ctx, "_confluent-ksql-ksqlite_query_"+id)
	if err != nil {
		return err.Error(), false
	}
	sum := int64(0)
	for _, p := range groups[0].Partitions {
		sum += max(p.Committed, 0)
	}
	return fmt.Sprintf("%d are committed", sum), sum >= n
}

// inState reports whether SHOW QUERIES tells a state of a query.
func (h *harness) inState(ctx context.Context, id, state string) (string, bool) {
	result, err := execute(ctx, h.session, "SHOW QUERIES;")
	if err != nil {
		return err.Error(), false
	}
	text, err := json.Marshal(result.Entity)
	if err != nil {
		return err.Error(), false
	}
	for _, q := range result.Entity.(*exec.Queries).Queries {
		if q.ID == id {
			return string(text), q.State == state
		}
	}
	return string(text), false
}

// groups shows the groups that there are.
func (h *harness) groups(ctx context.Context) string {
	groups, err := h.cluster.Groups(ctx)
	if err != nil && !errors.Is(err, broker.ErrUnknownGroup) {
		return err.Error()
	}
	var names []string
	for _, g := range groups {
		names = append(names, g.Name)
	}
	return strings.Join(names, "\n")
}

// label returns the lines of EXPLAIN that begin with a word.
func (h *harness) label(ctx context.Context, id, name string) string {
	var found strings.Builder
	for line := range strings.Lines(h.run(ctx, "EXPLAIN "+id+";", showBlocks)) {
		if strings.HasPrefix(line, name) {
			found.WriteString(line)
		}
	}
	return found.String()
}
