package op

import (
	"cmp"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// Answer is the right side of a join of tables by a foreign key. It keeps the right rows
// and who has subscribed to which, whether that is there or not. It answers each
// subscription, and each subscriber again when the row changes. The time of an answer is
// that of the right row, or of the subscription if that is newer. A record without a key
// is dropped and reported.
type Answer struct {
	ctx           *Context
	rows          *Rows       // of [TimedCodec]
	subscriptions state.Store // by foreign key and subscriber
	foreign       *data.Codec
	subscriber    *data.Codec
	subscription  *data.Codec // partition and version of the row that asks
	out           outlet
	buf           []byte
}

// SubscriptionOrder is the order of the store of subscriptions, which are visited by foreign key.
var SubscriptionOrder = state.Clusters(func(key []byte) int { return state.Key(key).Width() })

// AnswerStores are what an [Answer] remembers, and the types of its keys.
type AnswerStores struct {
	Rows          *Rows       // right rows, of [TimedCodec]
	Subscriptions state.Store // the order of its keys counts
	// Foreign and Subscriber are the keys of the right and of the left table.
	Foreign, Subscriber []types.Column
}

// NewAnswer returns the right side of a join in front of next.
func NewAnswer(ctx *Context, stores AnswerStores, next Input) *Answer {
	return &Answer{
		ctx: ctx, rows: stores.Rows, subscriptions: stores.Subscriptions,
		foreign: data.CodecOf(stores.Foreign), subscriber: data.CodecOf(stores.Subscriber),
		subscription: data.NewCodec(types.Int, types.Bigint), out: outlet{ctx: ctx, next: next},
	}
}

// Right returns where the right table's rows go in.
func (a *Answer) Right() Input {
	return inputFunc(func(batch *data.Batch) error { return a.each(batch, a.change) })
}

// Subscriptions returns where the subscriptions go in.
func (a *Answer) Subscriptions() Input {
	return inputFunc(func(batch *data.Batch) error { return a.each(batch, a.subscribe) })
}

func (a *Answer) each(batch *data.Batch, do func(*data.Record) error) error {
	a.out.begin()
	for i := range batch.Records {
		if err := do(&batch.Records[i]); err != nil {
			return err
		}
	}
	return a.out.push()
}

// change takes the change of a right row. The deletion of one that is not there is nothing.
func (a *Answer) change(record *data.Record) error {
	if record.Key == nil {
		a.ctx.Report(record, data.ErrNoKey, true)
		return nil
	}
	if record.Value == nil {
		if has, err := a.rows.Has(record.Key); !has || err != nil {
			return err
		}
	}
	if err := a.rows.Set(record.Key, timed(a.ctx, record.Value, record.Time)); err != nil {
		return err
	}
	var fault error
	from := a.of(record.Key)
	err := a.subscriptions.Scan(from, from.After(), func(key, raw []byte) bool {
		fault = a.tell(record, key, raw)
		return fault == nil
	})
	return cmp.Or(err, fault)
}

// of is the beginning of the keys of all subscriptions to a row.
func (a *Answer) of(foreign data.Row) state.Key {
	a.buf = a.foreign.Append(a.buf[:0], foreign)
	return state.Key{}.Bytes(a.buf)
}

// tell adds an answer for a subscription in the store.
func (a *Answer) tell(changed *data.Record, key, raw []byte) error {
	arena := a.ctx.Frame.Arena
	parts := state.Key(key).Parts()
	parts.Bytes()
	encoded := parts.Bytes()
	if err := parts.Err(); err != nil {
		return err
	}
	subscriber, _, err := a.subscriber.Decode(arena.Copy(encoded), arena)
	if err != nil {
		return err
	}
	s, _, err := a.subscription.Decode(raw, arena) // numbers alone, which do not alias it
	if err != nil {
		return err
	}
	return a.answer(subscriber, s, changed.Value, changed.Time)
}

// subscribe takes a subscription, or the end of one.
func (a *Answer) subscribe(record *data.Record) error {
	n := a.subscriber.Width()
	subscriber, s := record.Value[:n:n], record.Value[n:]
	key := a.of(record.Key)
	a.buf = a.subscriber.Append(a.buf[:0], subscriber)
	key = key.Bytes(a.buf)
	if s[1].IsNull() {
		return a.subscriptions.Delete(key)
	}
	a.buf = a.subscription.Append(a.buf[:0], s)
	if err := a.subscriptions.Put(key, a.buf); err != nil {
		return err
	}
	row, err := a.rows.Get(record.Key)
	if err != nil {
		return err
	}
	time := record.Time
	if row != nil {
		var newest int64
		row, newest = untimed(row)
		time = max(time, newest)
	}
	return a.answer(subscriber, s, row, time)
}

// answer adds an answer: the right row, which is nil if there is none, for a version of a
// row of the left table.
func (a *Answer) answer(subscriber, s, right data.Row, time int64) error {
	value := a.ctx.Frame.Arena.Values(answerColumns + a.rows.value.Width() - 1)
	clear(value)
	value[0], value[1] = s[1], data.Boolean(right != nil)
	copy(value[answerColumns:], right)
	return a.out.add(data.Record{
		Key: subscriber, Value: value, Time: time, Partition: int32(s[0].Int64()),
	})
}
