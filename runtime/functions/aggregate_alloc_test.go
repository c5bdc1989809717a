//go:build !race

package functions_test

import "testing"

// Aggregating allocates nothing once the arena has grown. The test is not
// parallel: what runs beside it would be counted.
func TestAllocsOfAggregates(t *testing.T) {
	for _, c := range additions {
		a, args := c.bind(t)
		state := a.Initial
		allocs := testing.AllocsPerRun(100, func() {
			a.frame.Arena.Reset()
			for range 10 {
				var err error
				if state, err = a.Add(&a.frame.Env, state, args); err != nil {
					t.Fatal(err)
				}
			}
			if a.Undo != nil {
				if _, err := a.Undo(&a.frame.Env, state, args); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := a.result(state); err != nil {
				t.Fatal(err)
			}
			state = a.Initial
		})
		if allocs != 0 {
			t.Errorf("%s allocates %v times", c.call, allocs)
		}
	}
}
