package exec

import (
	"context"
	"iter"

	"github.com/ksqlite/ksqlite/runtime/query"
)

// Result is what a statement gave back: an entity that describes something, the
// rows of a query that runs from now on, the lines of a PRINT, or the results of
// a script. All are nil where a statement has nothing to say, as INSERT INTO …
// VALUES.
type Result struct {
	// Statement is the text of the statement, without its semicolon.
	Statement string
	// Warnings are to be shown with the result.
	Warnings []string

	Entity Entity
	Rows   query.Rows
	Lines  Lines
	// Push says that Rows or Lines wait for what is yet to come; Endless, that they go on
	// until somebody stops them.
	Push, Endless bool
	// Hint tells somebody who waits for Rows or Lines in vain why none may come, and what
	// changes that; empty if nothing does.
	Hint string
	// Vain tells somebody who has no rows, although all that is there was read, why that is; read is how many
	// records that were. nil if Rows are nil.
	Vain func(read int64) string
	// Preface tells somebody who may not expect old rows that Rows begin with them, and what
	// changes that; empty if it is what was asked for. Once a session is enough.
	Preface string
	// Script executes a script and yields the results of its statements, one
	// after the other; nil if the statement is not RUN SCRIPT.
	Script iter.Seq2[*Result, error]
}

// Entity is the answer of a statement that is not a query. It is a plain struct
// whose JSON form is that of ksqlDB's REST API ("@type" and its members), and
// it lays itself out for people: so a shell and a server show any statement
// without knowing it.
type Entity interface {
	// Blocks returns what a terminal shows, from top to bottom.
	Blocks() []Block
	// head returns what all answers have in common, and seals the interface.
	head() *Head
}

// Fielder is an entity that programs read as one table, other than the one that a terminal shows.
type Fielder interface {
	Entity
	// Fields returns that table, and what it does not say, for people.
	Fields() (table *Fields, beside []Block)
}

// Fields is rows of text under a header, for programs: whole and in plain numbers.
type Fields struct {
	Header []string
	// Rows have a cell for each name of the header; a nil one is NULL.
	Rows [][]*string
}

// Block is one part of an entity's layout: exactly one of its members is set,
// besides Title and Verbatim.
type Block struct {
	// Title stands above the block, underlined, if it is not empty.
	Title string
	// Text is lines shown as they are. Verbatim says that they may be read by a
	// program again, so that not even long ones are folded.
	Text     []string
	Verbatim bool
	// Labels are lines "label : value", the labels padded to LabelWidth.
	Labels     []Label
	LabelWidth int
	Table      *Table
}

// Label is a named value.
type Label struct{ Name, Value string }

// Table is rows of text under a header. A cell may hold several lines; an empty one says that there is nothing.
type Table struct {
	Header []string
	Rows   [][]string
}

// Lines is text that comes as it happens, as that of PRINT. One goroutine at a
// time may call its methods, Close excepted.
type Lines interface {
	// Next waits for the next line. It returns false at the end, when ctx is
	// done and after an error.
	Next(ctx context.Context) bool
	// Line returns the line that Next has found.
	Line() string
	// Record returns the record that the line shows, nil for a line about formats or with a warning.
	Record() *PrintedRecord
	// Answers reports whether a broker answers, or did when the lines ended. It may be called at any time,
	// from any goroutine.
	Answers() bool
	// Err returns what ended the lines, nil if that is not an error.
	Err() error
	// Close ends them at once and waits until nothing is left running.
	Close()
}
