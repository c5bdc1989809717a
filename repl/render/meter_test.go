package render

import (
	"testing"
	"time"
)

// TestMeter holds what a meter says from the beginning to the end, and beyond.
func TestMeter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, total int64
		took     time.Duration
		line     string
	}{
		{0, 1_000_000, 0, "[>                   ]   0%  0 of 1,000,000  0/s"},
		{460_000, 1_000_000, 5 * time.Second, "[=========>          ]  46%  460,000 of 1,000,000  92,000/s  6s left"},
		{1_000_000, 1_000_000, 10 * time.Second, "[====================] 100%  1,000,000 of 1,000,000  100,000/s"},
		{11, 10, time.Second, "[====================] 110%  11 of 10  11/s"},
		{12, 0, 2 * time.Second, "12 records  6/s"},
	} {
		if got := (Meter{Done: c.n, Total: c.total, Took: c.took}).String(); got != c.line {
			t.Errorf("%d of %d:\n%s\n%s", c.n, c.total, got, c.line)
		}
	}
}
