package op

import (
	"bytes"
	"slices"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
)

// JoinForeign is the left side of a join of tables by a foreign key. It keeps the left
// rows, subscribes each where the right one lies, and joins it with what [Answer] sends
// back. The time of a result is that of the newer of its rows.
//
// The version of a row is the offset of its record. An answer to another version than the
// one that is there is dropped: the newer one has been sent after it.
//
// An inner join tells that a result is gone: of a row that is deleted or has no foreign key
// any more at once, of one whose foreign key has changed when it is known that nothing
// is there. That a left row with a foreign key is deleted is told even if it had no result,
// as in Kafka Streams. A record without a primary key is dropped and reported.
type JoinForeign struct {
	ctx       *Context
	foreign   eval.Program
	codec     *data.Codec // of the foreign key
	rows      *Rows       // of [ForeignCodec]
	outer     bool        // rows are in the result without a match too
	width     [2]int      // columns of the left and the right side
	subscribe Input
	next      Input
	asked     data.Batch
	out       data.Batch
	was, now  []byte // foreign keys
}

// ForeignSides says what a [JoinForeign] has to know of its sides.
type ForeignSides struct {
	Rows    *Rows        // left rows, of [ForeignCodec]
	Foreign eval.Program // of a left row's foreign key
	Type    *types.Type  // of the foreign key
	// Left and Right are the numbers of columns.
	Left, Right int
	Kept        bool // left rows are kept without a match
}

// foreignRow is what is remembered of a left row.
type foreignRow struct {
	columns data.Row
	foreign data.Value
	version int64
	time    int64
	// stands says that there is a result to be taken back, the right part of which has the
	// time told.
	stands bool
	told   int64
}

// ForeignCodec returns the codec of left rows and what is remembered with them.
func ForeignCodec(columns []types.Column, foreign *types.Type) *data.Codec {
	bigint := types.Column{Type: types.Bigint}
	return data.CodecOf(append(slices.Clip(columns), types.Column{Type: foreign}, bigint, bigint, types.Column{Type: types.Boolean}, bigint))
}

// NewJoinForeign returns the left side of a join in front of next. Subscriptions go to subscribe.
func NewJoinForeign(ctx *Context, sides ForeignSides, subscribe, next Input) *JoinForeign {
	return &JoinForeign{
		ctx: ctx, foreign: sides.Foreign, codec: data.NewCodec(sides.Type), rows: sides.Rows, outer: sides.Kept,
		width: [2]int{sides.Left, sides.Right}, subscribe: subscribe, next: next,
	}
}

// Left returns where the left table's rows go in.
func (j *JoinForeign) Left() Input {
	return inputFunc(func(batch *data.Batch) error { return j.each(batch, j.change) })
}

// Answers returns where the answers go in.
func (j *JoinForeign) Answers() Input {
	return inputFunc(func(batch *data.Batch) error { return j.each(batch, j.answer) })
}

func (j *JoinForeign) each(batch *data.Batch, do func(*data.Record) error) error {
	j.asked.Records, j.out.Records = j.asked.Records[:0], j.out.Records[:0]
	for i := range batch.Records {
		if err := do(&batch.Records[i]); err != nil {
			return err
		}
	}
	if len(j.asked.Records) > 0 {
		if err := j.subscribe.Push(&j.asked); err != nil {
			return err
		}
	}
	if len(j.out.Records) == 0 {
		return nil
	}
	return j.next.Push(&j.out)
}

// change takes the change of a left row.
func (j *JoinForeign) change(record *data.Record) error {
	if record.Key == nil {
		j.ctx.Report(record, data.ErrNoKey, true)
		return nil
	}
	was, err := j.row(record.Key)
	if err != nil {
		return err
	}
	now := foreignRow{columns: record.Value, version: record.Offset, time: record.Time, stands: was.stands, told: was.told}
	if !now.stands {
		now.told = record.Time // as long as it will be, so that it has its place in the store
	}
	if now.columns != nil {
		now.foreign = j.foreignOf(record)
	}
	if !was.foreign.IsNull() && !j.same(was.foreign, now.foreign) {
		j.ask(record, was.foreign, data.Null)
		now.stands = true
	}
	switch {
	case !now.foreign.IsNull():
		j.ask(record, now.foreign, data.Bigint(now.version))
	case now.columns != nil && j.outer:
		j.emit(record, &now, nil, record.Time)
	default:
		j.withdraw(record, &now, max(record.Time, now.told))
	}
	return j.remember(&now)
}

// answer joins a row with what has been sent back for it.
func (j *JoinForeign) answer(record *data.Record) error {
	row, err := j.row(record.Key)
	if err != nil || row.columns == nil || record.Value[0].Int64() != row.version {
		return err
	}
	stood, told := row.stands, row.told
	switch {
	case record.Value[1].Bool():
		j.emit(record, &row, record.Value[answerColumns:], record.Time)
	case j.outer:
		j.emit(record, &row, nil, record.Time)
	default:
		j.withdraw(record, &row, max(row.time, record.Time))
	}
	if row.stands == stood && row.told == told {
		return nil
	}
	return j.remember(&row)
}

// answerColumns is how many columns stand before those of the right row in an answer.
const answerColumns = 2

// emit adds the result of a row and a right one, which is nil for none.
func (j *JoinForeign) emit(record *data.Record, row *foreignRow, right data.Row, time int64) {
	row.stands, row.told = true, time
	made := *record
	made.Time, made.Headers, made.Old = max(row.time, time), nil, nil
	made.Value = sideBySide(j.ctx, row.columns, right, j.width[1])
	made.Tombstone = false
	j.out.Records = append(j.out.Records, made)
}

// withdraw tells that the result of a row is gone, if there is one.
func (j *JoinForeign) withdraw(record *data.Record, row *foreignRow, time int64) {
	if !row.stands {
		return
	}
	gone := *record
	gone.Time, gone.Headers, gone.Old = time, nil, nil
	gone.Value, gone.Tombstone = nil, true
	row.stands = false
	j.out.Records = append(j.out.Records, gone)
}

// ask adds a subscription; one without a version ends it.
func (j *JoinForeign) ask(record *data.Record, foreign, version data.Value) {
	key := j.ctx.Frame.Arena.Values(1)
	key[0] = foreign
	n := len(record.Key)
	value := j.ctx.Frame.Arena.Values(n + 2)
	copy(value, record.Key)
	value[n], value[n+1] = data.Int(record.Partition), version
	j.asked.Records = append(j.asked.Records, data.Record{Key: key, Value: value, Time: record.Time})
}

// foreignOf computes the foreign key of a row. One that cannot be computed is NULL.
func (j *JoinForeign) foreignOf(record *data.Record) data.Value {
	j.ctx.Frame.Record = record
	v, err := j.foreign(j.ctx.Frame)
	if err != nil {
		j.ctx.Report(record, err, false)
		return data.Null
	}
	return v
}

func (j *JoinForeign) same(was, now data.Value) bool {
	j.was = j.codec.Append(j.was[:0], data.Row{was})
	j.now = j.codec.Append(j.now[:0], data.Row{now})
	return bytes.Equal(j.was, j.now)
}

// row returns what is remembered by a key, without columns if that is nothing.
func (j *JoinForeign) row(key data.Row) (foreignRow, error) {
	stored, err := j.rows.Get(key)
	if stored == nil || err != nil {
		return foreignRow{}, err
	}
	n := j.width[0]
	return foreignRow{
		columns: stored[:n], foreign: stored[n], version: stored[n+1].Int64(), time: stored[n+2].Int64(),
		stands: stored[n+3].Bool(), told: stored[n+4].Int64(),
	}, nil
}

// remember keeps a row by the key that was asked for last, and forgets one without columns.
func (j *JoinForeign) remember(row *foreignRow) error {
	if row.columns == nil {
		return j.rows.put(nil)
	}
	stored := j.ctx.Frame.Arena.Values(len(row.columns) + 5)
	n := copy(stored, row.columns)
	stored[n], stored[n+1], stored[n+2] = row.foreign, data.Bigint(row.version), data.Bigint(row.time)
	stored[n+3], stored[n+4] = data.Boolean(row.stands), data.Bigint(row.told)
	return j.rows.put(stored)
}
