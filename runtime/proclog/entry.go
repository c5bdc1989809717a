package proclog

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file is the form that events have in the processing log's topic: ksqlDB's.

// Columns are those of the stream over the topic, in SQL. The names are found in
// the members of a record whatever their case.
const Columns = `LOGGER STRING, LEVEL STRING, ` + "`TIME`" + ` BIGINT, MESSAGE STRUCT<` + "`TYPE`" + ` INTEGER, ` +
	`DESERIALIZATIONERROR STRUCT<TARGET STRING, ERRORMESSAGE STRING, RECORDB64 STRING, CAUSE ARRAY<STRING>, ` + "`TOPIC`" + ` STRING>, ` +
	`RECORDPROCESSINGERROR STRUCT<ERRORMESSAGE STRING, RECORD STRING, CAUSE ARRAY<STRING>>, ` +
	`PRODUCTIONERROR STRUCT<ERRORMESSAGE STRING>, ` +
	`SERIALIZATIONERROR STRUCT<TARGET STRING, ERRORMESSAGE STRING, RECORD STRING, CAUSE ARRAY<STRING>, ` + "`TOPIC`" + ` STRING>, ` +
	`KAFKASTREAMSTHREADERROR STRUCT<ERRORMESSAGE STRING, THREADNAME STRING, CAUSE ARRAY<STRING>>>`

// entry is a record of the topic.
type entry struct {
	Logger  string  `json:"logger"`
	Level   string  `json:"level"`
	Time    int64   `json:"time"`
	Message message `json:"message"`
}

// message holds one of the errors: the one that its type says.
type message struct {
	Type            int                    `json:"type"`
	Deserialization *deserializationError  `json:"deserializationError"`
	Processing      *recordProcessingError `json:"recordProcessingError"`
	Production      *productionError       `json:"productionError"`
	Serialization   *serializationError    `json:"serializationError"`
	Thread          *threadError           `json:"kafkaStreamsThreadError"`
}

type deserializationError struct {
	Target       string   `json:"target"`
	ErrorMessage string   `json:"errorMessage"`
	RecordB64    []byte   `json:"recordB64"` // null unless rows are included
	Cause        []string `json:"cause"`
	Topic        string   `json:"topic"`
}

type recordProcessingError struct {
	ErrorMessage string   `json:"errorMessage"`
	Record       *string  `json:"record"` // null unless rows are included
	Cause        []string `json:"cause"`
}

type productionError struct {
	ErrorMessage string `json:"errorMessage"`
}

type serializationError struct {
	Target       string   `json:"target"`
	ErrorMessage string   `json:"errorMessage"`
	Record       *string  `json:"record"` // null unless rows are included
	Cause        []string `json:"cause"`
	Topic        string   `json:"topic"`
}

type threadError struct {
	ErrorMessage string   `json:"errorMessage"`
	ThreadName   string   `json:"threadName"` // there are no threads: the query's id
	Cause        []string `json:"cause"`
}

// record returns the event as a record of the topic. Its time is the event's.
func (e Event) record() broker.Message {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	// Texts, numbers and bytes are always encoded.
	_ = encoder.Encode(entry{Logger: e.Logger, Level: "ERROR", Time: e.Time, Message: e.message()})
	return broker.Message{Value: bytes.TrimSuffix(text.Bytes(), []byte("\n")), Time: e.Time, Partition: broker.AnyPartition}
}

// message returns the error under its type. The place of the record stands before
// what is wrong with it: ksqlDB's form has no members for that.
func (e Event) message() message {
	text, cause := e.place(), causes(e.Err)
	switch e.Kind {
	case Deserialization:
		return message{Type: 0, Deserialization: &deserializationError{
			Target: e.Target, ErrorMessage: text, RecordB64: e.Data, Cause: cause, Topic: e.Topic,
		}}
	case Processing:
		return message{Type: 1, Processing: &recordProcessingError{ErrorMessage: text, Record: e.row(), Cause: cause}}
	case Production:
		return message{Type: 2, Production: &productionError{ErrorMessage: text}}
	case Serialization:
		return message{Type: 3, Serialization: &serializationError{
			Target: e.Target, ErrorMessage: text, Record: e.row(), Cause: cause, Topic: e.Topic,
		}}
	case Gap, Failure:
	}
	return message{Type: 4, Thread: &threadError{ErrorMessage: text, ThreadName: e.Query(), Cause: cause}}
}

// row is the row as JSON, nil if the log is to hold none.
func (e Event) row() *string {
	if e.Data == nil {
		return nil
	}
	return new(string(e.Data))
}

// causes returns the errors that err wraps, the outermost first, without err
// itself. Those that add nothing to the one before are left out.
func causes(err error) []string {
	all := []string{}
	for last := err.Error(); ; {
		if err = errors.Unwrap(err); err == nil {
			return slices.Clip(all)
		}
		if text := err.Error(); text != last {
			all, last = append(all, text), text
		}
	}
}
