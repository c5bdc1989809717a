package disk

import (
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/objstorage/objstorageprovider"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/ksqlite/ksqlite/runtime/state"
)

// table is a [state.Table]: the entries of a space whose keys begin with its number.
type table struct {
	space    *space
	left     func(*space) error
	from, to []byte // of the keys in the space
	key      []byte
	points   []*pebble.Iterator // for single keys, each for a goroutine
	idle     *pebble.Iterator   // for ranges, that is not used; nil for none
	size     int64
}

var _ state.Table = (*table)(nil)

// in returns a key in the space, which is valid until the next call.
func (t *table) in(key []byte) []byte {
	t.key = append(append(t.key[:0], t.from...), key...)
	return t.key
}

// readers is how many goroutines look for keys at the same time: more than there are processors,
// since most of the time a disk is waited for where it matters.
const readers = 8

// open makes sure that there are so many iterators for single keys.
func (t *table) open(points int) error {
	for len(t.points) < points {
		// An iterator that stays open has found the files already, and it asks the filters of all
		// of them, so that what is not there costs no read. DB.Get does neither.
		made, err := t.space.db.NewIter(&pebble.IterOptions{LowerBound: t.from, UpperBound: t.to, UseL6Filters: true})
		if err != nil {
			return t.space.words(err)
		}
		t.points = append(t.points, made)
	}
	return nil
}

// Get implements [state.Table].
func (t *table) Get(key []byte) ([]byte, error) {
	if err := t.open(1); err != nil {
		return nil, err
	}
	return t.find(t.points[0], t.in(key))
}

// GetAll implements [state.Table].
func (t *table) GetAll(keys [][]byte, found func(i int, value []byte)) error {
	if err := t.open(readers); err != nil {
		return err
	}
	var errs [readers]error
	var reading sync.WaitGroup
	read := func(n int) {
		var in []byte
		for i := n * len(keys) / readers; i < (n+1)*len(keys)/readers && errs[n] == nil; i++ {
			var value []byte
			in = append(append(in[:0], t.from...), keys[i]...)
			if value, errs[n] = t.find(t.points[n], in); errs[n] == nil {
				found(i, value)
			}
		}
	}
	for n := 1; n < readers; n++ {
		reading.Go(func() { read(n) })
	}
	read(0)
	reading.Wait()
	return errors.Join(errs[:]...)
}

// find returns the value of a key of the space by an iterator, nil if there is none.
func (t *table) find(point *pebble.Iterator, key []byte) ([]byte, error) {
	if !point.SeekPrefixGE(key) {
		if err := point.Error(); err != nil {
			return nil, t.space.words(err)
		}
		return nil, nil
	}
	value, err := point.ValueAndErr()
	if err != nil {
		return nil, t.space.words(err)
	}
	if value == nil {
		value = []byte{} // which is none otherwise
	}
	return value, nil
}

// Write implements [state.Table].
func (t *table) Write(entries iter.Seq2[[]byte, []byte]) error {
	return t.add(entries, func(w *sstable.Writer, key, value []byte) error { return w.Set(key, value) })
}

// Remove implements [state.Table].
func (t *table) Remove(entries iter.Seq2[[]byte, []byte]) error {
	return t.add(entries, func(w *sstable.Writer, key, _ []byte) error { return w.Delete(key) })
}

// add makes a file of entries and adds it.
func (t *table) add(entries iter.Seq2[[]byte, []byte], put func(w *sstable.Writer, key, value []byte) error) error {
	if err := t.space.failed(); err != nil {
		return err
	}
	t.rest()
	name := t.space.file()
	n, err := t.fill(name, entries, put)
	if err != nil || n == 0 {
		_ = t.space.fs.Remove(name)
		return err
	}
	if err := t.space.db.Ingest(context.Background(), []string{name}); err != nil {
		return t.space.words(err)
	}
	size, err := t.space.db.EstimateDiskUsage(t.from, t.to)
	if err != nil {
		return t.space.words(err)
	}
	t.size = int64(size)
	return t.space.await()
}

// fill writes a file and returns how many entries are in it.
func (t *table) fill(name string, entries iter.Seq2[[]byte, []byte], put func(w *sstable.Writer, key, value []byte) error) (n int, err error) {
	file, err := t.space.fs.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return 0, err
	}
	w := sstable.NewWriter(objstorageprovider.NewFileWritable(file), t.space.options().MakeWriterOptions(0, t.space.db.TableFormat()))
	for key, value := range entries {
		if err = put(w, t.in(key), value); err != nil {
			break
		}
		n++
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return n, t.space.words(err)
	}
	return n, nil
}

// Seek implements [state.Table].
func (t *table) Seek(from, to []byte) (state.Cursor, error) {
	lower, upper := append(append([]byte{}, t.from...), from...), t.to
	if to != nil {
		upper = append(append([]byte{}, t.from...), to...)
	}
	c := &cursor{table: t, entries: t.idle}
	t.idle = nil
	if c.entries == nil {
		var err error
		if c.entries, err = t.space.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper}); err != nil {
			return nil, t.space.words(err)
		}
	} else {
		c.entries.SetBounds(lower, upper)
	}
	return c, nil
}

// rest closes the iterators: they see nothing new, and keep old files.
func (t *table) rest() {
	for _, open := range append(t.points, t.idle) {
		if open != nil {
			_ = open.Close() // its errors were met where it was used
		}
	}
	clear(t.points)
	t.points, t.idle = t.points[:0], nil
}

// Size implements [state.Table].
func (t *table) Size() int64 { return t.size }

// Close implements [state.Table].
func (t *table) Close() error {
	t.rest()
	var err error
	if !t.space.broken() {
		err = t.space.db.Excise(context.Background(), pebble.KeyRange{Start: t.from, End: t.to})
	}
	return errors.Join(err, t.left(t.space))
}

// cursor is a [state.Cursor].
type cursor struct {
	table   *table
	entries *pebble.Iterator
	begun   bool
}

// Next implements [state.Cursor].
func (c *cursor) Next() (key, value []byte) {
	there := false
	if c.begun {
		there = c.entries.Next()
	} else {
		c.begun = true
		there = c.entries.First()
	}
	if !there {
		return nil, nil
	}
	value, err := c.entries.ValueAndErr()
	if err != nil { // which Close returns
		return nil, nil
	}
	return c.entries.Key()[len(c.table.from):], value
}

// Close implements [state.Cursor].
func (c *cursor) Close() error {
	if err := c.entries.Error(); err != nil {
		return errors.Join(c.table.space.words(err), c.entries.Close())
	}
	if c.table.idle != nil {
		return c.entries.Close()
	}
	c.table.idle = c.entries
	return nil
}
