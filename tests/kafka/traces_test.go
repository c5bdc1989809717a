package kafka_test

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/tests/kafka/apache"
)

// However a query ends, nothing of it is left: no goroutine, and on the cluster
// no group, no topic and no record that its statements did not ask for. These
// tests are not parallel, as others would be taken for traces.

func TestQueriesLeaveNothingOnTheEmbeddedBroker(t *testing.T) {
	leaveNothing(t, startEmbedded(t, embedded.Options{}).Address())
}

func TestQueriesLeaveNothingOnApacheKafka(t *testing.T) {
	leaveNothing(t, shared(t).Addr(apache.Plaintext))
}

// endings are the ways in which a query ends.
var endings = []struct {
	name string
	run  func(t *testing.T, engine *ksqlite.Engine)
}{
	{"bounded", func(t *testing.T, engine *ksqlite.Engine) {
		t.Helper()
		rest(t, start(t, engine, "SELECT n FROM s;"))
	}},
	{"limit", func(t *testing.T, engine *ksqlite.Engine) {
		t.Helper()
		rest(t, start(t, engine, "SELECT n FROM s EMIT CHANGES LIMIT 3;"))
	}},
	{"closed", func(t *testing.T, engine *ksqlite.Engine) {
		t.Helper()
		rows := start(t, engine, "SELECT n FROM s EMIT CHANGES;")
		next(t, rows, 3)
		rows.Close()
	}},
	{"cancelled", func(t *testing.T, engine *ksqlite.Engine) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		rows := start(t, engine, "SELECT n FROM s WHERE n > 1000 EMIT CHANGES;")
		cancel()
		if rows.Next(ctx) || rows.Err() != nil {
			t.Errorf("a cancelled query: %v", rows.Err())
		}
		rows.Close()
	}},
	{"timeout", func(t *testing.T, engine *ksqlite.Engine) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		rows := start(t, engine, "SELECT n FROM s WHERE n > 1000 EMIT CHANGES;")
		if rows.Next(ctx) || rows.Err() != nil {
			t.Errorf("a query out of time: %v", rows.Err())
		}
		rows.Close()
	}},
	{"terminated", func(t *testing.T, engine *ksqlite.Engine) {
		t.Helper()
		rows := start(t, engine, "SELECT n FROM s EMIT CHANGES;")
		next(t, rows, 3)
		execute(t, engine, fmt.Sprintf("TERMINATE %s;", rows.ID()))
	}},
	{"with its engine", func(t *testing.T, engine *ksqlite.Engine) {
		t.Helper()
		next(t, start(t, engine, "SELECT n FROM s EMIT CHANGES;"), 3)
	}},
}

func leaveNothing(t *testing.T, address string) {
	t.Helper()
	c := newCluster(t, address)
	topic := c.topic(t, 4, nil)
	for n := range 100 {
		c.produce(t, number(topic, int32(n%4), n))
	}
	before := traces(t, c, topic)
	for _, ending := range endings {
		t.Run(ending.name, func(t *testing.T) {
			running := goleak.IgnoreCurrent()
			engine := c.open(t)
			execute(t, engine, stream(topic)+"SHOW TOPICS; SHOW QUERIES; DESCRIBE s EXTENDED; DROP STREAM s;"+stream(topic))
			ending.run(t, engine)
			expect(t, traces(t, c, topic), before...)
			if err := engine.Close(); err != nil {
				t.Error(err)
			}
			goleak.VerifyNone(t, running)
		})
	}
	for _, limit := range [][]string{{"--query-row-limit", "3"}, {"--query-timeout", "300"}} {
		t.Run("program "+limit[0], func(t *testing.T) {
			command := exec.Command(program(t), append(limit, "--ephemeral", "--bootstrap-server", address, "--output", "JSONL", "-e", earliest(topic))...)
			if out, err := command.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	t.Run("program SIGTERM", func(t *testing.T) { endBySignal(t, address, topic) })
	expect(t, traces(t, c, topic), before...)
}

// earliest is a script with a push query over a topic.
func earliest(topic string) string {
	return "SET 'auto.offset.reset'='earliest'; " + stream(topic) + " SELECT n FROM s EMIT CHANGES;"
}

// endBySignal ends a program whose query runs.
func endBySignal(t *testing.T, address, topic string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), program(t), "--ephemeral", "--bootstrap-server", address, "--output", "JSONL", "-e", earliest(topic))
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for chunk := make([]byte, 4096); !strings.Contains(said.String(), `"N":99`); {
		n, err := out.Read(chunk)
		if err != nil {
			t.Fatalf("%v after %s", err, said.String())
		}
		said.Write(chunk[:n])
	}
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, command.Wait()); code != 128+int(syscall.SIGTERM) {
		t.Errorf("exit code %d", code)
	}
}

// traces lists all that is on a cluster: topics with their partitions, groups,
// and where the partitions of a topic end.
func traces(t *testing.T, c *cluster, topic string) []string {
	t.Helper()
	admin := kadm.NewClient(newClient(t, kgo.SeedBrokers(c.address)))
	defer admin.Close()
	topics, err := admin.ListTopicsWithInternal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, topic := range topics.Sorted() {
		found = append(found, fmt.Sprintf("topic %s with %d partitions", topic.Topic, len(topic.Partitions)))
	}
	groups, err := admin.ListGroups(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range groups.Groups() {
		found = append(found, "group "+group)
	}
	ends, err := admin.ListEndOffsets(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	ends.Each(func(end kadm.ListedOffset) {
		found = append(found, fmt.Sprintf("partition %d ends at %d", end.Partition, end.Offset))
	})
	slices.Sort(found)
	return found
}
