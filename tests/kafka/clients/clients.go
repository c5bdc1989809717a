// Package clients tries Kafka clients that are not written in Go against a
// broker: kcat and Python's confluent-kafka, both on librdkafka, as Debian
// packages them.
//
// A broker that is to serve other programs passes both:
//
//	clients.Kcat(t, "127.0.0.1:9092")
//	clients.Python(t, "127.0.0.1:9092")
//
// They skip where a client is not installed, or fail there under
// KSQLITE_REQUIRE_KAFKA=1.
package clients

import (
	"bytes"
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/tests/kafka/apache"
)

// patience is how long one run of a client may take.
const patience = 90 * time.Second

// Require skips a test when none of the clients is installed, so that no broker
// is started for nothing. Where they are required it leaves the complaint to
// Kcat and Python, who know what is missing.
func Require(t *testing.T) {
	t.Helper()
	_, hasKcat := findKcat()
	_, hasPython := findPython(t)
	if !hasKcat && !hasPython && !apache.Required() {
		t.Skip("kafka: neither kcat nor confluent_kafka for Python is installed")
	}
}

// missing ends a test whose client is not installed.
func missing(tb testing.TB, client, debianPackage string) {
	tb.Helper()
	if apache.Required() {
		tb.Fatalf("kafka: no %s: apt-get install %s", client, debianPackage)
	}
	tb.Skipf("kafka: no %s: apt-get install %s", client, debianPackage)
}

// topicOf names a topic after the test that uses it.
func topicOf(tb testing.TB) string {
	tb.Helper()
	return strings.NewReplacer("/", ".", ",", "", " ", "_", "#", ".").Replace(tb.Name())
}

// run runs a client with the given standard input and returns what it printed.
// A client that fails ends the test with what it said.
func run(tb testing.TB, input, program string, args ...string) string {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, program, args...)
	command.Stdin = strings.NewReader(input)
	var out, diagnostics bytes.Buffer
	command.Stdout, command.Stderr = &out, &diagnostics
	if err := command.Run(); err != nil {
		tb.Fatalf("%s %s: %v\n%s%s", program, strings.Join(args, " "), err, out.String(), diagnostics.String())
	}
	return out.String()
}
