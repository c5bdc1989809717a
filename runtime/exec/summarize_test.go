package exec_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// interrupted is a cluster whose readers have somebody press Ctrl-C when they have
// handed out something.
type interrupted struct {
	broker.Cluster
	interrupt context.CancelFunc
}

type interruptedReader struct {
	broker.Reader
	interrupt context.CancelFunc
}

func (c interrupted) OpenReader(ctx context.Context, o broker.ReadOptions) (broker.Reader, error) {
	r, err := c.Cluster.OpenReader(ctx, o)
	return interruptedReader{r, c.interrupt}, err
}

func (r interruptedReader) Poll(ctx context.Context) ([]broker.Fetch, error) {
	fetches, err := r.Reader.Poll(ctx)
	r.interrupt()
	return fetches, err
}

// A SUMMARIZE that is stopped answers with what it has read so far, and says that there is more.
func TestSummarizeIsStopped(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	if err := h.cluster.CreateTopic(t.Context(), broker.NewTopic{Name: "t", Partitions: 2}); err != nil {
		t.Fatal(err)
	}
	// More than one fetch.
	for partition := range int32(2) {
		for n := range 20 {
			value := fmt.Appendf(nil, `{"N": %d, "FILL": "%0200000d"}`, n, n)
			if err := h.cluster.Produce(t.Context(), "t", []broker.Message{{Value: value, Partition: partition}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	ctx, interrupt := context.WithCancel(t.Context())
	engine, err := exec.Open(t.Context(), exec.Options{Cluster: interrupted{h.cluster, interrupt}, Clock: theTime})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	}()
	s := engine.NewSession()
	if _, err := execute(ctx, s, "CREATE STREAM s (n INT, fill STRING) WITH (kafka_topic='t', value_format='JSON');"); err != nil {
		t.Fatal(err)
	}
	result, err := execute(ctx, s, "SUMMARIZE s;")
	if err != nil {
		t.Fatal(err)
	}
	got := result.Entity.(*exec.Summary)
	if got.Complete || got.Records == 0 {
		t.Errorf("complete: %v, %d records", got.Complete, got.Records)
	}
	if n := got.Columns[0].Count; n != got.Records {
		t.Errorf("%d values of %d records", n, got.Records)
	}
	s.LimitSummaries(time.Nanosecond)
	for _, what := range []string{"s", "TOPIC 't'", "(SELECT n FROM s)"} {
		result, err := execute(t.Context(), s, "SUMMARIZE "+what+";")
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got := result.Entity.(*exec.Summary); got.Complete {
			t.Errorf("%s: complete within a nanosecond, with %d records", what, got.Records)
		}
	}
}
