package kafka_test

import (
	"testing"

	"github.com/ksqlite/ksqlite/tests/kafka/apache"
	"github.com/ksqlite/ksqlite/tests/kafka/clients"
)

// The clients are tried on a real Kafka too, so that what they ask of
// `ksqlite broker` is known to be what Kafka does.

func TestClientsOnApacheKafka(t *testing.T) {
	t.Parallel()
	clients.Require(t)
	tryClients(t, shared(t).Addr(apache.Plaintext))
}

func TestClientsOnKsqliteBroker(t *testing.T) {
	t.Parallel()
	clients.Require(t)
	tryClients(t, startBroker(t, t.TempDir()))
}

// tryClients runs every client that is not written in Go.
func tryClients(t *testing.T, bootstrap string) {
	t.Helper()
	t.Run("kcat", func(t *testing.T) {
		t.Parallel()
		clients.Kcat(t, bootstrap)
	})
	t.Run("python", func(t *testing.T) {
		t.Parallel()
		clients.Python(t, bootstrap)
	})
}
