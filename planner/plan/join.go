package plan

import (
	"fmt"
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
)

// JoinKind says what becomes of records that match nothing on the other side.
type JoinKind string

// The kinds of joins. Those of the named side are kept, with NULLs for the other.
const (
	Inner JoinKind = "INNER"
	Left  JoinKind = "LEFT"
	Right JoinKind = "RIGHT"
	Full  JoinKind = "FULL"
)

// The joins put two records with the same key together: the key is that of both, the
// value the columns of the left one followed by those of the right one. The names of
// their stores are unique within the query.

// JoinStreams joins two streams: records that are no further apart in time than the
// window allows.
type JoinStreams struct {
	Left, Right Step
	Kind        JoinKind
	Within      Within
	Name        string
}

// Within is the window of a join of streams.
type Within struct {
	// Before and After are how much earlier and later the right record may be.
	Before, After time.Duration
	// Grace is how long after that records still count. Waits says that a record
	// without a match is told once that is over, and not at once.
	Grace time.Duration
	Waits bool
}

// JoinStreamTable looks up the row of a table for each record of a stream. The kind is
// Inner or Left.
type JoinStreamTable struct {
	Left, Right Step
	Kind        JoinKind
	Name        string
}

// JoinTables joins the rows of two tables, and does so anew when either changes.
type JoinTables struct {
	Left, Right Step
	Kind        JoinKind
	Name        string
}

// Schema returns the left key and the columns of both sides.
func (j *JoinStreams) Schema() *types.Schema { return joined(j.Left, j.Right) }

// Schema returns the left key and the columns of both sides.
func (j *JoinStreamTable) Schema() *types.Schema { return joined(j.Left, j.Right) }

// Schema returns the left key and the columns of both sides.
func (j *JoinTables) Schema() *types.Schema { return joined(j.Left, j.Right) }

func joined(left, right Step) *types.Schema {
	l, r := left.Schema(), right.Schema()
	value := append(append([]types.Column(nil), l.Value...), r.Value...)
	return &types.Schema{Key: l.Key, Value: value}
}

// Inputs returns both sides, the left one first.
func (j *JoinStreams) Inputs() []Step { return []Step{j.Left, j.Right} }

// Inputs returns both sides, the left one first.
func (j *JoinStreamTable) Inputs() []Step { return []Step{j.Left, j.Right} }

// Inputs returns both sides, the left one first.
func (j *JoinTables) Inputs() []Step { return []Step{j.Left, j.Right} }

// String returns the kind, the window and the stores.
func (j *JoinStreams) String() string {
	text := fmt.Sprintf("%s JOIN WITHIN (%s, %s)", j.Kind, j.Within.Before, j.Within.After)
	if j.Within.Waits {
		text += fmt.Sprintf(" GRACE PERIOD %s", j.Within.Grace)
	}
	return text + " store=" + j.Name
}

// String returns the kind and the store.
func (j *JoinStreamTable) String() string {
	return fmt.Sprintf("%s JOIN TABLE store=%s", j.Kind, j.Name)
}

// String returns the kind and the stores.
func (j *JoinTables) String() string { return fmt.Sprintf("%s JOIN TABLES store=%s", j.Kind, j.Name) }

func (*JoinStreams) step()     {}
func (*JoinStreamTable) step() {}
func (*JoinTables) step()      {}

// Words returns the kind as messages spell it.
func (k JoinKind) Words() string {
	switch k {
	case Inner:
		return "[INNER] JOIN"
	case Left:
		return "LEFT [OUTER] JOIN"
	case Right:
		return "RIGHT [OUTER] JOIN"
	default:
		return "[FULL] OUTER JOIN"
	}
}
