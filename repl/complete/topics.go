package complete

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/repl/cells"
)

const (
	// topicPatience is how long somebody who pressed TAB waits for Kafka.
	topicPatience = 200 * time.Millisecond
	// topicTimeout is how long Kafka may take to answer at all.
	topicTimeout = 10 * time.Second
)

// Topics are the names of the topics as far as they are known. Whoever asks does not
// wait for a Kafka that is slow: it is asked beside, and the answer is kept.
type Topics struct {
	mu       sync.Mutex
	names    []string
	known    bool
	failed   error
	answered chan struct{} // closed when Kafka has answered; nil while nobody asks
	cancel   context.CancelFunc
	wg       sync.WaitGroup
}

// Ask asks Kafka, unless somebody does already, and returns what is known a moment
// later. note says what is wrong with that, if anything is.
func (t *Topics) Ask(topics func(context.Context) ([]string, error)) (names []string, note string) {
	answered := t.start(topics)
	timer := time.NewTimer(topicPatience)
	defer timer.Stop()
	select {
	case <-answered:
	case <-timer.C:
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.failed != nil:
		note = "(the topics are not known: " + cells.Escaped(t.failed.Error()) + ")"
	case !t.known:
		note = "(Kafka has not told the topics yet: press TAB again)"
	}
	return slices.Clone(t.names), note
}

func (t *Topics) start(topics func(context.Context) ([]string, error)) (answered chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.answered != nil {
		return t.answered
	}
	t.answered = make(chan struct{})
	answered = t.answered
	ctx, cancel := context.WithTimeout(context.Background(), topicTimeout)
	t.cancel = cancel
	t.wg.Go(func() {
		names, err := topics(ctx)
		cancel()
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.failed = err; err == nil {
			t.names, t.known = names, true
		}
		t.answered = nil
		close(answered)
	})
	return answered
}

// Close ends asking.
func (t *Topics) Close() {
	t.mu.Lock()
	if t.cancel != nil {
		t.cancel()
	}
	t.mu.Unlock()
	t.wg.Wait()
}
