package state_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/state"
	"github.com/ksqlite/ksqlite/runtime/state/disk"
)

// Each store does what a map of Go does, whatever is done to it.
func TestStoresAreMaps(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]state.Store{
		"hash": state.NewHash(), "ordered": state.NewOrdered(), "logged": state.NewLogged(state.NewHash()),
		"tiered":                 memory(t, 1<<40).NewOwner().NewStore(state.Order{}),
		"spilled":                memory(t, 1<<19).NewOwner().NewStore(state.Order{}),
		"spilled ordered":        memory(t, 1<<19).NewOwner().NewStore(state.Sorted),
		"spilled midway":         memory(t, 3<<20).NewOwner().NewStore(state.Order{}),
		"spilled ordered midway": memory(t, 3<<20).NewOwner().NewStore(state.Sorted),
		"small clusters":         state.NewClustered(beginning(6)),
		"large clusters":         state.NewClustered(beginning(4)),
		"one cluster":            state.NewClustered(beginning(0)),
		"spilled small clusters": memory(t, 1<<19).NewOwner().NewStore(state.Clusters(beginning(6))),
		"spilled large clusters": memory(t, 1<<19).NewOwner().NewStore(state.Clusters(beginning(4))),
		"spilled logged":         state.NewLogged(memory(t, 1<<19).NewOwner().NewStore(state.Sorted)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() { must(t, store.Close()) }()
			random := rand.New(rand.NewPCG(1, 1))
			want := map[string]string{}
			var ahead []string // keys that were said to come
			for step := range rounds {
				if len(ahead) == 0 {
					for range 1 + random.IntN(50) {
						ahead = append(ahead, fmt.Sprintf("key%04d", random.IntN(2000)))
					}
					touch(store, ahead)
				}
				key := ahead[0]
				ahead = ahead[1:]
				switch {
				case random.IntN(5) == 0 || step%(rounds/3) > rounds/10*3:
					delete(want, key)
					must(t, store.Delete([]byte(key)))
				case random.IntN(5) == 0: // as whoever changes a value does
					if got, err := store.Get([]byte(key)); err != nil || string(got) != want[key] {
						t.Fatalf("%s is %q, %v, want %q", key, got, err, want[key])
					}
					want[key] += "v"
					must(t, store.Put([]byte(key), []byte(want[key])))
				default:
					want[key] = strings.Repeat("v", random.IntN(40)<<(random.IntN(40)/36*10))
					must(t, store.Put([]byte(key), []byte(want[key])))
				}
				if step%(rounds/12) == 0 {
					compare(t, store, want)
				}
			}
			compare(t, store, want)
			if size := store.Size(); size <= 0 || size > 64<<20 {
				t.Errorf("size %d", size)
			}
		})
	}
}

// beginning is the length of the clusters of keys, unless those are shorter.
func beginning(length int) func(key []byte) int {
	return func(key []byte) int { return min(length, len(key)) }
}

// memory returns memory of so many bytes, with a disk behind it.
func memory(t *testing.T, bytes int64) *state.Memory {
	t.Helper()
	m, err := state.OpenMemory(bytes, disk.Open, t.TempDir())
	must(t, err)
	t.Cleanup(func() { must(t, m.Close()) })
	return m
}

// touch tells a store that keys are about to be asked for.
func touch(store state.Store, keys []string) {
	var list [][]byte
	for _, key := range keys {
		list = append(list, []byte(key))
	}
	store.Touch(list)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func compare(t *testing.T, store state.Store, want map[string]string) {
	t.Helper()
	if store.Len() != len(want) {
		t.Fatalf("%d keys, want %d", store.Len(), len(want))
	}
	for key, value := range want {
		if got, err := store.Get([]byte(key)); err != nil || got == nil || string(got) != value {
			t.Fatalf("%s is %q, %v, want %q", key, got, err, value)
		}
	}
	if got, err := store.Get([]byte("none")); got != nil || err != nil {
		t.Fatalf("a key that is not there is %q, %v", got, err)
	}
	got := map[string]string{}
	must(t, store.All(func(key, value []byte) bool {
		if _, twice := got[string(key)]; twice {
			t.Errorf("%s is visited twice", key)
		}
		got[string(key)] = string(value)
		return true
	}))
	if !maps.Equal(got, want) {
		t.Fatalf("visited %d keys that are not the %d there are", len(got), len(want))
	}
	compareScan(t, store, want, nil, nil)
	compareScan(t, store, want, []byte("key1000"), []byte("key1500"))
	compareScan(t, store, want, []byte("key1980"), nil)
	compareScan(t, store, want, nil, []byte("key0120"))
	compareScan(t, store, want, []byte("key0200"), []byte("key0200"))
	compareScan(t, store, want, []byte("key0123"), []byte("key0124"))
	compareScan(t, store, want, []byte("key0120"), []byte("key013"))
	if len(want) == 0 {
		return
	}
	visited := 0
	stop := func(key, _ []byte) bool {
		visited++
		if value, err := store.Get(key); value == nil || err != nil { // others may be asked for
			t.Errorf("%s is %q, %v", key, value, err)
		}
		return false
	}
	must(t, store.Scan(nil, nil, stop))
	must(t, store.All(stop))
	if visited != 2 {
		t.Errorf("visits that were to stop at once went on %d times", visited-2)
	}
}

// compareScan compares a scan with what a map has between two keys.
func compareScan(t *testing.T, store state.Store, want map[string]string, from, to []byte) {
	t.Helper()
	keys := slices.DeleteFunc(slices.Sorted(maps.Keys(want)), func(key string) bool {
		return bytes.Compare([]byte(key), from) < 0 || to != nil && bytes.Compare([]byte(key), to) >= 0
	})
	var found []string
	must(t, store.Scan(from, to, func(key, value []byte) bool {
		if want[string(key)] != string(value) {
			t.Errorf("%s is scanned as %q", key, value)
		}
		found = append(found, string(key))
		return true
	}))
	if !slices.Equal(found, keys) {
		t.Fatalf("from %s to %s scanned %v, want %v", from, to, found, keys)
	}
}
