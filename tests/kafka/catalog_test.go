package kafka_test

import (
	"testing"

	"github.com/ksqlite/ksqlite"
)

// What has been declared is kept on the cluster under the service id, and nowhere else.
func TestCatalogIsKeptOnTheCluster(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		topic := c.topic(t, 1, nil)
		c.produce(t, number(topic, 0, 1))
		id := topic + "_"
		t.Cleanup(func() { c.deleteTopics(t, commandTopic(id)) })
		first := openService(t, c.address, id)
		execute(t, first, "SHOW STREAMS; SHOW QUERIES;")
		c.awaitGone(t, commandTopic(id)) // looking has not made it
		execute(t, first, stream(topic))
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		again := openService(t, c.address, id)
		expect(t, rest(t, start(t, again, "SELECT n FROM s;")), "1")
		if _, err := openService(t, c.address, "other_"+id).Query(t.Context(), "SELECT n FROM s;"); err == nil || err.Error() != "line 1:15: S does not exist." {
			t.Errorf("under another service id: %v", err)
		}
	})
}

// commandTopic is the topic that keeps the statements of a service id.
func commandTopic(id string) string { return "_confluent-ksql-" + id + "_ksqlite_command_topic" }

// openService opens an engine of a service id until the test ends.
func openService(t *testing.T, address, id string, options ...ksqlite.Option) *ksqlite.Engine {
	t.Helper()
	return open(t, append(options, ksqlite.WithBootstrapServers(address),
		ksqlite.WithKafkaProperties(map[string]string{"ksql.service.id": id}))...)
}
