package ksqlite_test

import (
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/ksqlite/ksqlite"
)

// elsewhere is a listener that says it is somewhere else.
type elsewhere struct{ net.Listener }

func (elsewhere) Addr() net.Addr  { return elsewhere{} }
func (elsewhere) Network() string { return "tcp" }
func (elsewhere) String() string  { return "127.0.0.1:1" }

// The cause of a connection's error is told where it shows only in a statement.
func TestStatementsTellTheCause(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.ListenFn(func(string, string) (net.Listener, error) { return elsewhere{l}, nil }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	options := []ksqlite.Option{
		ksqlite.WithBootstrapServers(l.Addr().String()), ksqlite.WithEphemeral(),
		ksqlite.WithKafkaProperties(map[string]string{"default.api.timeout.ms": "500"}),
	}
	engine, err := ksqlite.Open(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	_, err = engine.Exec(t.Context(), createOrders)
	if want := "broker is unreachable: broker 0 advertises 127.0.0.1:1, and nothing listens on 127.0.0.1:1: set advertised.listeners"; !errors.Is(err, ksqlite.ErrUnreachable) || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
	var last ksqlite.Finding
	if faults := ksqlite.Examine(t.Context(), "", func(f ksqlite.Finding) { last = f }, options...); faults != 1 || last.Fault == nil {
		t.Errorf("%d faults, the last finding is %v", faults, last)
	}
}

// Options that contradict each other are a fault too, and nothing is connected.
func TestExamineOptions(t *testing.T) {
	t.Parallel()
	for want, options := range map[string][]ksqlite.Option{
		"unknown client property acls":      {ksqlite.WithBootstrapServers("127.0.0.1:1"), ksqlite.WithKafkaProperties(map[string]string{"acls": "x"})},
		"only the embedded broker can list": {ksqlite.WithBootstrapServers("127.0.0.1:1"), ksqlite.WithListen("localhost:0", "")},
	} {
		var found []ksqlite.Finding
		faults := ksqlite.Examine(t.Context(), "", func(f ksqlite.Finding) { found = append(found, f) }, options...)
		if faults != 1 || len(found) != 1 || !strings.Contains(found[0].Fault.Cause, want) {
			t.Errorf("%s: %v", want, found)
		}
	}
}

func TestMissingSecret(t *testing.T) {
	t.Parallel()
	oauth := "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required "
	module := "org.apache.kafka.common.security.scram.ScramLoginModule required "
	store := "runtime/keystore/testdata/"
	for _, c := range []struct {
		properties map[string]string
		want       ksqlite.Secret
	}{
		{map[string]string{}, ksqlite.Secret{}},
		{map[string]string{"security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512", "sasl.jaas.config": module + `username="a" password="b";`}, ksqlite.Secret{}},
		{
			map[string]string{"security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512", "sasl.jaas.config": module + `username="a";`},
			ksqlite.Secret{Property: "sasl.password", Prompt: "Password of Kafka user a"},
		},
		{
			map[string]string{"security.protocol": "SSL", "ssl.truststore.location": store + "trust.p12"},
			ksqlite.Secret{Property: "ssl.truststore.password", Prompt: "Password of " + store + "trust.p12"},
		},
		{
			map[string]string{"security.protocol": "SSL", "ssl.keystore.location": store + "encrypted.pem"},
			ksqlite.Secret{Property: "ssl.key.password", Prompt: "Password of the private key in " + store + "encrypted.pem"},
		},
		{map[string]string{"security.protocol": "SSL", "ssl.keystore.location": store + "nowhere"}, ksqlite.Secret{}},
		{ // it would have to be given in that text
			map[string]string{
				"security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER",
				"sasl.oauthbearer.token.endpoint.url": "https://127.0.0.1:1/token",
				"sasl.jaas.config":                    oauth + `clientId="a" clientSecret="b" ssl.truststore.location="` + store + `trust.p12";`,
			},
			ksqlite.Secret{},
		},
		{
			map[string]string{"schema.registry.url": "https://127.0.0.1:1", "schema.registry.ssl.truststore.location": store + "trust.p12"},
			ksqlite.Secret{Property: "schema.registry.ssl.truststore.password", Prompt: "Password of " + store + "trust.p12"},
		},
		{
			map[string]string{"schema.registry.url": "https://127.0.0.1:1", "schema.registry.ssl.keystore.location": store + "encrypted.pem"},
			ksqlite.Secret{Property: "schema.registry.ssl.key.password", Prompt: "Password of the private key in " + store + "encrypted.pem"},
		},
	} {
		got, missing := ksqlite.MissingSecret(ksqlite.WithBootstrapServers("127.0.0.1:1"), ksqlite.WithKafkaProperties(c.properties))
		if got != c.want || missing != (c.want != ksqlite.Secret{}) {
			t.Errorf("%v: %v, %t", c.properties, got, missing)
		}
	}
}
