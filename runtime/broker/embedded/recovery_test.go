package embedded_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

// committed are the values of a topic that a reader of committed records sees.
func committed(t *testing.T, c broker.Cluster, topic string) []string {
	t.Helper()
	return readAll(t, c, topic, broker.ReadCommitted)
}

// A transaction that was open when the broker was killed is aborted for good,
// and the next one of the same producer is not.
func TestOpenTransactionIsAbortedByACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want := []string(nil)
	for round := range 3 {
		c := connect(t, open(t, embedded.Options{Dir: dir}))
		if round == 0 {
			createTopic(t, c, "t")
		}
		p, err := c.OpenProducer(t.Context(), broker.ProducerOptions{TransactionalID: "id"})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		put := func(value string) {
			if err := p.Produce(t.Context(), "t", broker.Message{Value: []byte(value)}); err != nil {
				t.Fatal(err)
			}
		}
		kept := string(rune('a' + round))
		put(kept)
		if err := p.CommitTransaction(t.Context(), nil, nil); err != nil {
			t.Fatal(err)
		}
		want = append(want, kept)
		if got := committed(t, c, "t"); !slices.Equal(got, want) {
			t.Errorf("round %d: read %q, want %q", round, got, want)
		}
		put("lost")
		if err := p.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		// What is in the folder now is what a kill would leave.
		killed := t.TempDir()
		if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		dir = killed
	}
}

// A transaction whose commit had begun when the broker was killed is committed whole, with
// its offsets, wherever the kill came; one whose commit had not begun is aborted whole.
func TestBegunCommitIsFinishedAfterACrash(t *testing.T) {
	t.Parallel()
	for name, done := range map[string][]string{
		"not begun":       nil,
		"noted":           {"transactions"},
		"one marker":      {"transactions", "partitions/left-0"},
		"all markers":     {"transactions", "partitions/left-0", "partitions/right-0"},
		"begun and ended": {"transactions", "partitions/left-0", "partitions/right-0", "groups.log", "pids.log"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, killed := t.TempDir(), t.TempDir()
			c := connect(t, open(t, embedded.Options{Dir: dir}))
			for _, topic := range []string{"in", "left", "right"} {
				createTopic(t, c, topic)
			}
			if err := c.Produce(t.Context(), "in", []broker.Message{{Value: []byte("x")}}); err != nil {
				t.Fatal(err)
			}
			group, err := c.OpenGroup(t.Context(), broker.GroupOptions{Group: "g", Topics: []string{"in"}, Default: broker.Earliest})
			if err != nil {
				t.Fatal(err)
			}
			defer group.Close()
			if _, err := group.Poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			p, err := c.OpenProducer(t.Context(), broker.ProducerOptions{TransactionalID: "id"})
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			for _, topic := range []string{"left", "right"} {
				if err := p.Produce(t.Context(), topic, broker.Message{Value: []byte(topic)}); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			at := []broker.Position{{TopicPartition: broker.TopicPartition{Topic: "in"}, Offset: 1, Metadata: "m"}}
			if err := p.CommitTransaction(t.Context(), group, at); err != nil {
				t.Fatal(err)
			}
			for _, path := range done {
				replace(t, filepath.Join(dir, path), filepath.Join(killed, path))
			}
			for range 2 { // it stays so
				b := open(t, embedded.Options{Dir: killed})
				checkCommitted(t, connect(t, b), done != nil)
				if err := b.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// replace puts a file or folder in place of another one.
func replace(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(from); err == nil {
		if err := os.WriteFile(to, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// checkCommitted checks that all of the transaction is committed, or nothing.
func checkCommitted(t *testing.T, c broker.Cluster, whole bool) {
	t.Helper()
	for _, topic := range []string{"left", "right"} {
		var want []string
		if whole {
			want = []string{topic}
		}
		if got := committed(t, c, topic); !slices.Equal(got, want) {
			t.Errorf("%s has %q, want %q", topic, got, want)
		}
	}
	groups, err := c.Groups(t.Context(), "g")
	if err != nil && !errors.Is(err, broker.ErrUnknownGroup) {
		t.Fatal(err)
	}
	there := len(groups) > 0 && len(groups[0].Partitions) > 0 && groups[0].Partitions[0].Metadata == "m"
	if there != whole {
		t.Errorf("offsets are committed: %t, want %t", there, whole)
	}
}
