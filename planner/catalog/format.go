// Package catalog knows the streams, tables and types that statements have made.
// A catalog is an immutable snapshot: changing it makes a new one.
package catalog

import (
	"github.com/ksqlite/ksqlite/planner/types"
)

// Side is one of the two parts of a Kafka record.
type Side uint8

// The sides of a record.
const (
	KeySide Side = iota + 1
	ValueSide
)

// String returns "key" or "value".
func (s Side) String() string {
	if s == KeySide {
		return "key"
	}
	return "value"
}

// Format says how one side of a source's records is encoded: the name of the
// format and the properties that the statement set for it.
type Format struct {
	Name      string // upper case, such as JSON
	Delimiter rune   // DELIMITED: between fields; 0 is a comma
	// Unwrapped is true where a single column stands alone and not inside a record:
	// always for a single key column, for values with WRAP_SINGLE_VALUE=false.
	Unwrapped bool
	// Asked says that the statement, or a property for all statements, asks for
	// Unwrapped to be as it is: ksqlDB tells that from what a format does by itself.
	Asked bool
	// SchemaID is the registry's id of the schema to write with; 0 for the schema
	// that the columns make.
	SchemaID int
	// FullName is the name of the schema: of an Avro record, of a Protobuf message.
	// Empty for the name that the format gives by itself.
	FullName string
	// Nullable is how a Protobuf message tells NULL from a default.
	Nullable Nullable
}

// Nullable is a way in which Protobuf messages tell NULL from 0, the empty text and FALSE, as
// PROTOBUF_NULLABLE_REPRESENTATION writes it.
type Nullable string

// The ways to represent NULL.
const (
	NotNullable Nullable = ""         // not at all: NULL becomes the default
	Optional    Nullable = "OPTIONAL" // fields are optional
	Wrapper     Nullable = "WRAPPER"  // fields are messages of google/protobuf/wrappers.proto
)

// Feature is something that a format can do.
type Feature uint8

// The features of formats. A format without WrapSingles or UnwrapSingles refuses
// WRAP_SINGLE_VALUE=true or =false.
const (
	WrapSingles     Feature = 1 << iota // can put a single value into a record
	UnwrapSingles                       // can write a single value bare
	SchemaInference                     // columns can come from a registry, which the format needs
	Names                               // schemas have a full name
	Nullables                           // PROTOBUF_NULLABLE_REPRESENTATION can be set
	SampledKeys                         // the columns of keys can be found by looking at some
	SampledValues                       // the columns of values can be found by looking at some
)

// Formats is what the planner has to know of the record formats; the runtime's
// serde package implements it.
type Formats interface {
	// Names returns the names of all formats, sorted.
	Names() []string
	// Features returns what the format can do; ok is false for an unknown name.
	Features(name string) (features Feature, ok bool)
	// Check says why the format cannot hold these columns on that side, or
	// returns nil. The message is ksqlDB's where users know it.
	Check(f Format, side Side, columns []types.Column) error
}

// Has reports whether all of the features asked for are there.
func (f Feature) Has(asked Feature) bool { return f&asked == asked }
