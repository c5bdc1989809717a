package kafka_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/tests/kafka/apache"
)

// TestOwnKafka holds what the shared Kafka cannot be used for.
func TestOwnKafka(t *testing.T) { //nolint:tparallel // the last subtest stops the server
	t.Parallel()
	server := apache.Run(t, apache.Options{
		Listeners: []apache.Listener{apache.SASLPlaintext},
		Properties: map[string]string{
			"log.cleaner.backoff.ms": "20", // it works all the time
			"authorizer.class.name":  "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
			"super.users":            "User:ANONYMOUS", // who comes in through the plaintext listener
		},
	})
	t.Run("authorization", func(t *testing.T) {
		askForRights(t, newCluster(t, server.Addr(apache.Plaintext)), door{
			protocol: apache.SASLPlaintext, mechanism: apache.Plain, address: server.Addr(apache.SASLPlaintext),
		})
	})
	t.Run("compaction", func(t *testing.T) {
		readOverGaps(t, newCluster(t, server.Addr(apache.Plaintext)))
	})
	t.Run("stopped and started", func(t *testing.T) {
		surviveRestart(t, stoppable{
			address: server.Addr(apache.Plaintext),
			stop: func(t *testing.T) {
				t.Helper()
				if err := server.Stop(); err != nil {
					t.Fatal(err)
				}
			},
			start: func(t *testing.T) {
				t.Helper()
				if err := server.Restart(t.Context()); err != nil {
					t.Fatal(err)
				}
			},
		})
	})
}

// askForRights comes in through a door and holds what is said of a topic until one
// right after the other is given.
func askForRights(t *testing.T, c *cluster, d door) {
	t.Helper()
	const topic = "secret"
	c.createTopic(t, topic, 1, nil)
	c.produce(t, number(topic, 0, 1))
	file, err := ksqlite.LoadKafkaProperties(d.properties(t, apache.Password))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ksqlite.Open(t.Context(), ksqlite.WithKafkaPropertiesFile(file)); !errors.Is(err, ksqlite.ErrAuthorization) ||
		!strings.Contains(err.Error(), "only an ephemeral session does without") {
		t.Errorf("without a right to the command topic: %v", err)
	}
	engine := open(t, ksqlite.WithKafkaPropertiesFile(file), ksqlite.WithEphemeral())

	refuse(t, engine, stream(topic))
	c.allow(t, topic, kadm.OpDescribe)
	execute(t, engine, stream(topic))
	refuse(t, engine, "SELECT n FROM s;")
	c.allow(t, topic, kadm.OpRead)
	expect(t, rest(t, start(t, engine, "SELECT n FROM s;")), "1")
	refuse(t, engine, "INSERT INTO s VALUES (2);")
	c.allow(t, topic, kadm.OpWrite)
	engine = open(t, ksqlite.WithKafkaPropertiesFile(file), ksqlite.WithEphemeral()) // a producer that was refused its id stays so
	execute(t, engine, stream(topic)+"INSERT INTO s VALUES (2);")
	refuse(t, engine, "DROP STREAM s DELETE TOPIC;")
	expect(t, rest(t, start(t, engine, "SELECT n FROM s;")), "1", "2")
}

// refuse holds that a statement ends with the want of a right to the topic secret.
func refuse(t *testing.T, engine *ksqlite.Engine, sql string) {
	t.Helper()
	var failed error
	for result, err := range engine.NewSession().Run(t.Context(), sql) {
		if failed = err; err == nil && result.Rows != nil {
			for result.Rows.Next(t.Context()) {
			}
			failed = result.Rows.Err()
			result.Rows.Close()
		}
	}
	if !errors.Is(failed, ksqlite.ErrAuthorization) || !strings.Contains(failed.Error(), "secret") {
		t.Errorf("%s %v", sql, failed)
	}
}

// allow gives the user of the doors a right to a topic.
func (c *cluster) allow(t *testing.T, topic string, operation kadm.ACLOperation) {
	t.Helper()
	rights := kadm.NewACLs().Allow("User:" + apache.User).AllowHosts().
		Topics(topic).ResourcePatternType(kadm.ACLPatternLiteral).Operations(operation)
	if _, err := c.admin.CreateACLs(t.Context(), rights); err != nil {
		t.Fatal(err)
	}
	for known := 0; known == 0; { // the node learns of it after that
		answers, err := c.admin.DescribeACLs(t.Context(), rights)
		if err != nil {
			t.Fatal(err)
		}
		known = len(answers[0].Described)
	}
}

// readOverGaps holds that a bounded read ends though compaction has taken records
// away. The embedded broker never compacts.
func readOverGaps(t *testing.T, c *cluster) {
	t.Helper()
	settings := map[string]*string{}
	for name, value := range map[string]string{
		"cleanup.policy": "compact", "segment.ms": "10", "min.cleanable.dirty.ratio": "0.01", "delete.retention.ms": "0",
	} {
		settings[name] = &value
	}
	topic := "gaps"
	c.createTopic(t, topic, 1, settings)
	write := func(key string, n int) {
		record := number(topic, 0, n)
		record.Key = []byte(key)
		c.produce(t, record)
	}
	for n := range 20 {
		write("key", n)
	}
	end := 20
	for ; gaps(t, c, topic, end) < 15; end++ {
		write(strconv.Itoa(end), end) // ends a segment, so that those before it can be compacted
	}

	engine := c.open(t)
	execute(t, engine, stream(topic))
	last := strconv.Itoa(end - 1)
	got := rest(t, start(t, engine, "SELECT n FROM s;"))
	if len(got) > end-15 || got[len(got)-1] != last {
		t.Errorf("a bounded read found %q, want %s as the last", got, last)
	}
	rows := start(t, engine, "SELECT n FROM s EMIT CHANGES;")
	for next(t, rows, 1)[0] != last {
	}
}

// gaps returns how many of the records before end are gone. The last one is there.
func gaps(t *testing.T, c *cluster, topic string, end int) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	client := newClient(t, append(fromStart(topic), kgo.SeedBrokers(c.address))...)
	defer client.Close()
	for there := 0; ; {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		for _, record := range fetches.Records() {
			there++
			if record.Offset == int64(end-1) {
				return end - there
			}
		}
	}
}
