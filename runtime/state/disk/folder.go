package disk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

const (
	// prefix is what the names of our folders begin with.
	prefix = "ksqlite-state-"
	// lockName is the file in such a folder that its process holds a lock on.
	lockName = "lock"
)

// folder is a folder of this process alone.
type folder struct {
	path string
	lock *flock.Flock
}

// prepare makes sure that a folder is there, "" being the system's for what is temporary,
// and removes what processes that are gone have left in it.
func prepare(base string) (string, error) {
	if base == "" {
		base = os.TempDir()
	} else if err := os.MkdirAll(base, 0o755); err != nil {
		return "", fmt.Errorf("the folder for state cannot be made: %w", err)
	}
	entries, err := os.ReadDir(base)
	if err != nil {
		return "", fmt.Errorf("the folder for state cannot be read: %w", err)
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), prefix) {
			removeAbandoned(filepath.Join(base, e.Name()))
		}
	}
	return base, nil
}

// removeAbandoned removes a folder whose lock nobody holds. What cannot be removed stays: it
// may be another user's.
func removeAbandoned(path string) {
	lock := flock.New(filepath.Join(path, lockName), flock.SetFlag(os.O_RDWR))
	if locked, err := lock.TryLock(); err != nil || !locked {
		return
	}
	_ = errors.Join(lock.Close(), os.RemoveAll(path))
}

// newFolder makes a folder. One that another process has taken for abandoned before it
// was locked is left to that.
func newFolder(base string) (*folder, error) {
	for {
		path, err := os.MkdirTemp(base, prefix)
		if err != nil {
			return nil, err
		}
		lock := flock.New(filepath.Join(path, lockName))
		locked, err := lock.TryLock()
		if err != nil {
			return nil, errors.Join(err, os.RemoveAll(path))
		}
		if _, err := os.Stat(lock.Path()); locked && err == nil {
			return &folder{path, lock}, nil
		}
		_ = lock.Close()
	}
}

// close removes the folder.
func (f *folder) close() error { return errors.Join(f.lock.Close(), os.RemoveAll(f.path)) }
