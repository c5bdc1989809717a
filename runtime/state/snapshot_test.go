package state_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/state"
)

func TestSnapshotsComeBack(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "folder", "s.snapshot")
	want := map[string]string{"": "empty", "none": "", "long": strings.Repeat("x", 100_000)}
	store := state.NewHash()
	for i := range 1000 {
		want[fmt.Sprint("key", i)] = strings.Repeat("v", i%50)
	}
	for key, value := range want {
		must(t, store.Put([]byte(key), []byte(value)))
	}
	from := state.Origin{Topic: [16]byte{1, 2, 3}, Offset: 4711}
	if _, err := state.Load(name, from.Topic, state.NewHash()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("one that is not there: %v", err)
	}
	for range 2 { // the second takes the place of the first
		must(t, state.Save(name, from, store))
	}
	for _, into := range []state.Store{state.NewHash(), state.NewOrdered()} {
		offset, err := state.Load(name, from.Topic, into)
		if err != nil || offset != from.Offset {
			t.Fatalf("offset %d, %v", offset, err)
		}
		got := map[string]string{}
		must(t, into.All(func(key, value []byte) bool {
			got[string(key)] = string(value)
			return true
		}))
		if !maps.Equal(got, want) {
			t.Errorf("got %d keys that are not the %d of the snapshot", len(got), len(want))
		}
	}
	if _, err := state.Load(name, [16]byte{9}, state.NewHash()); !errors.Is(err, state.ErrSnapshot) {
		t.Errorf("of another topic: %v", err)
	}
	if files, _ := os.ReadDir(filepath.Dir(name)); len(files) != 1 {
		t.Errorf("files are left: %v", files)
	}
}

// What a process that was killed has left does not stay.
func TestUnfinishedSnapshotsAreWrittenOver(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	name := filepath.Join(folder, "s.snapshot")
	store := state.NewHash()
	must(t, state.Save(name, state.Origin{}, store))
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	must(t, err)
	unwritable := filepath.Join(name, "below a file")
	if err := state.Save(unwritable, state.Origin{}, store); err == nil {
		t.Error("a snapshot below a file was saved")
	}
	must(t, os.WriteFile(name+".new", make([]byte, 1<<20), 0o600))
	must(t, state.Save(name, state.Origin{}, store))
	after, err := filepath.Glob(filepath.Join(folder, "*"))
	must(t, err)
	if !slices.Equal(files, after) {
		t.Errorf("files are left: %v", after)
	}
	_, err = state.Load(name, [16]byte{}, state.NewHash())
	must(t, err)
}

func TestDamagedSnapshotsAreRefused(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "s.snapshot")
	store := state.NewHash()
	must(t, store.Put([]byte("key"), []byte("value")))
	must(t, state.Save(name, state.Origin{}, store))
	whole, err := os.ReadFile(name)
	must(t, err)
	check := func(what string, raw []byte) {
		t.Helper()
		must(t, os.WriteFile(name, raw, 0o600))
		if _, err := state.Load(name, [16]byte{}, state.NewHash()); !errors.Is(err, state.ErrSnapshot) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := range whole {
		check(fmt.Sprintf("cut after %d bytes", i), whole[:i])
		damaged := append([]byte(nil), whole...)
		damaged[i] ^= 0x55
		check(fmt.Sprintf("byte %d", i), damaged)
	}
}
