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
)

// Each store does what a map of Go does, whatever is done to it.
func TestStoresAreMaps(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]state.Store{
		"hash": state.NewHash(), "ordered": state.NewOrdered(), "logged": state.NewLogged(state.NewHash()),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, 1))
			want := map[string]string{}
			for step := range 60_000 {
				key := fmt.Sprint("key", random.IntN(2000))
				switch {
				case random.IntN(5) == 0 || step%20_000 > 18_000:
					delete(want, key)
					must(t, store.Delete([]byte(key)))
				default:
					want[key] = strings.Repeat("v", random.IntN(40)<<(random.IntN(40)/36*10))
					must(t, store.Put([]byte(key), []byte(want[key])))
				}
				if step%5000 == 0 {
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
	keys := slices.Sorted(maps.Keys(want))
	from, to := []byte("key1"), []byte("key15")
	keys = slices.DeleteFunc(keys, func(key string) bool {
		return bytes.Compare([]byte(key), from) < 0 || bytes.Compare([]byte(key), to) >= 0
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
		t.Fatalf("scanned %v, want %v", found, keys)
	}
}
