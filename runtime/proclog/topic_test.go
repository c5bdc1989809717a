package proclog_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/proclog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cluster is a Kafka that can do nothing but take records, and fail at it.
type cluster struct {
	broker.Cluster
	asked   chan struct{} // gets a value for each Produce
	answers chan error    // what they return

	mu      sync.Mutex
	written []string
}

func (c *cluster) Produce(ctx context.Context, topic string, messages []broker.Message) error {
	c.asked <- struct{}{}
	select {
	case err := <-c.answers:
		if err != nil {
			return err
		}
	case <-ctx.Done():
		return ctx.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range messages {
		c.written = append(c.written, fmt.Sprintf("%s @%d %s", topic, m.Time, m.Value))
	}
	return nil
}

func newCluster() *cluster {
	return &cluster{asked: make(chan struct{}, 100), answers: make(chan error, 100)}
}

// told collects events.
type told struct {
	mu    sync.Mutex
	lines []string
}

func (l *told) Report(e proclog.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, e.String())
}

func clock() time.Time { return time.UnixMilli(7) }

func TestTopicHasKsqlDBsForm(t *testing.T) {
	t.Parallel()
	c := newCluster()
	c.answers <- nil
	topic := proclog.NewTopic(c, "log", &told{}, clock)
	wrapped := fmt.Errorf("value: %w", fmt.Errorf("reading <a>: %w", errors.New("no \"b\"")))
	for kind := proclog.Deserialization; kind <= proclog.Failure; kind++ {
		topic.Report(proclog.Event{
			Logger: "processing.Q.Step", Kind: kind, Time: int64(kind), Topic: "t", Partition: 1, Offset: 2, Err: wrapped, Target: "value", Data: []byte("{}"),
		})
	}
	topic.Close()
	cause := `"cause":["reading <a>: no \"b\"","no \"b\""]`
	text := `"errorMessage":"partition 1 offset 2: value: reading <a>: no \"b\""`
	thread := `null,null,null,null,{` + text + `,"threadName":"Q",` + cause + `}`
	want := []string{
		`0,{"target":"value",` + text + `,"recordB64":"e30=",` + cause + `,"topic":"t"},null,null,null,null`,
		`1,null,{` + text + `,"record":"{}",` + cause + `},null,null,null`,
		`2,null,null,{` + text + `},null,null`,
		`3,null,null,null,{"target":"value",` + text + `,"record":"{}",` + cause + `,"topic":"t"},null`,
		`4,` + thread, `4,` + thread,
	}
	members := strings.NewReplacer(`"type":`, "", `"deserializationError":`, "", `"recordProcessingError":`, "",
		`"productionError":`, "", `"serializationError":`, "", `"kafkaStreamsThreadError":`, "")
	for i, line := range want {
		want[i] = fmt.Sprintf(`log @%d {"logger":"processing.Q.Step","level":"ERROR","time":%d,"message":{%s}}`, i, i, line)
		if i < len(c.written) {
			c.written[i] = members.Replace(c.written[i])
		}
	}
	if diff := cmp.Diff(want, c.written); diff != "" {
		t.Error(diff)
	}
}

// TestTopicNeverWaits reports more than the log holds while the cluster does not
// answer: what is too much is dropped and told, and the next record says so too.
func TestTopicNeverWaits(t *testing.T) {
	t.Parallel()
	c, log := newCluster(), &told{}
	topic := proclog.NewTopic(c, "log", log, clock)
	topic.Report(skipped(0))
	<-c.asked
	for i := range 10_003 {
		topic.Report(skipped(int64(i)))
	}
	c.answers <- nil
	<-c.asked
	topic.Report(failed(1))
	c.answers <- nil
	<-c.asked
	c.answers <- nil
	topic.Close()
	want := []string{"records of the processing log that are not in topic log: 3 (they came faster than they could be written)"}
	if diff := cmp.Diff(want, log.lines); diff != "" {
		t.Error(diff)
	}
	if got := len(c.written); got != 1+10_000+2 {
		t.Fatalf("%d records are written", got)
	}
	if note := c.written[10_001]; !strings.Contains(note, `"errorMessage":"records`) || !strings.Contains(note, "processing.log") {
		t.Errorf("the note is %s", note)
	}
}

func TestTopicGoesOnAfterFailures(t *testing.T) {
	t.Parallel()
	c, log := newCluster(), &told{}
	topic := proclog.NewTopic(c, "log", log, clock)
	c.answers <- errors.New("no leader")
	topic.Report(skipped(1))
	<-c.asked
	c.answers <- nil
	topic.Report(skipped(2))
	topic.Close()
	topic.Close()
	topic.Report(skipped(3))
	if diff := cmp.Diff([]string{"records of the processing log that are not in topic log: 1 (no leader)"}, log.lines); diff != "" {
		t.Error(diff)
	}
	if len(c.written) == 0 || !strings.Contains(c.written[len(c.written)-1], "offset 2") {
		t.Errorf("written are %q", c.written)
	}
}
