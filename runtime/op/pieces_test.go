package op_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/op"
)

// Messages that are kept stay as they were, however long the later ones are.
func TestForwardedMessagesStay(t *testing.T) {
	t.Parallel()
	ctx := &op.Context{Frame: &eval.Frame{Env: functions.Env{Arena: new(data.Arena)}}}
	layout := op.Layout{Key: data.NewCodec(types.Bigint), Value: data.NewCodec(types.String)}
	var sent []broker.Message
	forward := op.NewForward(ctx, layout, op.Routing{}, func(m broker.Message) error {
		sent = append(sent, m)
		return nil
	})
	text := func(i int) string { return strings.Repeat(strconv.Itoa(i%10), i*i%40_000) }
	const many = 1000
	for i := range many {
		push(t, forward, data.Record{Key: data.Row{data.Bigint(int64(i))}, Value: data.Row{data.String(text(i))}})
	}
	for i := range sent {
		record, err := layout.Decode(&sent[i], ctx.Frame.Arena)
		if err != nil || record.Key[0].Int64() != int64(i) || record.Value[0].Text() != text(i) {
			t.Fatalf("message %d has changed, %v", i, err)
		}
	}
	if len(sent) != many {
		t.Errorf("%d messages", len(sent))
	}
}

// BenchmarkForward sends records on whose messages nobody keeps.
func BenchmarkForward(b *testing.B) {
	ctx := &op.Context{Frame: &eval.Frame{Env: functions.Env{Arena: new(data.Arena)}}}
	layout := op.Layout{Key: data.NewCodec(types.Bigint), Value: data.NewCodec(types.Bigint, types.Bigint, types.String)}
	forward := op.NewForward(ctx, layout, op.Routing{}, func(broker.Message) error { return nil })
	row := data.Row{data.Bigint(1), data.Bigint(100_000), data.String("hello world")}
	batch := batchOf(data.Record{Key: data.Row{data.Bigint(1)}, Value: row, Old: row})
	b.ReportAllocs()
	for b.Loop() {
		if err := forward.Push(batch); err != nil {
			b.Fatal(err)
		}
	}
}
