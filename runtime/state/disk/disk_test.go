package disk

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/gofrs/flock"
	"go.uber.org/goleak"

	"github.com/ksqlite/ksqlite/runtime/state"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// full is a disk that is full from some moment on.
type full struct {
	vfs.FS
	now atomic.Bool
}

func (f *full) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	file, err := f.FS.Create(name, category)
	if err != nil {
		return nil, err
	}
	return &fullFile{file, f}, nil
}

type fullFile struct {
	vfs.File
	on *full
}

func (f *fullFile) Write(p []byte) (int, error) {
	if f.on.now.Load() {
		return 0, syscall.ENOSPC
	}
	return f.File.Write(p)
}

// some are entries with a common beginning.
func some(n int, value string) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for i := range n {
			if !yield(fmt.Appendf(nil, "key%06d", i), []byte(value)) {
				return
			}
		}
	}
}

// open returns a disk in a folder of its own.
func open(t *testing.T) (d *Disk, folder string) {
	t.Helper()
	folder = t.TempDir()
	opened, err := Open(folder, 1<<20)
	must(t, err)
	return opened.(*Disk), folder
}

// empty fails if anything is left in a folder.
func empty(t *testing.T, folder string) {
	t.Helper()
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// Tables know nothing of each other, and leave nothing.
func TestTablesAreApart(t *testing.T) {
	t.Parallel()
	d, folder := open(t)
	defer func() { must(t, d.Close()) }()
	empty(t, folder) // before there are any
	first, err := d.NewTable()
	must(t, err)
	second, err := d.NewTable()
	must(t, err)
	must(t, first.Write(some(1000, "first")))
	must(t, second.Write(some(1000, "")))
	must(t, first.Remove(some(10, "")))
	must(t, first.Write(some(0, "")))
	if value, err := first.Get([]byte("key000010")); string(value) != "first" || err != nil {
		t.Errorf("%q, %v", value, err)
	}
	if value, err := first.Get([]byte("key000009")); value != nil || err != nil {
		t.Errorf("a key that was removed is %q, %v", value, err)
	}
	if first.Size() <= 0 {
		t.Error("it takes no room")
	}
	must(t, first.Close())
	if value, err := second.Get([]byte("key000009")); value == nil || len(value) > 0 || err != nil {
		t.Errorf("of the other table it is %q, %v", value, err)
	}
	must(t, second.Close())
	empty(t, folder)
}

// A full disk ends the store with an error that names it. The next one begins anew.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	d, folder := open(t)
	disk := &full{FS: vfs.Default}
	d.fs = disk
	memory, err := state.OpenMemory(1<<20, func(string, int64) (state.Disk, error) { return d, nil }, "")
	must(t, err)
	defer func() { must(t, memory.Close()) }()
	fill := func(store state.Store) error {
		for key, value := range some(30_000, strings.Repeat("v", 20)) {
			if err := store.Put(key, value); err != nil {
				return err
			}
		}
		return nil
	}
	store := memory.NewOwner().NewStore(state.Order{})
	must(t, fill(store))
	disk.now.Store(true)
	err = fill(store)
	if !errors.Is(err, syscall.ENOSPC) || strings.Count(err.Error(), "no space left") != 1 || !strings.Contains(err.Error(), folder) {
		t.Errorf("got %v", err)
	}
	t.Log(err)
	must(t, store.Close())
	empty(t, folder)
	disk.now.Store(false)
	store = memory.NewOwner().NewStore(state.Sorted)
	must(t, fill(store))
	must(t, store.Close())
}

// What fails in the background is told to those that use the tables, and others get a new
// space.
func TestBackgroundFaults(t *testing.T) {
	t.Parallel()
	d, folder := open(t)
	defer func() { must(t, d.Close()) }()
	first, err := d.NewTable()
	must(t, err)
	must(t, first.Write(some(10, "v")))
	d.current.fail(syscall.EIO)
	if err := first.Write(some(10, "v")); !errors.Is(err, syscall.EIO) {
		t.Errorf("got %v", err)
	}
	second, err := d.NewTable()
	must(t, err)
	must(t, second.Write(some(10, "v")))
	must(t, errors.Join(first.Close(), second.Close()))
	empty(t, folder)
}

func TestFolders(t *testing.T) {
	t.Parallel()
	base := filepath.Join(t.TempDir(), "made", "as needed")
	d, err := Open(base, 1<<20)
	must(t, err)
	table, err := d.NewTable()
	must(t, err)
	abandoned := filepath.Join(base, prefix+"abandoned")
	must(t, os.Mkdir(abandoned, 0o755))
	lock := flock.New(filepath.Join(abandoned, lockName)) // what a process that was killed leaves
	if locked, err := lock.TryLock(); !locked || err != nil {
		t.Fatal(locked, err)
	}
	must(t, lock.Close())
	must(t, os.WriteFile(filepath.Join(abandoned, "000001.sst"), nil, 0o600))
	others := filepath.Join(base, "others")
	must(t, os.Mkdir(others, 0o755))
	next, err := Open(base, 1<<20)
	must(t, err)
	if _, err := os.Stat(abandoned); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was abandoned is still there: %v", err)
	}
	must(t, table.Write(some(10, "v"))) // its folder was left alone
	must(t, errors.Join(table.Close(), d.Close(), next.Close(), os.Remove(others)))
	empty(t, base)

	must(t, os.RemoveAll(base))
	must(t, os.WriteFile(base, nil, 0o600))
	if _, err := Open(base, 1<<20); err == nil || !strings.Contains(err.Error(), base) {
		t.Errorf("a file is no folder: %v", err)
	}
	if _, err := next.NewTable(); err == nil || !strings.Contains(err.Error(), base) {
		t.Errorf("the folder is gone: %v", err)
	}
}
