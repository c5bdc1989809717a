package hub_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/hub"
)

// Taken as First says, records come as a stable sort by time puts them, whatever their times.
func TestFirst(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2_000 {
		heads := make([]int64, 1+random.IntN(5))
		for i := range heads {
			if heads[i] = int64(random.IntN(4)); random.IntN(8) == 0 {
				heads[i] = math.MinInt64 // none
			}
		}
		first, last := hub.First(len(heads), func(i int) (int64, bool) { return heads[i], heads[i] != math.MinInt64 })
		want := -1
		for i, at := range heads {
			if at != math.MinInt64 && (want < 0 || at < heads[want]) {
				want = i
			}
		}
		if first != want {
			t.Fatalf("of %v the first is %d, want %d", heads, first, want)
		}
		for time := int64(-1); first >= 0 && time < 6; time++ {
			before := true
			for i, at := range heads {
				if i != first && at != math.MinInt64 {
					before = before && (time < at || time == at && first < i)
				}
			}
			if before != (time <= last) {
				t.Fatalf("of %v a record of %d at %d comes before the others: %t, but the last such time is %d", heads, first, time, before, last)
			}
		}
	}
}
