package kafka_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

// restartable is a broker that can be stopped, with a client of it.
type restartable struct {
	*kafka.Cluster
	options embedded.Options
	broker  *embedded.Broker
}

func openRestartable(t *testing.T) *restartable {
	t.Helper()
	r := &restartable{options: embedded.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"}}
	r.start(t)
	r.options.Listen = r.broker.Address()
	c, err := kafka.Open(t.Context(), kafka.Config{Properties: map[string]string{"bootstrap.servers": r.broker.Address()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	r.Cluster = c
	return r
}

func (r *restartable) start(t *testing.T) {
	t.Helper()
	var err error
	if r.broker, err = embedded.Open(r.options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.broker.Close() })
}

func (r *restartable) stop(t *testing.T) {
	t.Helper()
	if err := r.broker.Close(); err != nil {
		t.Fatal(err)
	}
}

// A group goes on where it committed when its broker comes back, and producers
// write what they were given meanwhile.
func TestGroupAndProducersSurviveARestart(t *testing.T) {
	t.Parallel()
	c := openRestartable(t)
	createTopic(t, c, "t", 1)
	createTopic(t, c, "out", 1)
	produce(t, c, "t", messages(5, 0))
	g := openGroup(t, c, broker.GroupOptions{Group: "g", Topics: []string{"t"}})
	_, positions := consume(t, g, 5)
	commit(t, g, positions)
	plain := openProducer(t, c, broker.ProducerOptions{})
	exactly := openProducer(t, c, broker.ProducerOptions{TransactionalID: "id"})
	send(t, plain, "out", "plain before")
	if err := plain.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	send(t, exactly, "out", "exactly before")
	if err := exactly.CommitTransaction(t.Context(), g, at("t", 0, 4)); err != nil {
		t.Fatal(err)
	}

	c.stop(t)
	send(t, plain, "out", "plain after")
	send(t, exactly, "out", "exactly after")
	c.start(t)
	if err := plain.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	if err := exactly.CommitTransaction(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
	expect(t, committed(t, c, "out"), "plain before", "exactly before", "plain after", "exactly after")
	produce(t, c, "t", messages(1, 0))
	values, positions := consume(t, g, 1)
	for len(values) > 0 && values[len(values)-1] != "v0" { // v4 again if the broker has forgotten the member
		values, positions = consume(t, g, 1)
	}
	if err := g.Commit(t.Context(), positions); err != nil && !errors.Is(err, broker.ErrRebalanced) {
		t.Error(err)
	}
}

// Without a broker nothing hangs that has a deadline, and Close needs none.
func TestCloseWithoutABroker(t *testing.T) {
	t.Parallel()
	c := openRestartable(t)
	createTopic(t, c, "t", 1)
	produce(t, c, "t", messages(5, 0))
	g := openGroup(t, c, broker.GroupOptions{Group: "g", Topics: []string{"t"}})
	_, positions := consume(t, g, 5)
	p := openProducer(t, c, broker.ProducerOptions{TransactionalID: "id"})
	send(t, p, "t", "x")
	c.stop(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	for what, err := range map[string]error{
		"polling":    second(g.Poll(ctx)),
		"committing": g.Commit(ctx, positions),
		"flushing":   p.Flush(ctx),
	} {
		if err == nil {
			t.Errorf("%s without a broker is no error", what)
		}
	}
	begun := time.Now()
	p.Close()
	g.Close()
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("closing took %s", took)
	}
}
