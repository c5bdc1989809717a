package plan

import (
	"fmt"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
)

// JoinForeign joins the rows of a table with those of another one whose primary key
// they hold. The result has the key of the left table and changes when either row does.
//
// The two rows lie with different tasks. So the left side subscribes each of its rows
// where the right one lies, or would lie, and an [Answer] there sends that back, at once
// and whenever it changes:
//
//	Left ─▶ JoinForeign ── Subscriptions ──▶ Answer ◀─ Right
//	             ▲                              │
//	             └──────────── Return ──────────┘
type JoinForeign struct {
	Left Step
	// By is the foreign key, computed from the rows of Left.
	By            expr.Expr
	Subscriptions *Subscriptions
	Answers       *Return
	Kind          JoinKind // Inner or Left
	// Name is that of the store, unique within the query.
	Name string
}

// Subscriptions are the internal topic by which a [JoinForeign] asks for right rows. It
// has no input of its own, since that is the step which is given what it leads to.
type Subscriptions struct {
	// Name is that of the internal topic, unique within the query.
	Name string
	// Foreign is the key that is asked for, Subscriber that of the rows that ask.
	Foreign, Subscriber []types.Column
	// Like is the source whose keys the subscriptions are to meet, as that of a
	// [Repartition]. Nil for none.
	Like *catalog.Source
}

// Answer keeps the rows of the right table of a [JoinForeign] and who has asked for them.
type Answer struct {
	Right         Step
	Subscriptions *Subscriptions
	// Name is that of the stores, unique within the query.
	Name string
}

// Return sends each record back to the task that has asked for it.
type Return struct {
	Input Step
	// Name is that of the internal topic, unique within the query.
	Name string
	// To is the source of the rows that have asked: its partitions are those of the topic.
	To *catalog.Source
}

// What stands before the columns of the right row in an answer, and behind the key of
// the row that asks in a subscription.
var (
	answered   = []types.Column{{Name: "VERSION", Type: types.Bigint}, {Name: "MATCHED", Type: types.Boolean}}
	subscribed = []types.Column{{Name: "PARTITION", Type: types.Int}, {Name: "VERSION", Type: types.Bigint}}
)

// Schema returns the left key and the columns of both sides.
func (j *JoinForeign) Schema() *types.Schema {
	left := j.Left.Schema()
	right := j.Answers.Schema().Value[len(answered):]
	return &types.Schema{Key: left.Key, Value: append(append([]types.Column(nil), left.Value...), right...)}
}

// Schema returns the foreign key, and as the value the key, the partition and the version
// of the row that asks. One that asks no more has no version.
func (s *Subscriptions) Schema() *types.Schema {
	return &types.Schema{Key: s.Foreign, Value: append(append([]types.Column(nil), s.Subscriber...), subscribed...)}
}

// Schema returns the key of the row that asks, and as the value its version, whether
// there is a right row, and the columns of that.
func (a *Answer) Schema() *types.Schema {
	value := append(append([]types.Column(nil), answered...), a.Right.Schema().Value...)
	return &types.Schema{Key: a.Subscriptions.Subscriber, Value: value}
}

// Schema returns the schema of the input.
func (r *Return) Schema() *types.Schema { return r.Input.Schema() }

// Inputs returns the left side and the answers.
func (j *JoinForeign) Inputs() []Step { return []Step{j.Left, j.Answers} }

// Inputs returns nothing: what it leads to reads a topic.
func (*Subscriptions) Inputs() []Step { return nil }

// Inputs returns the right side and the subscriptions.
func (a *Answer) Inputs() []Step { return []Step{a.Right, a.Subscriptions} }

// Inputs returns the step whose records are sent.
func (r *Return) Inputs() []Step { return []Step{r.Input} }

// String returns the kind, the foreign key and the store.
func (j *JoinForeign) String() string {
	return fmt.Sprintf("%s JOIN TABLES ON FOREIGN KEY %s store=%s", j.Kind, j.By, j.Name)
}

// String names the internal topic, and the source whose keys it has.
func (s *Subscriptions) String() string { return "SUBSCRIPTIONS topic=" + s.Name + likeText(s.Like) }

// String names the stores.
func (a *Answer) String() string { return "ANSWER store=" + a.Name }

// String names the internal topic.
func (r *Return) String() string { return "RETURN topic=" + r.Name }

func (*JoinForeign) step()   {}
func (*Subscriptions) step() {}
func (*Answer) step()        {}
func (*Return) step()        {}
