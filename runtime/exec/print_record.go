package exec

import (
	"strconv"
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// PrintedRecord is a record that PRINT shows. It is never changed.
type PrintedRecord struct {
	Partition int32
	Offset    int64
	// Time is in ms since the epoch; negative where the record has none.
	Time int64
	// Key and Value are what is printed of them, nil for null.
	Key, Value *string
	Headers    []PrintedHeader
}

// PrintedHeader is one header of such a record.
type PrintedHeader struct {
	Key   string
	Value *string // as a text; nil for null
}

// PrintColumns are the columns of a record as a row. Keys and values are texts in all rows, since the next record may be
// in another format.
func PrintColumns() []types.Column {
	header := types.StructOf(types.Field{Name: "key", Type: types.String}, types.Field{Name: "value", Type: types.String})
	return []types.Column{
		{Name: "partition", Type: types.Int},
		{Name: "offset", Type: types.Bigint},
		{Name: "time", Type: types.Timestamp},
		{Name: "key", Type: types.String},
		{Name: "value", Type: types.String},
		{Name: "headers", Type: types.ArrayOf(header)},
	}
}

// Row returns the values of [PrintColumns].
func (r *PrintedRecord) Row() data.Row {
	var at data.Value
	if r.Time >= 0 {
		at = data.Timestamp(r.Time)
	}
	headers := make([]data.Value, len(r.Headers))
	for i, h := range r.Headers {
		headers[i] = data.Struct([]data.Value{data.String(h.Key), textOrNull(h.Value)})
	}
	return data.Row{data.Int(r.Partition), data.Bigint(r.Offset), at, textOrNull(r.Key), textOrNull(r.Value), data.Array(headers)}
}

func textOrNull(text *string) data.Value {
	if text == nil {
		return data.Value{}
	}
	return data.String(*text)
}

// text is the record as a line.
func (r *PrintedRecord) text() string {
	line := []byte("rowtime: ")
	if r.Time < 0 {
		line = append(line, "N/A"...)
	} else {
		line = time.UnixMilli(r.Time).UTC().AppendFormat(line, "2006/01/02 15:04:05.000 Z")
	}
	line = appendPrinted(append(line, ", key: "...), r.Key)
	line = appendPrinted(append(line, ", value: "...), r.Value)
	return string(strconv.AppendInt(append(line, ", partition: "...), int64(r.Partition), 10))
}

func appendPrinted(dst []byte, text *string) []byte {
	if text == nil {
		return append(dst, "<null>"...)
	}
	return append(dst, *text...)
}

// printed returns a record as it reads in the formats that its key and value are taken for at this moment.
func (p *printing) printed(m *broker.Message, partition int32) *PrintedRecord {
	r := &PrintedRecord{Partition: partition, Offset: m.Offset, Time: m.Time, Key: guessed(p.key, m.Key), Value: guessed(p.value, m.Value)}
	for _, h := range m.Headers {
		header := PrintedHeader{Key: h.Key}
		if h.Value != nil {
			header.Value = new(string(serde.AppendPlain(nil, h.Value)))
		}
		r.Headers = append(r.Headers, header)
	}
	return r
}

// guessed is a key or a value as it reads, nil for null.
func guessed(g *serde.Guess, src []byte) *string {
	if src == nil {
		return nil
	}
	return new(string(g.Append(nil, src)))
}
