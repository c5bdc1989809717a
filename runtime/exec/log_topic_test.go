package exec_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// commands is the command topic of the default service id.
const commands = "_confluent-ksql-ksqlite__ksqlite_command_topic"

func (h *harness) topicLog() *exec.TopicLog {
	return exec.NewTopicLog(h.cluster, config.Properties{}, theTime)
}

// TestFirstOfANumberCounts: of those who append the same number at once, one learns
// that he was first, and all processes read the same.
func TestFirstOfANumberCounts(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	const writers, each = 4, 5
	var appending sync.WaitGroup
	for w := range writers {
		appending.Go(func() {
			log := h.topicLog()
			for i := 0; i < each; {
				known, err := log.Entries(t.Context(), 0)
				if err != nil {
					t.Error(err)
					return
				}
				e := exec.Entry{Statement: fmt.Sprintf("%d.%d;", w, i), Properties: map[string]string{"a": "b"}}
				switch err := log.Append(t.Context(), int64(len(known)), e); {
				case err == nil:
					i++
				case !errors.Is(err, exec.ErrOvertaken):
					t.Error(err)
					return
				}
			}
		})
	}
	appending.Wait()
	first, err := h.topicLog().Entries(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range first {
		seen[e.Statement] = true
	}
	if len(first) != writers*each || len(seen) != writers*each {
		t.Errorf("%d statements, %d different ones", len(first), len(seen))
	}
	again, err := h.topicLog().Entries(t.Context(), 3)
	if diff := cmp.Diff(first[3:], again); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestCommandTopicIsMadeByTheFirstStatement(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	log := h.topicLog()
	if found, err := log.Entries(t.Context(), 0); err != nil || len(found) > 0 {
		t.Error(found, err)
	}
	if _, err := h.cluster.Topics(t.Context(), commands); !errors.Is(err, broker.ErrUnknownTopic) {
		t.Errorf("reading has made the topic: %v", err)
	}
	if err := log.Append(t.Context(), 0, exec.Entry{Statement: "A;"}); err != nil {
		t.Fatal(err)
	}
	configs, err := h.cluster.TopicConfigs(t.Context(), commands)
	if err != nil || configs["cleanup.policy"] != "delete" || configs["retention.ms"] != "-1" {
		t.Errorf("cleanup.policy=%s, retention.ms=%s, %v", configs["cleanup.policy"], configs["retention.ms"], err)
	}
}

// TestCommandTopicThatIsNotOursIsRefused: nothing in it is executed, nothing written.
func TestCommandTopicThatIsNotOursIsRefused(t *testing.T) {
	t.Parallel()
	marked := func(version, value string) broker.Message {
		return broker.Message{Value: []byte(value), Headers: []broker.Header{{Key: "ksqlite.statement", Value: []byte(version)}}}
	}
	for name, c := range map[string]struct {
		record broker.Message
		want   string
	}{
		"a record of ksqlDB": {broker.Message{
			Key: []byte(`"stream/S/create"`), Value: []byte(`{"statement":"CREATE STREAM S …","streamsProperties":{}}`),
		}, "no statement of ksqlite's"},
		"a newer version": {marked("2", `{}`), "written by a newer ksqlite (version 2 of the form, this one knows 1)"},
		"damage":          {marked("1", `{`), "the record at offset 0 is damaged"},
		"a gap":           {marked("1", `{"number":3,"id":"x","statement":"A;"}`), "statement 0 is missing"},
	} {
		h := newHarness(t)
		if err := h.cluster.CreateTopic(t.Context(), broker.NewTopic{Name: commands, Partitions: 1}); err != nil {
			t.Fatal(err)
		}
		if err := h.cluster.Produce(t.Context(), commands, []broker.Message{c.record}); err != nil {
			t.Fatal(err)
		}
		_, err := exec.Open(t.Context(), exec.Options{Cluster: h.cluster, Clock: theTime, Log: h.topicLog()})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCommandTopicIsNotPutBesideThatOfAServer(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	if err := h.cluster.CreateTopic(t.Context(), broker.NewTopic{Name: "_confluent-ksql-ksqlite__command_topic", Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	if err := h.topicLog().Append(t.Context(), 0, exec.Entry{Statement: "A;"}); !errors.Is(err, exec.ErrForeign) {
		t.Errorf("got %v", err)
	}
	if _, err := h.cluster.Topics(t.Context(), commands); !errors.Is(err, broker.ErrUnknownTopic) {
		t.Errorf("the topic is there: %v", err)
	}
}

// TestLostCommandTopicIsTold: a process that has read statements does not go on
// as if there were none.
func TestLostCommandTopicIsTold(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	log := h.topicLog()
	if err := log.Append(t.Context(), 0, exec.Entry{Statement: "A;"}); err != nil {
		t.Fatal(err)
	}
	if err := h.cluster.DeleteTopic(t.Context(), commands); err != nil {
		t.Fatal(err)
	}
	if _, err := log.Entries(t.Context(), 0); !errors.Is(err, broker.ErrUnknownTopic) {
		t.Errorf("got %v", err)
	}
	if err := log.Append(t.Context(), 1, exec.Entry{Statement: "B;"}); err == nil {
		t.Error("the second statement begins another topic")
	}
}
