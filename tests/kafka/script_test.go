package kafka_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite"
)

// TestScripts runs testdata/*.ddt on both clusters: what users do, and what a
// plain client sees of it. All topics of a file have its name, or begin with it.
// The commands:
//
//	engine [NAME=VALUE…]            opens a new engine with properties of the Kafka client
//	topic NAME [partitions=N] [CONFIG=VALUE…]  makes a topic
//	produce NAME [compression=C] [transaction=commit|abort|open]
//	                                writes records, one a line: see parseRecord
//	sql                             executes statements; shows what they answer
//	rows [sorted]                   executes a query and shows its columns, its rows as JSON,
//	                                and what went wrong with records
//	print                           executes a PRINT with a LIMIT
//	topics                          shows the file's topics and the settings they were given
//	consume NAME                    shows all records of a topic as a plain client reads them
//	delete-records NAME offset=N    deletes the records of partition 0 before an offset
//
// With -rewrite the embedded broker's answers become the expected ones.
func TestScripts(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		rewriting := flag.Lookup("rewrite").Value.String() == "true"
		if rewriting && strings.HasSuffix(t.Name(), "apache") {
			t.Skip("the embedded broker's answers are being written down")
		}
		datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
			t.Parallel()
			s := newScript(t, c, strings.TrimSuffix(filepath.Base(path), ".ddt"))
			datadriven.RunTest(t, path, s.command)
		})
	})
}

// script is what the commands of one file work on.
type script struct {
	*cluster
	name   string // of the file, and of its topics
	engine *ksqlite.Engine
	faults faults
}

// faults collects what went wrong with records.
type faults struct {
	mu    sync.Mutex
	lines []string
}

func (f *faults) report(e ksqlite.RecordError) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lines = append(f.lines, e.String())
}

// take returns the faults since the last call, in the order of their records.
func (f *faults) take() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	lines := slices.Sorted(slices.Values(f.lines))
	f.lines = nil
	return lines
}

func newScript(t *testing.T, c *cluster, name string) *script {
	t.Helper()
	// A cluster of its own name for the case: its clients end with it.
	s := &script{cluster: newCluster(t, c.address), name: name}
	t.Cleanup(func() { s.deleteTopics(t, slices.Sorted(maps.Keys(s.details(t)))...) })
	s.openEngine(t, nil)
	return s
}

// theTime is what the engine's clock says in all scripts.
func theTime() time.Time { return time.UnixMilli(1_700_000_000_000) }

func (s *script) openEngine(t *testing.T, properties map[string]string) {
	t.Helper()
	s.engine = s.open(t,
		ksqlite.WithKafkaProperties(properties),
		ksqlite.WithRecordErrors(s.faults.report),
		ksqlite.WithClock(theTime))
}

func (s *script) command(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var err error
	var answer string
	switch d.Cmd {
	case "engine":
		s.openEngine(t, options(d))
	case "topic":
		err = s.makeTopic(t, d)
	case "produce":
		err = s.write(t, d)
	case "sql":
		answer, err = s.run(ctx, d.Input)
	case "rows":
		answer, err = s.rows(ctx, d)
	case "print":
		answer, err = s.print(ctx, d.Input)
	case "topics":
		answer, err = s.topics(ctx, t)
	case "consume":
		answer, err = s.consume(t, d.CmdArgs[0].Key)
	case "delete-records":
		err = s.deleteRecords(ctx, d)
	default:
		d.Fatalf(t, "unknown command %s", d.Cmd)
	}
	if err != nil {
		answer += ksqlite.Render(err) + "\n"
	}
	return answer
}

// options are the arguments NAME=VALUE of a command.
func options(d *datadriven.TestData) map[string]string {
	named := map[string]string{}
	for _, arg := range d.CmdArgs {
		if len(arg.Vals) == 1 {
			named[arg.Key] = arg.Vals[0]
		}
	}
	return named
}

func (s *script) makeTopic(t *testing.T, d *datadriven.TestData) error {
	t.Helper()
	partitions, configs := 1, map[string]*string{}
	for name, value := range options(d) {
		if name != "partitions" {
			configs[name] = &value
			continue
		}
		var err error
		if partitions, err = strconv.Atoi(value); err != nil {
			return err
		}
	}
	s.createTopic(t, d.CmdArgs[0].Key, int32(partitions), configs)
	return nil
}

// details describes the topics of the file.
func (s *script) details(t *testing.T) kadm.TopicDetails {
	t.Helper()
	// A new client, since one that has asked before answers from its memory.
	admin := kadm.NewClient(newClient(t, kgo.SeedBrokers(s.address)))
	all, err := admin.ListTopics(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	all.FilterInternal()
	maps.DeleteFunc(all, func(name string, _ kadm.TopicDetail) bool { return !strings.HasPrefix(name, s.name) })
	return all
}

func (s *script) topics(ctx context.Context, t *testing.T) (string, error) {
	t.Helper()
	var b strings.Builder
	for _, topic := range s.details(t).Sorted() {
		fmt.Fprintf(&b, "%s partitions=%d replicas=%d", topic.Topic, len(topic.Partitions), topic.Partitions.NumReplicas())
		answers, err := s.admin.DescribeTopicConfigs(ctx, topic.Topic)
		if err != nil {
			return "", err
		}
		b.WriteString(settings(answers[0].Configs) + "\n")
	}
	return b.String(), nil
}

// settings shows what a topic was given. That its records are kept for ever is
// left out: the embedded broker writes it down where a topic is compacted.
func settings(configs []kadm.Config) string {
	var given []string
	for _, c := range configs {
		text := fmt.Sprintf(" %s=%s", c.Key, c.MaybeValue())
		if c.Source.String() == "DYNAMIC_TOPIC_CONFIG" && text != " retention.ms=-1" {
			given = append(given, text)
		}
	}
	slices.Sort(given)
	return strings.Join(given, "")
}

// run executes statements and shows their answers.
func (s *script) run(ctx context.Context, sql string) (string, error) {
	var b strings.Builder
	results, err := s.engine.Exec(ctx, sql)
	for _, result := range results {
		if result.Entity == nil {
			continue
		}
		for _, block := range result.Entity.Blocks() {
			for _, line := range block.Text {
				b.WriteString(line + "\n")
			}
			if block.Table != nil {
				for _, row := range block.Table.Rows {
					b.WriteString(strings.Join(row, " | ") + "\n")
				}
			}
		}
	}
	return b.String(), err
}

// rows executes a query that ends by itself and shows all about it.
func (s *script) rows(ctx context.Context, d *datadriven.TestData) (string, error) {
	rows, err := s.engine.Query(ctx, d.Input)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var lines []string
	for row := range rows.All(ctx) {
		lines = append(lines, rowJSON(row))
	}
	if err := errors.Join(rows.Err(), ctx.Err()); err != nil {
		return strings.Join(lines, "\n"), err
	}
	if d.HasArg("sorted") {
		slices.Sort(lines)
	}
	var columns []string
	for _, c := range rows.Columns() {
		columns = append(columns, c.Name+" "+c.Type)
	}
	lines = slices.Concat([]string{strings.Join(columns, ", ")}, lines, s.faults.take())
	return strings.Join(lines, "\n") + "\n", nil
}

func (s *script) print(ctx context.Context, sql string) (string, error) {
	var b strings.Builder
	for result, err := range s.engine.NewSession().Run(ctx, sql) {
		if err != nil {
			return b.String(), err
		}
		defer result.Lines.Close()
		for result.Lines.Next(ctx) {
			b.WriteString(result.Lines.Line() + "\n")
		}
		if err := errors.Join(result.Lines.Err(), ctx.Err()); err != nil {
			return b.String(), err
		}
	}
	return b.String(), nil
}

// rowJSON shows the values of a row with their types.
func rowJSON(row ksqlite.Row) string {
	values := make([]ksqlite.Value, row.Len())
	for i := range values {
		values[i] = row.Value(i)
	}
	text, err := json.Marshal(values)
	if err != nil {
		return err.Error()
	}
	if row.Deleted {
		return "deleted " + string(text)
	}
	return string(text)
}

func (s *script) deleteRecords(ctx context.Context, d *datadriven.TestData) error {
	offset, err := strconv.ParseInt(options(d)["offset"], 10, 64)
	if err != nil {
		return err
	}
	offsets := kadm.Offsets{}
	offsets.AddOffset(d.CmdArgs[0].Key, 0, offset, -1)
	answers, err := s.admin.DeleteRecords(ctx, offsets)
	return errors.Join(err, answers.Error())
}
