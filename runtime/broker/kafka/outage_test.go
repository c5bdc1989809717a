package kafka_test

import (
	"context"
	"log/slog"
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
