package kafka_test

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/tests/kafka/apache"
)

// This file comes in through the doors of a cluster, as a file of client
// properties says.

// loginModules are the Java classes that properties name for a mechanism.
var loginModules = map[apache.Mechanism]string{
	apache.Plain:       "org.apache.kafka.common.security.plain.PlainLoginModule",
	apache.ScramSHA256: "org.apache.kafka.common.security.scram.ScramLoginModule",
	apache.ScramSHA512: "org.apache.kafka.common.security.scram.ScramLoginModule",
}

// door is a way into a cluster.
type door struct {
	protocol  apache.Listener
	mechanism apache.Mechanism
	address   string
	authority string // file with the certificate to trust
	client    string // file with the client's own key and certificate
}

func (d door) name() string { return strings.TrimSpace(fmt.Sprintf("%s %s", d.protocol, d.mechanism)) }

// properties writes the file of client properties to go through the door.
func (d door) properties(t *testing.T, password string) string {
	t.Helper()
	protocol := d.protocol
	if protocol == apache.MutualTLS {
		protocol = apache.TLS
	}
	lines := []string{"# a client's properties, as Java has them", "bootstrap.servers=" + d.address, "security.protocol=" + string(protocol)}
	if d.authority != "" {
		lines = append(lines, "ssl.truststore.type=PEM", "ssl.truststore.location="+d.authority)
	}
	if d.client != "" {
		lines = append(lines, "ssl.keystore.type=PEM", "ssl.keystore.location="+d.client)
	}
	if d.mechanism != "" {
		lines = append(lines, "sasl.mechanism = "+string(d.mechanism), "sasl.jaas.config="+loginModules[d.mechanism]+` required \`,
			fmt.Sprintf(`  username="%s" password="%s";`, apache.User, password))
	}
	file := filepath.Join(t.TempDir(), "client.properties")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// mechanisms are all ways to log in.
var mechanisms = []apache.Mechanism{apache.Plain, apache.ScramSHA256, apache.ScramSHA512}

// apacheDoors are all doors of the shared Kafka.
func apacheDoors(t *testing.T) []door {
	t.Helper()
	server := shared(t)
	doors := []door{
		{protocol: apache.TLS, address: server.Addr(apache.TLS), authority: server.AuthorityFile()},
		{protocol: apache.MutualTLS, address: server.Addr(apache.MutualTLS), authority: server.AuthorityFile(), client: server.ClientFile()},
	}
	for _, m := range mechanisms {
		doors = append(doors,
			door{protocol: apache.SASLPlaintext, mechanism: m, address: server.Addr(apache.SASLPlaintext)},
			door{protocol: apache.SASLTLS, mechanism: m, address: server.Addr(apache.SASLTLS), authority: server.AuthorityFile()})
	}
	return doors
}

// embeddedDoors are brokers of the same kinds, one a protocol.
func embeddedDoors(t *testing.T) []door {
	t.Helper()
	config, authority := certificate(t)
	var users []embedded.User
	for _, m := range mechanisms {
		users = append(users, embedded.User{Mechanism: string(m), Name: apache.User, Password: apache.Password})
	}
	withTLS := startEmbedded(t, embedded.Options{TLS: config}).Address()
	withUsers := startEmbedded(t, embedded.Options{Users: users}).Address()
	withBoth := startEmbedded(t, embedded.Options{TLS: config, Users: users}).Address()
	doors := []door{{protocol: apache.TLS, address: withTLS, authority: authority}}
	for _, m := range mechanisms {
		doors = append(doors,
			door{protocol: apache.SASLPlaintext, mechanism: m, address: withUsers},
			door{protocol: apache.SASLTLS, mechanism: m, address: withBoth, authority: authority})
	}
	return doors
}

// certificate is a certificate for the loopback address, and the file of the one
// to trust for it.
func certificate(t *testing.T) (config *tls.Config, authority string) {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	authority = filepath.Join(t.TempDir(), "authority.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	if err := os.WriteFile(authority, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: server.TLS.Certificates}, authority
}

func TestDoors(t *testing.T) {
	t.Parallel()
	for name, doors := range map[string]func(*testing.T) []door{"embedded": embeddedDoors, "apache": apacheDoors} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, d := range doors(t) {
				t.Run(d.name(), func(t *testing.T) {
					t.Parallel()
					d.pass(t)
				})
			}
		})
	}
}

// pass goes through a door with the right password, and not with a wrong one.
func (d door) pass(t *testing.T) {
	t.Helper()
	file, err := ksqlite.LoadKafkaProperties(d.properties(t, apache.Password))
	if err != nil {
		t.Fatal(err)
	}
	engine := open(t, ksqlite.WithKafkaPropertiesFile(file), ksqlite.WithEphemeral()) // the doors open side by side
	execute(t, engine, fmt.Sprintf("CREATE STREAM s (n INT) WITH (kafka_topic='%s', value_format='JSON', partitions=1);", topicName(t)))
	execute(t, engine, "INSERT INTO s VALUES (1); INSERT INTO s VALUES (2);")
	expect(t, rest(t, start(t, engine, "SELECT n FROM s;")), "1", "2")
	execute(t, engine, "DROP STREAM s DELETE TOPIC;")
	if d.mechanism == "" {
		return
	}
	if file, err = ksqlite.LoadKafkaProperties(d.properties(t, "wrong-secret")); err != nil {
		t.Fatal(err)
	}
	engine, err = ksqlite.Open(t.Context(), ksqlite.WithKafkaPropertiesFile(file))
	if err == nil {
		_, err = engine.Exec(t.Context(), "SHOW TOPICS;")
		t.Cleanup(func() { _ = engine.Close() })
	}
	if !errors.Is(err, ksqlite.ErrAuthentication) || strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("with a wrong password: %v", err)
	}
}

// A wrong password is one line and exit code 1.
func TestProgramWithWrongPassword(t *testing.T) {
	t.Parallel()
	for name, doors := range map[string]func(*testing.T) []door{"embedded": embeddedDoors, "apache": apacheDoors} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := doors(t)
			d := all[len(all)-1]
			var said strings.Builder
			command := exec.Command(program(t), "--config-file", d.properties(t, "wrong-secret"), "-e", "SHOW TOPICS;")
			command.Stderr = &said
			out, err := command.Output()
			if code := exitCode(t, err); code != 1 || len(out) > 0 {
				t.Errorf("exit code %d, output %q", code, out)
			}
			if text := said.String(); strings.Count(text, "\n") != 1 ||
				!strings.Contains(text, apache.User) || strings.Contains(text, "wrong-secret") {
				t.Errorf("said %q", text)
			}
		})
	}
}

// exitCode is the exit code of a program that has run.
func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if err == nil {
		return 0
	}
	if !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return exit.ExitCode()
}
