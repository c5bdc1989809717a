package op_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/op"
)

// TestCacheMergesChanges shows that one change of a key is left of many, from the row
// that stood before to the newest, and that a full cache passes on what it has.
func TestCacheMergesChanges(t *testing.T) {
	t.Parallel()
	var arena data.Arena
	ctx := &op.Context{Frame: &eval.Frame{Env: functions.Env{Arena: &arena}}}
	column := data.CodecOf([]types.Column{{Type: types.Bigint}})
	var out changes
	budget := &op.Budget{Limit: 2000}
	cache := op.NewCache(ctx, op.Layout{Key: column, Value: column}, budget, &out)
	row := func(n int64) data.Row {
		if n == 0 {
			return nil
		}
		return data.Row{data.Bigint(n)}
	}
	change := func(time, key, old, value int64) {
		push(t, cache, data.Record{Key: row(key), Old: row(old), Value: row(value), Tombstone: value == 0, Time: time})
	}
	flush := func(want string) {
		t.Helper()
		if err := cache.Flush(); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != want {
			t.Errorf("passed on:\n%swant:\n%s", got, want)
		}
		out.Reset()
	}
	change(1, 7, 70, 71)
	change(2, 8, 0, 80)
	change(3, 9, 0, 90)
	change(4, 9, 90, 0)
	change(5, 7, 71, 72)
	change(6, 6, 60, 0)
	flush("@2 8: - to 80\n@5 7: 70 to 72\n@6 6: 60 to -\n")
	flush("")
	change(7, 7, 72, 73)
	flush("@7 7: 72 to 73\n")
	for key := range int64(10) {
		change(8, key+1, 0, 1)
	}
	if out.Len() == 0 {
		t.Error("a full cache has kept everything")
	}
}

// TestFullCaches shows that the largest cache makes room, whoever needs it, and that one that
// is closed takes nothing.
func TestFullCaches(t *testing.T) {
	t.Parallel()
	var arena data.Arena
	ctx := &op.Context{Frame: &eval.Frame{Env: functions.Env{Arena: &arena}}}
	column := data.CodecOf([]types.Column{{Type: types.Bigint}})
	rows := op.Layout{Key: column, Value: column}
	budget := &op.Budget{Limit: 4000}
	var cold, busy, after nowhere
	chain := op.NewCache(ctx, rows, budget, &after)
	cold.next = chain // what it passes on is cached again
	caches := [2]*op.Cache{op.NewCache(ctx, rows, budget, &cold), op.NewCache(ctx, rows, budget, &busy)}
	for i := range int64(14) {
		push(t, caches[0], at(i, i))
	}
	for i := range int64(100) {
		push(t, caches[1], at(i%2, i))
	}
	if cold.records != 14 || after.records != 14 || busy.records != 0 {
		t.Errorf("%d, then %d records of the cold cache passed on, %d of the busy one", cold.records, after.records, busy.records)
	}
	for i := range int64(12) {
		push(t, caches[0], at(i, i))
	}
	caches[0].Close()
	before := busy.records
	for i := range int64(10) {
		push(t, caches[1], at(i, i))
	}
	if busy.records != before {
		t.Error("a cache that is closed still takes of the budget")
	}
}

// changes writes down the changes that are pushed to it.
type changes struct{ told }

func (c *changes) Push(batch *data.Batch) error {
	text := func(row data.Row) string {
		if row == nil {
			return "-"
		}
		return strconv.FormatInt(row[0].Int64(), 10)
	}
	for _, r := range batch.Records {
		fmt.Fprintf(c, "@%d %d: %s to %s\n", r.Time, r.Key[0].Int64(), text(r.Old), text(r.Value))
	}
	return nil
}
