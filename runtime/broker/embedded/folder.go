package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// ErrInUse says that another process, or another broker in this one, has the
// data folder open.
var ErrInUse = errors.New("in use by another process")

// ErrForeign says that a folder holds files that are no broker's.
var ErrForeign = errors.New("not a data folder of ksqlite")

// lockName is the file in a data folder that carries its lock. It stays when
// the folder is closed: removing it would race with whoever opens it next.
const lockName = ".ksqlite.lock"

// metaName is the file that kfake keeps in every folder of its own.
const metaName = "meta.json"

// folder is a data folder this process has to itself.
type folder struct {
	path      string
	temporary bool
	lock      *flock.Flock
}

// openFolder creates the folder where it is missing, takes its lock and makes
// sure that it can be written. An empty path makes a temporary folder.
func openFolder(path string) (*folder, error) {
	if path == "" {
		return openTemporary()
	}
	if err := os.MkdirAll(path, 0o700); err != nil { // kfake writes the users' passwords there as they are
		return nil, fmt.Errorf("creating data folder: %w", err)
	}
	if err := checkOwn(path); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(path, lockName))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking data folder %s: %w", path, err)
	}
	if !locked {
		return nil, fmt.Errorf("data folder %s is %w", path, ErrInUse)
	}
	f := &folder{path: path, lock: lock}
	if err := f.probe(); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

// ErrMissing says that a folder, which is named, is no data folder yet.
var ErrMissing = errors.New("no data folder")

// checkExisting refuses a folder that was never opened.
func checkExisting(path string) error {
	for _, name := range []string{lockName, metaName} {
		if _, err := os.Stat(filepath.Join(path, name)); err == nil {
			return nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("reading data folder: %w", err)
		}
	}
	return fmt.Errorf("there is %w %s, and nothing is to be written that would make one", ErrMissing, path)
}

// checkOwn refuses a folder with files of others, among which the broker's would be lost. One
// that was opened before has the lock, whatever the broker has come to write.
func checkOwn(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("reading data folder %s: %w", path, err)
	}
	foreign := ""
	for _, entry := range entries {
		switch name := entry.Name(); name {
		case metaName, lockName:
			return nil
		case "lost+found": // every new volume has it
		default:
			foreign = name
		}
	}
	if foreign != "" {
		return fmt.Errorf("folder %s is %w: it holds %s; name a new or an empty folder", path, ErrForeign, foreign)
	}
	return nil
}

func openTemporary() (*folder, error) {
	path, err := os.MkdirTemp("", "ksqlite-broker-")
	if err != nil {
		return nil, fmt.Errorf("creating temporary data folder: %w", err)
	}
	f := &folder{path: path, temporary: true}
	if err := os.WriteFile(filepath.Join(path, metaName), []byte(freshMeta), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("temporary data folder %s cannot be written: %w", path, err), f.close())
	}
	return f, nil
}

// freshMeta makes an empty folder look like one kfake has closed in good
// order. It would otherwise begin by writing and syncing ten files, which
// takes longer than all the rest of its start.
const freshMeta = `{"version":1,"cluster_id":"` + clusterID + `"}`

// abandon makes kfake's attempt to save a temporary folder fail at once: it
// would sync every file of it just before they are removed. Where a folder
// with open files cannot be renamed it is saved after all, which only takes
// longer.
func (f *folder) abandon() {
	if !f.temporary {
		return
	}
	if err := os.Rename(f.path, f.path+abandoned); err != nil {
		return
	}
	_ = os.WriteFile(f.path, nil, 0o600)
}

// abandoned ends the name of a folder that is about to be removed.
const abandoned = ".closed"

// probe writes a page and removes it, so that a full or read-only disk is
// told before the first record is lost to it.
func (f *folder) probe() error {
	name := filepath.Join(f.path, ".ksqlite.probe")
	err := os.WriteFile(name, make([]byte, 4096), 0o644)
	if removed := os.Remove(name); err == nil && !errors.Is(removed, fs.ErrNotExist) {
		err = removed
	}
	if err != nil {
		return fmt.Errorf("data folder %s cannot be written: %w", f.path, err)
	}
	return nil
}

// usersName is the file where kfake keeps users, with their passwords as they are, and
// from which it takes them rather than from its settings.
const usersName = "sasl.json"

// forgetUsers removes it: the users are those that a start names, and no file has them.
func (f *folder) forgetUsers() error {
	if f.temporary {
		return nil
	}
	err := os.Remove(filepath.Join(f.path, usersName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// settled says that all transactions are done with.
func (f *folder) settled() error {
	if f.temporary {
		return nil
	}
	dir := journalDir(f.path)
	return errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o755))
}

// close gives the lock back and removes a temporary folder.
func (f *folder) close() error {
	if f.temporary {
		return errors.Join(os.RemoveAll(f.path), os.RemoveAll(f.path+abandoned))
	}
	return f.lock.Close()
}
