package kafka_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"

	"github.com/ksqlite/ksqlite/tests/kafka/apache"
)

// This file tests the server itself, so that a fault in the suites that use it
// is known to be theirs.

// patience is how long a client may wait for anything from a server.
const patience = time.Minute

func TestEveryListenerCarriesRecords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		listener  apache.Listener
		mechanism apache.Mechanism
	}{
		{apache.Plaintext, ""},
		{apache.TLS, ""},
		{apache.MutualTLS, ""},
		{apache.SASLPlaintext, apache.Plain},
		{apache.SASLPlaintext, apache.ScramSHA256},
		{apache.SASLPlaintext, apache.ScramSHA512},
		{apache.SASLTLS, apache.Plain},
		{apache.SASLTLS, apache.ScramSHA256},
		{apache.SASLTLS, apache.ScramSHA512},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %s", tt.listener, tt.mechanism), func(t *testing.T) {
			t.Parallel()
			server := shared(t)
			options, err := server.ClientOptions(tt.listener, tt.mechanism)
			if err != nil {
				t.Fatal(err)
			}
			topic := createTopic(t, server)
			produce(t, newClient(t, options...), topic, "a", "b", "c")
			consumer := newClient(t, append(options, fromStart(topic)...)...)
			if got := consume(t, consumer, 3); !slices.Equal(got, []string{"a", "b", "c"}) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestWrongPasswordIsRefused(t *testing.T) {
	t.Parallel()
	client := newClient(t,
		kgo.SeedBrokers(shared(t).Addr(apache.SASLPlaintext)),
		kgo.SASL(plain.Auth{User: apache.User, Pass: "wrong"}.AsMechanism()))
	if err := client.Ping(t.Context()); !errors.Is(err, kerr.SaslAuthenticationFailed) {
		t.Errorf("got %v, want %v", err, kerr.SaslAuthenticationFailed)
	}
}

func TestMutualTLSRefusesClientsWithoutCertificate(t *testing.T) {
	t.Parallel()
	server := shared(t)
	client := newClient(t, kgo.SeedBrokers(server.Addr(apache.MutualTLS)),
		kgo.DialTLSConfig(&tls.Config{InsecureSkipVerify: true}), // the server's certificate is not what is tested
		kgo.RetryTimeout(time.Second))
	err := client.Ping(t.Context())
	if err == nil || !strings.Contains(err.Error(), "tls: ") {
		t.Errorf("got %v, want a TLS alert", err)
	}
}

func TestReadCommittedSeesCommittedTransactionsAlone(t *testing.T) {
	t.Parallel()
	server := shared(t)
	topic := createTopic(t, server)
	producer := newClient(t, kgo.SeedBrokers(server.Addr(apache.Plaintext)), kgo.TransactionalID(topic))
	transact(t, producer, topic, kgo.TryAbort, "aborted")
	transact(t, producer, topic, kgo.TryCommit, "committed")

	options := append(fromStart(topic), kgo.SeedBrokers(server.Addr(apache.Plaintext)))
	committed := newClient(t, append(options, kgo.FetchIsolationLevel(kgo.ReadCommitted()))...)
	if got := consume(t, committed, 1); !slices.Equal(got, []string{"committed"}) {
		t.Errorf("read_committed: got %q", got)
	}
	uncommitted := newClient(t, options...)
	if got := consume(t, uncommitted, 2); !slices.Equal(got, []string{"aborted", "committed"}) {
		t.Errorf("read_uncommitted: got %q", got)
	}
}

func TestRestartKeepsAddressAndRecords(t *testing.T) {
	t.Parallel()
	server := apache.Run(t, apache.Options{})
	addr := server.Addr(apache.Plaintext)
	client := newClient(t, kgo.SeedBrokers(addr))
	topic := createTopic(t, server)

	produce(t, client, topic, "before")
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	produce(t, client, topic, "after a stop")
	server.Kill()
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	produce(t, client, topic, "after a crash")

	if server.Addr(apache.Plaintext) != addr {
		t.Errorf("the address moved from %s to %s", addr, server.Addr(apache.Plaintext))
	}
	consumer := newClient(t, append(fromStart(topic), kgo.SeedBrokers(addr))...)
	if got := consume(t, consumer, 3); !slices.Equal(got, []string{"before", "after a stop", "after a crash"}) {
		t.Errorf("got %q", got)
	}
}

// newClient makes a client that is closed with the test.
func newClient(t *testing.T, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// createTopic makes a topic of one partition that is named after the test.
func createTopic(t *testing.T, server *apache.Server) string {
	t.Helper()
	name := strings.NewReplacer("/", ".", "#", ".").Replace(t.Name())
	admin := kadm.NewClient(newClient(t, kgo.SeedBrokers(server.Addr(apache.Plaintext))))
	if _, err := admin.CreateTopic(t.Context(), 1, 1, nil, name); err != nil {
		t.Fatal(err)
	}
	return name
}

// fromStart makes a client read a topic from its first record.
func fromStart(topic string) []kgo.Opt {
	return []kgo.Opt{kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())}
}

// produce writes values to a topic, one after the other.
func produce(t *testing.T, client *kgo.Client, topic string, values ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, value := range values {
		record := &kgo.Record{Topic: topic, Value: []byte(value)}
		if err := client.ProduceSync(ctx, record).FirstErr(); err != nil {
			t.Fatalf("producing %q: %v", value, err)
		}
	}
}

// transact writes values to a topic in a transaction with the given end.
func transact(t *testing.T, client *kgo.Client, topic string, end kgo.TransactionEndTry, values ...string) {
	t.Helper()
	if err := client.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	produce(t, client, topic, values...)
	if err := client.EndTransaction(t.Context(), end); err != nil {
		t.Fatal(err)
	}
}

// consume reads the values of the next n records.
func consume(t *testing.T, client *kgo.Client, n int) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var values []string
	for len(values) < n {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("consuming record %d: %v", len(values), err)
		}
		fetches.EachRecord(func(r *kgo.Record) { values = append(values, string(r.Value)) })
	}
	return values
}
