package conformance

import (
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

// Kind is one of the parts of a corpus.
type Kind string

// The kinds of cases, as the manifest names them.
const (
	QTT  Kind = "qtt"
	SQL  Kind = "sql"
	RQTT Kind = "rqtt"
)

// Case is one concrete case: formats and configs are filled in.
type Case struct {
	Kind Kind
	// File is the path within the part's folder, such as array.json.
	File string
	// Name is the concrete name, as the manifest has it.
	Name string
	// Key names the case among all of a corpus, in the list of expected failures.
	Key string
	// Tier is the manifest's, empty where it does not know the case.
	Tier string

	// Statements are SQL texts, of a QTT or RQTT case.
	Statements []string
	Properties map[string]any
	Topics     []TopicSpec
	Inputs     []Record
	Outputs    []Record
	Post       Post
	// Exception makes a QTT case negative.
	Exception *Exception
	// Catalog is what qtt-schemas expects after the run; nil where it has nothing.
	Catalog []SourceSpec

	// Server is what an RQTT case has besides.
	Server Server
	// Test is a case of sql-tests.
	Test *sqltest.Test

	// unreadable says why the case could not be read; nil if it was.
	unreadable error
}

// Negative reports whether the case has to fail.
func (c *Case) Negative() bool {
	return c.Exception != nil || c.Server.Error != nil || c.Test != nil && c.Test.Expected != nil
}

// text is what the case executes.
func (c *Case) text() string {
	if c.Test != nil {
		return c.Test.Text()
	}
	return strings.Join(c.Statements, "\n")
}

// Record is a record that is fed or expected.
type Record struct {
	Topic string
	// Key and Value are trees; nil is Kafka's null.
	Key, Value any
	// Timestamp is in ms since the epoch, nil where it is not given.
	Timestamp *int64
	Window    *WindowSpec
	Headers   []HeaderSpec
}

// WindowSpec is the window of a key, in ms since the epoch.
type WindowSpec struct {
	Start, End int64
	// Type is time or session.
	Type string
}

// HeaderSpec is a header; a nil Value is a header without value.
type HeaderSpec struct {
	Key   string  `json:"KEY"`
	Value *[]byte `json:"VALUE"` // base64 in JSON
}

// TopicSpec is a topic that exists before the statements, and its schemas.
type TopicSpec struct {
	Name       string
	Partitions int32 // 0 where it is not given: 1
	Replicas   int16
	Key, Value SchemaSpec
}

// SchemaSpec is the schema that a registry has for one side of a topic.
type SchemaSpec struct {
	// Format is empty for AVRO.
	Format string
	// Schema is a tree, or a text for PROTOBUF; nil for none.
	Schema any
	// ID is 0 where the registry chooses it.
	ID         int
	References []Reference
}

// Reference is a schema that another one imports. Its subject is its name.
type Reference struct {
	Name, Format string
	Schema       any
}

// Exception is how a QTT case fails.
type Exception struct {
	Type, Message       string
	Cause, CauseMessage string
}

// Post is what has to hold after the run.
type Post struct {
	Sources []SourceSpec
	// Blacklist is a regular expression that no topic's name may match, empty for none.
	Blacklist string
	Topics    []PostTopic
}

// SourceSpec is an expected source. What is nil or empty is not compared, windows
// excepted.
type SourceSpec struct {
	Name, Type, Schema         string
	KeyFormat                  *FormatSpec
	ValueFormat                string
	KeyFeatures, ValueFeatures []string
	IsSource                   *bool
	// whole says that features that are not given are none.
	whole bool
}

// FormatSpec is an expected format.
type FormatSpec struct {
	Format     string
	Properties map[string]any
	Features   []string
	WindowType string
	// WindowSize is in ms, nil for a session or no window.
	WindowSize *int64
}

// PostTopic is an expected topic.
type PostTopic struct {
	Name                   string
	KeyFormat, ValueFormat *FormatSpec
	KeySchema, ValueSchema any
	Partitions             int32
}

// Server is what only RQTT cases have.
type Server struct {
	Responses []Response
	Error     *ServerError
	// WaitForQuery says that the inputs come when the push query runs.
	WaitForQuery bool
}

// Response is what the server answers to one request: either an entity or the rows
// of a query, as trees.
type Response struct {
	Admin *Object
	Query []any
	// IsQuery tells an empty answer of a query from none.
	IsQuery bool
}

// ServerError is how the first failing request fails.
type ServerError struct {
	Type, Message string
	Status        int
}

// concrete expands a case by its formats, outer, and the values of its config, inner.
func (c *Case) concrete(formats, configs []string) []*Case {
	if len(formats) == 0 {
		formats = []string{""}
	}
	var all []*Case
	for _, format := range formats {
		one := *c
		if format != "" {
			one.Name += " - " + format
			one.Statements = make([]string, len(c.Statements))
			for i, s := range c.Statements {
				one.Statements[i] = strings.ReplaceAll(s, "{FORMAT}", format)
			}
		}
		all = append(all, one.configured(configs)...)
	}
	return all
}

// configured expands a case by the values of the property {CONFIG}.
func (c *Case) configured(configs []string) []*Case {
	if len(configs) == 0 {
		return []*Case{c}
	}
	var all []*Case
	for _, value := range configs {
		one := *c
		one.Properties = map[string]any{}
		for name, v := range c.Properties {
			if v == "{CONFIG}" {
				v = value
				one.Name += fmt.Sprintf(" - %s=%s", name, value)
			}
			one.Properties[name] = v
		}
		all = append(all, &one)
	}
	return all
}
