package repl

import (
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/runtime/query"
)

func TestRestoreLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		p     query.Progress
		width int
		want  string
	}{
		{query.Progress{Total: 10}, 0, "Restoring state [....................] 0%, 0 records/s (Ctrl-C: go on meanwhile)"},
		{
			query.Progress{Done: 45_000, Total: 100_000, Took: 9 * time.Second},
			0,
			"Restoring state [#########...........] 45%, 5,000 records/s, 11s left (Ctrl-C: go on meanwhile)",
		},
		{query.Progress{Done: 10, Total: 10, Took: time.Second}, 30, "Restoring state [###########"},
	}
	for _, tt := range tests {
		got := restoreLine(tt.p, tt.width)
		if tt.width > 0 {
			if len(got) != tt.width-1 {
				t.Errorf("%q is too wide for %d", got, tt.width)
			}
			continue
		}
		if got != tt.want {
			t.Errorf("got  %q\nwant %q", got, tt.want)
		}
	}
}
