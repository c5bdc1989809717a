package kafka_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

// silent is the address of a server that accepts connections and says nothing.
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

// Servers that are silent hold up nobody while another one answers; without any it is told what is waited
// for, and the time for it is kept.
func TestSilentServers(t *testing.T) {
	t.Parallel()
	b := openBroker(t, embedded.Options{Listen: "127.0.0.1:0"})
	var said bytes.Buffer
	config := kafka.Config{
		Properties: map[string]string{"default.api.timeout.ms": "2500"},
		Logger:     slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	config.Properties["bootstrap.servers"] = strings.Join([]string{silent(t), silent(t), b.Address()}, ",")
	for range 5 { // whichever is asked first
		c, err := kafka.Open(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	if said.Len() > 0 {
		t.Errorf("said %s", said.String())
	}
	begun := time.Now()
	config.Properties["bootstrap.servers"] = silent(t) + "," + silent(t)
	_, err := kafka.Open(t.Context(), config)
	if took := time.Since(begun); !errors.Is(err, broker.ErrUnreachable) || took > 4*time.Second {
		t.Errorf("after %v: %v", took, err)
	}
	if !strings.Contains(said.String(), "waiting for the Kafka at 127.0.0.1:") {
		t.Errorf("said %s", said.String())
	}
}
