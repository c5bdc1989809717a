package exec

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file is the form of a command topic: its name and its records. Both
// differ from those of a ksqlDB server, so that neither can take the other's for its own.

// commandTopic is the name of the topic that keeps the statements of a service id.
func commandTopic(p config.Properties) string { return service(p) + "_ksqlite_command_topic" }

// serverTopic is the name that a ksqlDB server of the same service id gives to its own.
func serverTopic(p config.Properties) string { return service(p) + "_command_topic" }

// service is what all groups and topics of a service id begin with.
func service(p config.Properties) string {
	return "_confluent-ksql-" + p.String(config.ServiceID)
}

// mark is the header that all our records have; its value is the version of the form.
const mark = "ksqlite.statement"

// recordVersion is the form that is written. Older ones are read.
const recordVersion = 1

// record is the value of a record: an entry and its place.
type record struct {
	// Number is how many statements there were when this one was checked.
	Number int64 `json:"number"`
	// ID tells the record from those of others with the same number.
	ID string `json:"id"`
	Entry
}

func newRecord(n int64, id string, e Entry) record { return record{Number: n, ID: id, Entry: e} }

// message is the record as it is written.
func (r record) message(now time.Time) broker.Message {
	value, err := json.Marshal(r)
	if err != nil {
		panic("exec: a statement of nothing but texts has no JSON: " + err.Error())
	}
	return broker.Message{
		Value: value, Time: now.UnixMilli(),
		Headers: []broker.Header{{Key: mark, Value: strconv.AppendInt(nil, recordVersion, 10)}},
	}
}

// parseRecord reads a record; one that is not ours is an ErrForeign.
func parseRecord(m broker.Message) (record, error) {
	var r record
	i := slices.IndexFunc(m.Headers, func(h broker.Header) bool { return h.Key == mark })
	if i < 0 {
		return r, fmt.Errorf("the record at offset %d %w: it is no statement of ksqlite's", m.Offset, ErrForeign)
	}
	version, err := strconv.Atoi(string(m.Headers[i].Value))
	if err == nil && version > recordVersion {
		return r, fmt.Errorf("the record at offset %d was written by a newer ksqlite (version %d of the form, this one knows %d)",
			m.Offset, version, recordVersion)
	}
	if err == nil {
		err = json.Unmarshal(m.Value, &r)
	}
	if err != nil {
		return r, fmt.Errorf("the record at offset %d is damaged: %w", m.Offset, err)
	}
	return r, nil
}
