package query

import (
	"strconv"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/hub"
)

// The headers of a dead letter say where a record has come from and what is wrong
// with it. They stand behind the record's own, and their values are text. What Kafka
// Connect tells of its dead letters has the same name behind the prefix.
const (
	letterTopic     = "__ksqlite.errors.topic"
	letterPartition = "__ksqlite.errors.partition"
	letterOffset    = "__ksqlite.errors.offset"
	letterTimestamp = "__ksqlite.errors.timestamp" // of the record, ms since the epoch
	letterQuery     = "__ksqlite.errors.query.id"
	letterTarget    = "__ksqlite.errors.target" // key or value
	letterMessage   = "__ksqlite.errors.exception.message"
)

// deadLetter returns a record that cannot be decoded as it goes to the topic of dead
// letters: its key, value and headers as they were. Its time is the present, as the
// topic would not keep an old record for long.
func (r *reporter) deadLetter(f hub.Fault) broker.Message {
	m := f.Message
	letter := broker.Message{Key: m.Key, Value: m.Value, Time: r.now().UnixMilli(), Partition: broker.AnyPartition}
	letter.Headers = append(letter.Headers, m.Headers...)
	for _, h := range []struct{ key, value string }{
		{letterTopic, r.topic},
		{letterPartition, strconv.Itoa(int(m.Partition))},
		{letterOffset, strconv.FormatInt(m.Offset, 10)},
		{letterTimestamp, strconv.FormatInt(m.Time, 10)},
		{letterQuery, r.id},
		{letterTarget, targetOf(f).String()},
		{letterMessage, f.Err.Error()},
	} {
		letter.Headers = append(letter.Headers, broker.Header{Key: h.key, Value: []byte(h.value)})
	}
	return letter
}
