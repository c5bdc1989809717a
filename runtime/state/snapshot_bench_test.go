package state_test

import (
	"encoding/binary"
	"path/filepath"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/state"
)

// BenchmarkLoad loads a snapshot of a million keys.
func BenchmarkLoad(b *testing.B) {
	store := state.NewHash()
	var key [12]byte
	for i := range uint64(1_000_000) {
		binary.BigEndian.PutUint64(key[4:], i*0x9E3779B97F4A7C15)
		_ = store.Put(key[:], key[:])
	}
	name := filepath.Join(b.TempDir(), "s")
	if err := state.Save(name, state.Origin{}, store); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := state.Load(name, [16]byte{}, state.NewHash()); err != nil {
			b.Fatal(err)
		}
	}
}
