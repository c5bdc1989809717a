package credentials

import (
	"context"
	"errors"
	"testing"
)

// Who waits for another one's fetch waits no longer than the own context lasts, and what was fetched
// is fetched once.
func TestRenewed(t *testing.T) {
	t.Parallel()
	begun, answer := make(chan struct{}), make(chan string)
	fetches := 0
	r := newRenewed(func(context.Context) (string, error) {
		fetches++
		close(begun)
		return <-answer, nil
	}, func(string) bool { return true })
	first := make(chan string)
	go func() {
		text, _ := r.current(t.Context())
		first <- text
	}()
	<-begun
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.current(impatient); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting ended with %v", err)
	}
	r.forget() // waits for nobody
	answer <- "abc"
	if got := <-first; got != "abc" {
		t.Errorf("the first got %q", got)
	}
	if got, err := r.current(impatient); got != "abc" || err != nil || fetches != 1 {
		t.Errorf("then %q, %v after %d fetches", got, err, fetches)
	}
}
