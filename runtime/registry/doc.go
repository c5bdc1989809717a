// Package registry keeps the schemas of records: a [Client] of a schema registry
// over HTTP, a [Memory] that lives in the process, and a [File] that outlives it. They
// have the same methods; who needs some of them declares an interface of its own. What
// lives in the process takes every schema: the rules are in the package embedded.
//
// A registry gives every schema a number, its id, which stands at the beginning of
// each record that was written with it. A subject, such as orders-value for the
// values of the topic orders, is a list of versions, each of which is a schema.
package registry

import (
	"errors"
	"fmt"
)

// Type is the language that a schema is written in, in the registry's own words.
type Type string

// The languages of schemas.
const (
	Avro     Type = "AVRO"
	Protobuf Type = "PROTOBUF"
	JSON     Type = "JSON" // JSON Schema
)

// Schema is the text of a schema, and what it needs from elsewhere.
type Schema struct {
	Type       Type
	Text       string
	References []Reference
}

// Reference is a schema that another one uses under a name: the file name of an
// import in Protobuf, the full name of a type in Avro.
type Reference struct {
	Name    string `json:"name"`
	Subject string `json:"subject"`
	Version int    `json:"version"` // counts from 1
}

// Version is one version of a subject.
type Version struct {
	Subject string
	Version int // counts from 1
	ID      int
	Schema  Schema
	Deleted bool // but not for good: it can be asked for
}

// Settings are what can be set of a subject, or of all. Empty ones are not set.
type Settings struct {
	Level string `json:"compatibility,omitempty"` // which versions have to be compatible, and how
	Mode  string `json:"mode,omitempty"`          // what may be registered
}

// ErrNotFound is in the chain of errors about an id, a subject or a version that
// the registry does not have.
var ErrNotFound = errors.New("not in the schema registry")

// ErrIncompatible is in the chain of errors about a schema that the registry does
// not let follow the versions before it.
var ErrIncompatible = errors.New("not compatible with the schemas before it")

func missing(format string, args ...any) error {
	return fmt.Errorf(format+" is %w", append(args, ErrNotFound)...)
}
