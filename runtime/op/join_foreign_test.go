package op_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// told writes down what is pushed to it.
type told struct{ strings.Builder }

func (t *told) Push(batch *data.Batch) error {
	for _, r := range batch.Records {
		fmt.Fprintf(t, "@%d %d", r.Time, r.Key[0].Int64())
		for _, v := range r.Value {
			if v.IsNull() {
				t.WriteString(" -")
			} else {
				fmt.Fprintf(t, " %d", v.Int64())
			}
		}
		t.WriteByte('\n')
	}
	return nil
}

// TestOvertakenAnswers shows that an answer to a row that has changed since is dropped, and
// that a result which stood before is taken back all the same.
func TestOvertakenAnswers(t *testing.T) {
	t.Parallel()
	var arena data.Arena
	ctx := &op.Context{Frame: &eval.Frame{Env: functions.Env{Arena: &arena}}}
	column := []types.Column{{Type: types.Bigint}}
	rows := op.NewRows(state.NewHash(), data.CodecOf(column), op.ForeignCodec(column, types.Bigint), &arena)
	var asked, out told
	join := op.NewJoinForeign(ctx, op.ForeignSides{
		Rows: rows, Type: types.Bigint, Left: 1, Right: 1,
		Foreign: func(f *eval.Frame) (data.Value, error) { return f.Record.Value[0], nil },
	}, &asked, &out)
	change := func(offset, foreign int64) {
		row := data.Row{data.Bigint(foreign)}
		push(t, join.Left(), data.Record{Key: data.Row{data.Bigint(1)}, Value: row, Time: offset, Offset: offset})
	}
	answer := func(version int64, right data.Value) {
		value := data.Row{data.Bigint(version), data.Boolean(!right.IsNull()), right}
		push(t, join.Answers(), data.Record{Key: data.Row{data.Bigint(1)}, Value: value, Time: version})
	}
	change(10, 7)
	answer(10, data.Bigint(70)) // the result stands
	change(11, 8)               // it has to go if there is no row 8
	change(12, 8)               // the same foreign key again: so much does not depend on the answer to 11
	answer(11, data.Null)
	answer(10, data.Bigint(71))
	answer(12, data.Null)
	answer(12, data.Null)
	const wantAsked = "@10 7 1 0 10\n@11 7 1 0 -\n@11 8 1 0 11\n@12 8 1 0 12\n"
	if asked.String() != wantAsked {
		t.Errorf("asked:\n%swant:\n%s", asked.String(), wantAsked)
	}
	const want = "@10 1 7 70\n@12 1\n"
	if out.String() != want {
		t.Errorf("told:\n%swant:\n%s", out.String(), want)
	}
}

func push(t *testing.T, to op.Input, record data.Record) {
	t.Helper()
	if err := to.Push(&data.Batch{Records: []data.Record{record}}); err != nil {
		t.Fatal(err)
	}
}
