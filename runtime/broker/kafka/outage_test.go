package kafka_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

// warnings is a log of which only the warnings are looked at.
type warnings chan slog.Record

func (w warnings) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }
func (w warnings) WithAttrs([]slog.Attr) slog.Handler               { return w }
func (w warnings) WithGroup(string) slog.Handler                    { return w }

func (w warnings) Handle(_ context.Context, r slog.Record) error {
	w <- r
	return nil
}

// next returns the next warning and one of its attributes.
func (w warnings) next(t *testing.T, attribute string) (message, value string) {
	t.Helper()
	select {
	case r := <-w:
		r.Attrs(func(a slog.Attr) bool {
			if a.Key == attribute {
				value = a.Value.String()
			}
			return true
		})
		return r.Message, value
	case <-time.After(limit):
		t.Fatal("no warning")
		return "", ""
	}
}

// A producer that gives up tells that nothing is acknowledged any more, counts what was, and
// ends with an error in time, whether it is flushing or blocked for want of memory.
func TestProducerGivesUp(t *testing.T) {
	t.Parallel()
	b, err := embedded.Open(embedded.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	log := make(warnings, 10)
	c, err := kafka.Open(t.Context(), kafka.Config{
		Properties: map[string]string{
			"bootstrap.servers": b.Address(), "delivery.timeout.ms": "600", "request.timeout.ms": "600", "buffer.memory": "1100000", "max.request.size": "1024",
		},
		Logger: slog.New(log),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	createTopic(t, c, "t", 1)
	var acknowledged atomic.Int64
	options := broker.ProducerOptions{GivesUp: true, Acknowledged: func() { acknowledged.Add(1) }}
	flushing, blocked := openProducer(t, c, options), openProducer(t, c, options)
	for _, p := range []broker.Producer{flushing, blocked} {
		send(t, p, "t", "taken")
		if err := p.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	send(t, flushing, "t", "not taken")
	if err := flushing.Flush(t.Context()); !errors.Is(err, broker.ErrUnreachable) || !strings.Contains(err.Error(), "600ms (delivery.timeout.ms)") {
		t.Errorf("flushing: %v", err)
	}
	if message, timeout := log.next(t, "delivery.timeout.ms"); message != "no broker acknowledges records, trying again" || timeout != "600" {
		t.Errorf("%s, timeout %s", message, timeout)
	}
	for err == nil {
		err = blocked.Produce(t.Context(), "t", broker.Message{Value: make([]byte, 512)})
	}
	if !errors.Is(err, broker.ErrUnreachable) || acknowledged.Load() != 2 {
		t.Errorf("blocked: %v; %d acknowledged", err, acknowledged.Load())
	}
}

// A reader waits for a broker that is away, and tells once that it does.
func TestOutageIsTold(t *testing.T) {
	t.Parallel()
	options := embedded.Options{Listen: "127.0.0.1:0", Dir: t.TempDir()}
	b, err := embedded.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	log := make(warnings, 10)
	c, err := kafka.Open(t.Context(), kafka.Config{
		Properties: map[string]string{"bootstrap.servers": b.Address(), "default.api.timeout.ms": "300"},
		Logger:     slog.New(log),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	createTopic(t, c, "t", 1)
	openReader(t, c, broker.ReadOptions{Topic: "t"})
	options.Listen = b.Address()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if message, address := log.next(t, "address"); message != "no broker answers, trying again" || address != options.Listen {
		t.Errorf("%s, address %s", message, address)
	}
	if c.Answers() {
		t.Error("the cluster is said to answer")
	}
	if b, err = embedded.Open(options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	if message, topic := log.next(t, "topic"); message != "a broker answers again" || topic != "t" {
		t.Errorf("%s, topic %s", message, topic)
	}
	if !c.Answers() {
		t.Error("the cluster is said to be silent")
	}
}
