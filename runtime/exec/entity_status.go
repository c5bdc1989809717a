package exec

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
)

// Status is the answer of a statement that has changed something.
type Status struct {
	Head
	// CommandID names the statement: stream/`X`/create.
	CommandID string        `json:"commandId"`
	Status    CommandStatus `json:"commandStatus"`
	// Sequence is the number of the statement in the log, counted from 0.
	Sequence int64 `json:"commandSequenceNumber"`
	// Inferred is what was found in the records of a topic for a statement that lists no
	// columns; nil where nothing was looked for.
	Inferred *Inference `json:"inferred,omitempty"`
}

// CommandStatus says how a statement ended.
type CommandStatus struct {
	// Status is SUCCESS: a statement that fails is an error instead.
	Status  string `json:"status"`
	Message string `json:"message"`
	// QueryID is the query that the statement started, nil for none.
	QueryID *string `json:"queryId"`
}

// newStatus returns the answer of a statement that did action to the thing of
// that kind and name.
func newStatus(kind, name, action, message string) *Status {
	return &Status{
		Head:      Head{Type: "currentStatus"},
		CommandID: strings.Join([]string{kind, ast.Quote(name), action}, "/"),
		Status:    CommandStatus{Status: "SUCCESS", Message: message},
		Sequence:  -1,
	}
}

// Blocks returns the message and what was inferred.
func (s *Status) Blocks() []Block {
	blocks := message(s.Status.Message)
	if s.Inferred != nil {
		blocks = append(blocks, s.Inferred.blocks()...)
	}
	return blocks
}

// Notice is the answer of a statement that had nothing to do, such as CREATE
// STREAM IF NOT EXISTS for a name that exists.
type Notice struct {
	Head
	Message string `json:"message"`
}

func newNotice(text string) *Notice {
	return &Notice{Head: Head{Type: "warning_entity"}, Message: text}
}

// Blocks returns the message.
func (n *Notice) Blocks() []Block { return message(n.Message) }

// Terminations is the answer of TERMINATE.
type Terminations struct {
	Head
	// QueryID is the query that was terminated; several stand between commas.
	QueryID    string `json:"queryId"`
	Terminated bool   `json:"wasTerminated"`
	queries    []string
}

func newTerminations(queries []string) *Terminations {
	return &Terminations{
		Head: Head{Type: "terminate_query"}, QueryID: strings.Join(queries, ","),
		Terminated: len(queries) > 0, queries: queries,
	}
}

// Blocks returns a message for each query.
func (t *Terminations) Blocks() []Block {
	if len(t.queries) == 0 {
		return message(noQueries)
	}
	rows := make([][]string, len(t.queries))
	for i, id := range t.queries {
		rows[i] = []string{`Terminated query "` + id + `"`}
	}
	return []Block{{Table: &Table{Header: []string{"Message"}, Rows: rows}}}
}

// noQueries is said where there are none to be shown or ended.
const noQueries = "There are no queries."

// TopicAssertion is the answer of ASSERT TOPIC.
type TopicAssertion struct {
	Head
	Topic  string `json:"topicName"`
	Exists bool   `json:"exists"`
}

func newTopicAssertion(topic string, exists bool) *TopicAssertion {
	return &TopicAssertion{Head: Head{Type: "assert_topic"}, Topic: topic, Exists: exists}
}

// Blocks returns one line.
func (a *TopicAssertion) Blocks() []Block {
	if a.Exists {
		return []Block{lines("Topic " + a.Topic + " exists.")}
	}
	return []Block{lines("Topic " + a.Topic + " does not exist.")}
}
