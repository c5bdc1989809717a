package state_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/state"
)

// Whoever follows the changes has what the store has, and is told of nothing else: each key
// once, and that one is gone only if he knows it.
func TestChangesAreEnough(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	store := state.NewLogged(state.NewOrdered())
	follower := map[string]string{}
	for range 200 {
		for range random.IntN(200) {
			key := fmt.Appendf(nil, "key%d", random.IntN(300))
			if random.IntN(2) == 0 {
				must(t, store.Delete(key))
			} else {
				must(t, store.Put(key, fmt.Append(nil, random.IntN(1000))))
			}
		}
		told := map[string]bool{}
		must(t, store.Changes(func(key, value []byte) error {
			_, knows := follower[string(key)]
			if told[string(key)] || value == nil && !knows {
				t.Errorf("%s is told twice, or that it is gone though it was never told", key)
			}
			if told[string(key)] = true; value == nil {
				delete(follower, string(key))
			} else {
				follower[string(key)] = string(value)
			}
			return nil
		}))
		now := map[string]string{}
		must(t, store.All(func(key, value []byte) bool {
			now[string(key)] = string(value)
			return true
		}))
		if !maps.Equal(now, follower) {
			t.Fatal("the changes give something else")
		}
	}
}

// The memory of entries that are too long for a shared page is counted as it is.
func TestSizeOfLongEntries(t *testing.T) {
	t.Parallel()
	store := state.NewHash()
	empty := store.Size()
	const length = 100_000
	for range 3 {
		must(t, store.Put([]byte("key"), make([]byte, length)))
		if size := store.Size() - empty; size < length || size > 2*length {
			t.Errorf("an entry of %d bytes takes %d", length, size)
		}
		must(t, store.Put([]byte("other"), []byte("short")))
		must(t, store.Delete([]byte("key")))
		must(t, store.Delete([]byte("other")))
		if size := store.Size() - empty; size < 0 || size > length {
			t.Errorf("nothing takes %d bytes", size)
		}
	}
}

// BenchmarkLogged puts keys that are new into a store, and ones that it has.
func BenchmarkLogged(b *testing.B) {
	for name, keys := range map[string]int{"few": 100, "many": 1 << 20} {
		b.Run(name, func(b *testing.B) {
			store := state.NewLogged(state.NewHash())
			key, n := []byte("key....."), 0
			for b.Loop() {
				n = (n + 1) % keys
				key[3], key[4], key[5] = byte(n), byte(n>>8), byte(n>>16)
				if err := store.Put(key, key); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
