package terminal

import "testing"

func TestInterruptEndsWhatRuns(t *testing.T) {
	t.Parallel()
	var i Interrupts
	first, done := i.Begin(t.Context())
	done()
	second, done := i.Begin(t.Context())
	defer done()
	i.mu.Lock()
	i.cancel()
	i.mu.Unlock()
	if first.Err() == nil || second.Err() == nil {
		t.Error("still running")
	}
}
