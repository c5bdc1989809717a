package op_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/op"
)

// windowed writes down the windows of the changes that are pushed to it, with the first
// columns of the old and of the new row.
type windowed struct{ strings.Builder }

func (w *windowed) Push(batch *data.Batch) error {
	first := func(row data.Row) string {
		if row == nil {
			return "-"
		}
		return strconv.FormatInt(row[0].Int64(), 10)
	}
	for _, r := range batch.Records {
		fmt.Fprintf(w, "[%d,%d] %s to %s\n", r.Window.Start, r.Window.End, first(r.Old), first(r.Value))
	}
	return nil
}

// A session of one instant that was told, is hit again and grows before the next commit has to
// be deleted: the cache knows that it stood only by the old row of its first change.
func TestCachedSessionsAreDeleted(t *testing.T) {
	t.Parallel()
	a := newAggregating(t, &op.Windows{Size: 10, Session: true, Retention: 1000, Grace: 1000}, true)
	var out windowed
	column := data.NewCodec(types.Bigint)
	ctx := &op.Context{Frame: &eval.Frame{Env: functions.Env{Arena: &a.arena}}}
	rows := op.Layout{Key: column, Value: data.NewCodec(types.Bigint, types.Bigint)}
	cache := op.NewCache(ctx, rows, &op.Budget{Limit: 1 << 20}, &out)
	a.end.next = cache
	one := data.Row{data.Bigint(1)}
	count := func(times ...int64) {
		for _, time := range times {
			push(t, a.input, data.Record{Key: one, Value: one, Time: time})
		}
		if err := cache.Flush(); err != nil {
			t.Fatal(err)
		}
		out.WriteString("commit\n")
	}
	count(5)
	count(5)
	count(5, 7)
	const want = "[5,5] - to 1\ncommit\n[5,5] 1 to 2\ncommit\n[5,5] 2 to -\n[5,7] - to 4\ncommit\n"
	if out.String() != want {
		t.Errorf("told:\n%swant:\n%s", out.String(), want)
	}
}
