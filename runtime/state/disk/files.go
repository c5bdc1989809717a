package disk

import (
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// files keeps the tables' data on disk, and the little that tells what belongs together in
// memory: so a full disk can only fail where data is written, which is met there. Nothing
// is synced.
type files struct {
	vfs.FS // in memory
	disk   vfs.FS
}

func newFiles(disk vfs.FS) *files { return &files{FS: vfs.NewMem(), disk: disk} }

// suffix is what the names of files with data end with.
const suffix = ".sst"

// of returns where a file lies.
func (f *files) of(name string) vfs.FS {
	if strings.HasSuffix(name, suffix) {
		return f.disk
	}
	return f.FS
}

// Create implements [vfs.FS].
func (f *files) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	file, err := f.of(name).Create(name, category)
	if err != nil {
		return nil, err
	}
	return unsynced{file}, nil
}

// Link implements [vfs.FS].
func (f *files) Link(oldname, newname string) error { return f.of(oldname).Link(oldname, newname) }

// Open implements [vfs.FS].
func (f *files) Open(name string, options ...vfs.OpenOption) (vfs.File, error) {
	return f.of(name).Open(name, options...)
}

// Remove implements [vfs.FS].
func (f *files) Remove(name string) error { return f.of(name).Remove(name) }

// Rename implements [vfs.FS].
func (f *files) Rename(oldname, newname string) error {
	return f.of(oldname).Rename(oldname, newname)
}

// Stat implements [vfs.FS].
func (f *files) Stat(name string) (vfs.FileInfo, error) { return f.of(name).Stat(name) }

// List implements [vfs.FS].
func (f *files) List(dir string) ([]string, error) {
	names, err := f.FS.List(dir)
	if err != nil {
		return nil, err
	}
	stored, err := f.disk.List(dir)
	if err != nil {
		return nil, err
	}
	return slices.Concat(names, slices.DeleteFunc(stored, func(name string) bool { return !strings.HasSuffix(name, suffix) })), nil
}

// GetDiskUsage implements [vfs.FS].
func (f *files) GetDiskUsage(path string) (vfs.DiskUsage, error) { return f.disk.GetDiskUsage(path) }

// unsynced is a file that nobody reads after the end of the process.
type unsynced struct{ vfs.File }

// Sync implements [vfs.File].
func (unsynced) Sync() error { return nil }

// SyncTo implements [vfs.File].
func (unsynced) SyncTo(int64) (bool, error) { return false, nil }

// SyncData implements [vfs.File].
func (unsynced) SyncData() error { return nil }
