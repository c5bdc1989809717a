package kafka_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
	engine "github.com/ksqlite/ksqlite/runtime/exec"
)

// This file kills processes that run queries. The process is this test program
// once more, which then does nothing but run the queries of a catalog.

// The variables that make a process of this program run queries.
const (
	serveVariable   = "KSQLITE_TEST_SERVE"   // address of the Kafka
	catalogVariable = "KSQLITE_TEST_CATALOG" // file of the catalog's log
	serviceVariable = "KSQLITE_TEST_SERVICE" // id of the service
)

// serveUntilKilled runs the queries of a catalog. It returns only if it cannot.
func serveUntilKilled(address, catalog, service string) error {
	ctx := context.Background()
	cluster, err := kafka.Open(ctx, kafka.Config{Properties: map[string]string{"bootstrap.servers": address}})
	if err != nil {
		return err
	}
	if _, err := engine.Open(ctx, serving(cluster, fileLog{catalog}, service)); err != nil {
		return err
	}
	select {}
}

// serving are the options of an engine that runs all queries of its catalog.
func serving(cluster *kafka.Cluster, log engine.Log, service string) engine.Options {
	properties, err := config.New(map[string]string{"ksql.service.id": service, "ksql.query.retry.backoff.initial.ms": "100"})
	if err != nil {
		panic(err)
	}
	return engine.Options{Cluster: cluster, Clock: time.Now, Log: log, Properties: properties, Serve: true}
}

// crash is a catalog whose queries are run by one process after the other.
type crash struct {
	c       *cluster
	catalog string
	topic   string // and id of the service
	random  *rand.Rand
}

// newCrash declares tables over a topic, each with its aggregation, and closes the
// engine that has done so.
func newCrash(t *testing.T, c *cluster, guarantee string) *crash {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows knows no SIGKILL")
	}
	k := &crash{c: c, catalog: filepath.Join(t.TempDir(), "catalog.jsonl"), topic: c.topic(t, 4, nil), random: rand.New(rand.NewPCG(3, 4))}
	var script, gone strings.Builder
	fmt.Fprintf(&script, `SET 'auto.offset.reset'='earliest'; SET 'commit.interval.ms'='30'; SET 'processing.guarantee'='%s';
		CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='%s', value_format='JSON');`, guarantee, k.topic)
	for _, a := range aggregations() {
		fmt.Fprintf(&script, "CREATE TABLE %s WITH (kafka_topic='%s') AS %s;", a.name, k.sink(a), a.query)
		fmt.Fprintf(&gone, "DROP TABLE %s DELETE TOPIC;", a.name)
	}
	k.execute(t, script.String())
	t.Cleanup(func() { k.execute(t, gone.String()) })
	return k
}

// execute executes statements in an engine of the catalog.
func (k *crash) execute(t *testing.T, script string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	cluster, err := kafka.Open(ctx, kafka.Config{Properties: map[string]string{"bootstrap.servers": k.c.address}})
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	e, err := engine.Open(ctx, serving(cluster, fileLog{k.catalog}, k.topic))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range e.NewSession().Script(ctx, script) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}

// sink is the topic of a table.
func (k *crash) sink(a aggregation) string { return k.topic + "." + a.name }

// start starts a process that runs the queries.
func (k *crash) start(t *testing.T) (kill func()) {
	t.Helper()
	process := exec.Command(os.Args[0], "-test.run=^$")
	process.Env = append(os.Environ(), serveVariable+"="+k.c.address, catalogVariable+"="+k.catalog, serviceVariable+"="+k.topic)
	process.Stderr = os.Stderr
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	return func() {
		_ = process.Process.Kill()
		_ = process.Wait()
	}
}

// rounds kills a process as soon as it has written some results, again and again,
// while events come. The last one goes on until the end of the test.
func (k *crash) rounds(t *testing.T, list []event, n int) {
	t.Helper()
	var sinks []string
	for _, a := range aggregations() {
		sinks = append(sinks, k.sink(a))
	}
	results := k.c.connect(t, kgo.ConsumeTopics(sinks...)) // those of open transactions too
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for round := range n {
		kill := k.start(t)
		for _, e := range list[round*len(list)/n : (round+1)*len(list)/n] {
			k.c.produce(t, e.record(k.topic, 4))
		}
		for left := 1 + k.random.IntN(len(list)/n); left > 0 && ctx.Err() == nil; {
			left -= results.PollFetches(ctx).NumRecords()
		}
		kill()
	}
	t.Cleanup(k.start(t))
}

func TestKilledProcessesLeaveExactTables(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		list := events(rand.New(rand.NewPCG(5, 6)), 1000)
		k := newCrash(t, c, "exactly_once_v2")
		k.rounds(t, list, 20)
		for _, a := range aggregations() {
			c.awaitTable(t, k.sink(a), a.want(list))
		}
	})
}

func TestKilledProcessesLoseNothing(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		list := events(rand.New(rand.NewPCG(7, 8)), 500)
		k := newCrash(t, c, "at_least_once")
		k.rounds(t, list, 5)
		for _, a := range aggregations() {
			if a.name != "HAVING_FEW" { // may have deleted what was counted twice
				c.awaitRows(t, k.sink(a), a.want(list), counts)
			}
		}
	})
}

// counts reports whether a table has the rows of another, which count at least as much.
func counts(want, got table) bool {
	for key, row := range want {
		var least, found tally
		_, _ = fmt.Sscanf(row, `{"C":%d,"T":%d}`, &least.count, &least.sum)
		_, _ = fmt.Sscanf(got[key], `{"C":%d,"T":%d}`, &found.count, &found.sum)
		if found.count < least.count || found.sum < least.sum {
			return false
		}
	}
	return true
}
