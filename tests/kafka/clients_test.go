package kafka_test

import (
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/tests/kafka/apache"
	"github.com/ksqlite/ksqlite/tests/kafka/clients"
)

// The clients are tried on a real Kafka too, so that what they ask of the
// embedded broker is known to be what Kafka does.

func TestClientsOnApacheKafka(t *testing.T) {
	t.Parallel()
	tryClients(t, shared(t).Addr(apache.Plaintext))
}

func TestClientsOnEmbeddedBroker(t *testing.T) {
	t.Parallel()
	broker, err := embedded.Open(embedded.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := broker.Close(); err != nil {
			t.Error(err)
		}
	})
	tryClients(t, broker.Address())
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
