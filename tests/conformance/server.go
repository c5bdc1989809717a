package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

// runServer runs a case of the server: statements are requests, and what they
// answer is compared.
func runServer(ctx context.Context, c *Case, e *sqltest.Engine) Outcome {
	r := &run{c: c, engine: e, codecs: map[codecKey]*topicCodec{}}
	for name, value := range serverDefaults() {
		if err := e.Session().SetProperty(name, value); err != nil {
			return failed("%s", err)
		}
	}
	if err := prepare(ctx, e, c); err != nil {
		return failed("%s", err)
	}
	answers, err := r.requests(ctx)
	f := failureIn(err)
	switch {
	case err != nil && f == nil:
		return failed("%s", err)
	case c.Server.Error != nil:
		return judgeServer(f, c.Server.Error)
	case f != nil:
		return failed("%s", f.reason()).withDetail("%s", f.err)
	}
	if o := checkAnswers(c.Server.Responses, answers); o.Status != Pass {
		return o
	}
	return r.checkOutputs()
}

// serverDefaults are the properties that the server of the cases sets.
func serverDefaults() map[string]string {
	return map[string]string{config.AutoOffsetReset: "earliest", config.SharedPushQueries: "true"}
}

// judgeServer says what a failure means for a negative case. A server answers every
// one of them with status 400.
func judgeServer(f *failure, want *ServerError) Outcome {
	if f == nil {
		return failed("nothing fails")
	}
	message, says := want.Message, f.says(want.Message)
	switch {
	case f.unsupported() && !says:
		return failed("%s", f.reason()).withDetail("expected: %s", message)
	case !f.last:
		return failed("fails before the last statement: %s", f.reason()).withDetail("expected: %s", message)
	case !says:
		return Outcome{Status: TextDiffers, Reason: line("says: " + f.reason())}.
			withDetail("got: %s\nexpected: %s", f.err, message)
	}
	return Outcome{Status: Pass}
}

// reply is what the server answered to one request that has an answer.
type reply struct {
	statement string
	entity    any   // of an admin statement, a tree
	rows      []any // of a query, trees
	query     bool
}

// requests sends the statements: those up to the first SELECT as one request, and
// then each query by itself, with the inputs in between.
func (r *run) requests(ctx context.Context) ([]reply, error) {
	first := slices.IndexFunc(r.c.Statements, func(s string) bool { return strings.HasPrefix(s, "SELECT ") })
	if first < 0 {
		first = len(r.c.Statements)
	}
	replies, err := r.admin(ctx, first)
	if err != nil {
		return nil, err
	}
	wait := r.c.Server.WaitForQuery
	if !wait {
		if err := r.produce(ctx); err != nil {
			return nil, err
		}
	}
	for i := first; i < len(r.c.Statements); i++ {
		one, err := r.query(ctx, i, wait)
		if err != nil {
			return nil, err
		}
		replies = append(replies, one)
	}
	return replies, nil
}

// admin sends the statements before the first query.
func (r *run) admin(ctx context.Context, count int) ([]reply, error) {
	var replies []reply
	for i, text := range r.c.Statements[:count] {
		statements, err := r.engine.Parse(text)
		if err != nil {
			return nil, r.failure(parsing, err, i)
		}
		for _, s := range statements {
			answer, err := execute(ctx, r.engine, s)
			if err != nil {
				return nil, r.failure(executing, err, i)
			}
			answer.close()
			if answer.entity == nil || silent(s.Text) {
				continue
			}
			tree, err := parseTree(answer.entity)
			if err != nil {
				return nil, r.failure(executing, err, i)
			}
			replies = append(replies, reply{statement: s.Text, entity: tree})
		}
	}
	return replies, nil
}

// silent reports whether the server has no answer to a statement.
func silent(text string) bool {
	parsed, err := parser.Parse(text)
	if err != nil || len(parsed) == 0 {
		return false
	}
	switch parsed[0].Statement.(type) {
	case *ast.InsertValues, *ast.Set, *ast.Unset, *ast.Define, *ast.Undefine:
		return true
	default:
		return false
	}
}

func (r *run) failure(s stage, err error, i int) *failure {
	return &failure{stage: s, err: err, statement: r.c.Statements[i], last: i == len(r.c.Statements)-1}
}

// produce writes the inputs and runs all persistent queries until they have read
// everything.
func (r *run) produce(ctx context.Context) error {
	if err := createNamed(ctx, r.engine, r.c.Inputs, r.c.Outputs); err != nil {
		return err
	}
	if _, err := r.append(ctx); err != nil {
		return err
	}
	if err := r.settle(); err != nil {
		return &failure{stage: running, err: err}
	}
	return nil
}

// settle feeds the persistent queries in turn, each with the oldest record that it
// has not read, until there is none.
func (r *run) settle() error {
	read := map[*sqltest.Query]map[string]int{}
	for moved := true; moved; {
		moved = false
		for _, q := range r.engine.Queries() {
			if read[q] == nil {
				read[q] = map[string]int{}
			}
			for {
				topic, ok := r.oldest(q, read[q])
				if !ok {
					break
				}
				log, _ := r.engine.Cluster().Log(topic)
				if err := q.Feed(topic, log[read[q][topic]]); err != nil {
					return err
				}
				read[q][topic]++
				moved = true
			}
		}
	}
	return nil
}

// oldest returns the topic of a query whose next record has the lowest time.
func (r *run) oldest(q *sqltest.Query, read map[string]int) (topic string, ok bool) {
	lowest := int64(0)
	for _, t := range q.Topics() {
		log, _ := r.engine.Cluster().Log(t)
		if at := read[t]; at < len(log) && (!ok || log[at].Time < lowest) {
			topic, lowest, ok = t, log[at].Time, true
		}
	}
	return topic, ok
}

// query sends one query and reads its rows to the end. With wait, the inputs come
// when it runs.
func (r *run) query(ctx context.Context, i int, wait bool) (reply, error) {
	statements, err := r.engine.Parse(r.c.Statements[i])
	if err != nil {
		return reply{}, r.failure(parsing, err, i)
	}
	answer, err := execute(ctx, r.engine, statements[0])
	if err != nil {
		return reply{}, r.failure(executing, err, i)
	}
	defer answer.close()
	if answer.rows == nil {
		return reply{}, fmt.Errorf("statement %d is no query", i)
	}
	if wait {
		if err := r.produce(ctx); err != nil {
			return reply{}, err
		}
	}
	rows, err := drain(ctx, answer.rows, r.pull(statements[0].Text))
	if err != nil {
		return reply{}, r.failure(running, err, i)
	}
	return reply{statement: r.c.Statements[i], rows: rows, query: true}, nil
}

// pull reports whether a query is a pull query on a table, whose answer has no
// final message.
func (r *run) pull(text string) bool {
	parsed, err := parser.Parse(text)
	if err != nil {
		return false
	}
	q, ok := parsed[0].Statement.(*ast.Query)
	if !ok || q.Emit != "" {
		return false
	}
	for _, s := range r.engine.Sources() {
		if from, ok := q.From.(*ast.Source); ok && from.Name.Text == s.Name {
			return s.Kind == catalog.Table
		}
	}
	return false
}
