package state_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/state"
)

const (
	limit = 4 << 20 // bytes of memory
	// slack is how much more may be held for a moment: what the disk takes for itself, and the part that is asked for.
	slack = limit / 3
	// plenty is how many keys take more than three quarters of the limit in a store alone.
	plenty = 60_000
)

// put puts keys into a store and returns how much was held in memory at most.
func put(t *testing.T, memory *state.Memory, store state.Store, from, n int) (most int64) {
	t.Helper()
	for i := range n {
		must(t, store.Put(fmt.Appendf(nil, "key%06d", from+i), []byte("some value of a row that is 40 bytes long")))
		most = max(most, memory.Used())
	}
	return most
}

// whole fails unless a store has all keys.
func whole(t *testing.T, store state.Store, n int) {
	t.Helper()
	for i := range n {
		if value, err := store.Get(fmt.Appendf(nil, "key%06d", i)); value == nil || err != nil {
			t.Fatalf("key %d is %q, %v", i, value, err)
		}
	}
}

// A store that nobody writes to makes room as others do: at once if its owner rests, and once he
// rests if he does not.
func TestIdleStoresMakeRoom(t *testing.T) {
	t.Parallel()
	for name, resting := range map[string]bool{"resting": true, "in use": false} {
		for kind, order := range map[string]state.Order{"hash": {}, "ordered": state.Sorted, "clustered": state.Clusters(beginning(8))} {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				memory := memory(t, limit)
				idle, busy := memory.NewOwner(), memory.NewOwner()
				first, second := idle.NewStore(order), busy.NewStore(order)
				put(t, memory, first, 0, plenty/2) // all of which is in memory
				before := first.Size()
				if resting {
					idle.Rest()
				}
				if most := put(t, memory, second, 0, plenty); most > limit+slack {
					t.Errorf("%d bytes were held, %d are allowed", most, limit+slack)
				}
				if !resting {
					if first.Size() != before {
						t.Error("a store was changed while it was used")
					}
					held := memory.Used()
					idle.Rest()
					if memory.Used() >= held {
						t.Error("it has parted with nothing")
					}
				}
				idle.Resume()
				whole(t, first, plenty/2)
				whole(t, second, plenty)
				must(t, first.Close())
				must(t, second.Close())
				if held := memory.Used(); held != 0 {
					t.Errorf("%d bytes are still held", held)
				}
			})
		}
	}
}

// What is noted of changes takes memory like everything else.
func TestChangesTakeMemory(t *testing.T) {
	t.Parallel()
	const limit, plenty = limit / 16, plenty / 16
	memory := memory(t, limit)
	owner := memory.NewOwner()
	store := state.NewLogged(owner.NewStore(state.Order{}))
	put(t, memory, store, 0, plenty)
	must(t, store.Changes(func(_, _ []byte) error { return nil }))
	held := memory.Used()
	put(t, memory, store, 0, plenty/6)
	if memory.Used() == held {
		t.Error("changes take nothing")
	}
	for n := plenty; !store.Overdue(); n += plenty {
		if most := put(t, memory, store, n, plenty); most > 3*limit {
			t.Fatalf("%d bytes are held, and nothing is to be written", most)
		}
	}
	must(t, store.Changes(func(_, _ []byte) error { return nil }))
	if store.Overdue() || memory.Used() > limit*4/3 {
		t.Errorf("%d bytes are held when everything is written", memory.Used())
	}
	must(t, store.Close())
	if held := memory.Used(); held != 0 {
		t.Errorf("%d bytes are still held", held)
	}
}

// Owners at work, each in a goroutine, take memory from each other whenever one rests.
func TestOwnersShareMemory(t *testing.T) {
	t.Parallel()
	memory := memory(t, limit/4)
	var working sync.WaitGroup
	for i := range 4 {
		working.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			owner := memory.NewOwner()
			stores := []state.Store{owner.NewStore(state.Order{}), owner.NewStore(state.Sorted)}
			for n := 0; n < plenty/6; n += 100 {
				put(t, memory, stores[random.IntN(2)], n, 100)
				owner.Rest()
				runtime.Gosched()
				owner.Resume()
			}
			if n := stores[0].Len() + stores[1].Len(); n != plenty/6 {
				t.Errorf("%d keys, want %d", n, plenty/6)
			}
			must(t, stores[0].Close())
			must(t, stores[1].Close())
		})
	}
	working.Wait()
	if held := memory.Used(); held != 0 {
		t.Errorf("%d bytes are still held", held)
	}
}
