// Package disk is where stores go that do not fit into memory: a [state.Disk] over
// github.com/cockroachdb/pebble. Nothing but what opts for it imports it, since a program
// whose state fits into memory need not carry what it needs.
//
// Everything lies in one folder of the process, which is made with the first table and
// removed with the last one. A log keeps what has to last; so nothing here is synced,
// and nothing is read again by another process.
package disk

import (
	"errors"
	"fmt"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/ksqlite/ksqlite/runtime/state"
)

// Disk is a [state.Disk]. It is safe for concurrent use. Make it with Open.
type Disk struct {
	base   string // folders are made in it
	memory int64
	fs     vfs.FS // where base is

	mu      sync.Mutex
	current *space // where tables are made; nil for none
	opened  map[*space]bool
}

var _ state.Disk = (*Disk)(nil)

// Open is a [state.OpenDisk].
func Open(folder string, memory int64) (state.Disk, error) {
	base, err := prepare(folder)
	if err != nil {
		return nil, err
	}
	return &Disk{base: base, memory: memory, fs: vfs.Default, opened: map[*space]bool{}}, nil
}

// NewTable implements [state.Disk].
func (d *Disk) NewTable() (state.Table, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.current == nil || d.current.broken() {
		made, err := openSpace(d.base, d.memory, d.fs)
		if err != nil {
			return nil, err
		}
		d.current = made
		d.opened[made] = true
	}
	return d.current.table(func(of *space) error { return d.left(of) }), nil
}

// left removes a space when its last table is closed.
func (d *Disk) left(of *space) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if of.tables--; of.tables > 0 {
		return nil
	}
	if d.current == of {
		d.current = nil
	}
	delete(d.opened, of)
	return of.close()
}

// Close implements [state.Disk].
func (d *Disk) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for of := range d.opened {
		errs = append(errs, fmt.Errorf("%d tables are open", of.tables), of.close())
	}
	clear(d.opened)
	d.current = nil
	return errors.Join(errs...)
}
