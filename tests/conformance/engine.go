package conformance

import (
	"context"
	"encoding/json"
	"time"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

// options are the surroundings of a case. Only the cases of the server see several
// partitions.
func (c *Case) options(clock func() time.Time) sqltest.Options {
	return sqltest.Options{
		Clock: clock, Spread: c.Kind == RQTT,
		Properties: map[string]string{
			config.ServiceID:            "some.ksql.service.id",
			config.VariableSubstitution: "false",
		},
	}
}

// answer is what a statement gives back; both are nil where it has nothing to say.
type answer struct {
	// entity is the JSON of ksqlDB's REST API.
	entity []byte
	// rows are those of a query that runs until they are closed.
	rows query.Rows
}

// close ends the rows, if there are any.
func (a answer) close() {
	if a.rows != nil {
		a.rows.Close()
	}
}

// execute executes one statement.
func execute(ctx context.Context, e *sqltest.Engine, s exec.Statement) (answer, error) {
	result, err := e.Session().Execute(ctx, s)
	if err != nil {
		return answer{}, err
	}
	if result.Lines != nil {
		result.Lines.Close()
	}
	a := answer{rows: result.Rows}
	if result.Entity != nil {
		a.entity, err = json.Marshal(result.Entity)
	}
	return a, err
}

// topicNames returns the names of all topics, sorted, those of queries' inner steps included.
func topicNames(ctx context.Context, e *sqltest.Engine) ([]string, error) {
	topics, err := e.Cluster().Topics(ctx)
	names := make([]string, len(topics))
	for i, t := range topics {
		names[i] = t.Name
	}
	return names, err
}
