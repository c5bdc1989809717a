package kafka_test

import (
	"testing"

	"github.com/ksqlite/ksqlite"
)

// What has been declared is kept in the data folder, never on the cluster.
func TestCatalogIsKeptInTheDataFolder(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		topic := c.topic(t, 1, nil)
		c.produce(t, number(topic, 0, 1))
		folder := t.TempDir()
		first := c.open(t, ksqlite.WithDataDir(folder))
		execute(t, first, stream(topic))
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		again := c.open(t, ksqlite.WithDataDir(folder))
		expect(t, rest(t, start(t, again, "SELECT n FROM s;")), "1")
		if _, err := c.open(t).Query(t.Context(), "SELECT n FROM s;"); err == nil || err.Error() != "line 1:15: S does not exist." {
			t.Errorf("without the folder: %v", err)
		}
	})
}
