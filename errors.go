package ksqlite

import (
	"errors"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/proclog"
)

// Errors to be told apart with errors.Is. What is returned wraps them and names
// the statement, topic, address or folder.
var (
	// ErrClosed says that the engine was closed before.
	ErrClosed = broker.ErrClosed
	// ErrNotQuery says that Query was given something that has no rows.
	ErrNotQuery = errors.New("ksqlite: not a query")
	// ErrQuery says that Exec was given a query; its rows come from Query.
	ErrQuery = errors.New("ksqlite: a query: use Query to get its rows")
	// ErrNull says that a NULL was to be stored in a Go value that has none.
	ErrNull = errors.New("ksqlite: NULL")
	// ErrDataDirInUse says that another process works in the data folder.
	ErrDataDirInUse = embedded.ErrInUse
	// ErrNoDataDir says that an engine that only reads was given a folder that is no data folder yet.
	ErrNoDataDir = embedded.ErrMissing
	// ErrUnreachable says that no Kafka broker answered; the addresses are named.
	ErrUnreachable = broker.ErrUnreachable
	// ErrAuthentication says that the Kafka did not accept the credentials.
	ErrAuthentication = broker.ErrAuthentication
	// ErrAuthorization says that the Kafka does not allow what was asked for.
	ErrAuthorization = broker.ErrAuthorization
	// ErrUnknownTopic says that a topic does not exist.
	ErrUnknownTopic = broker.ErrUnknownTopic
	// ErrTopicDeleted says that a topic was deleted while a query read it.
	ErrTopicDeleted = broker.ErrTopicDeleted
)

// Error is a fault in the text of a statement: a message and its place. It is
// found with errors.As; its message begins with the line and column.
type Error = source.Error

// LeftOutError says that a context was done before all statements of a text were executed, and how many were left
// out. It is found with errors.As, and wraps the cause.
type LeftOutError = exec.LeftOutError

// Render returns the message of err; if err is or wraps an [*Error], the line of
// SQL follows with a marker under the faulty part.
func Render(err error) string { return source.Render(err) }

// RecordError is a fault of a single record: it could not be decoded, or an
// expression failed on it. The query goes on; see [WithRecordErrors].
type RecordError = proclog.Event
