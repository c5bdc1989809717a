package op

import (
	"cmp"
	"slices"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// Cache keeps the changes of a table back until it is flushed, and passes on one for
// each key then: from the row that there was to the newest. A row that has come and
// gone meanwhile is not told of.
type Cache struct {
	layout  Layout
	budget  *Budget
	arena   *data.Arena
	entries map[string]*cached
	updates int64
	bytes   int64
	keyBuf  state.Key
	next    Input
	out     data.Batch
}

var _ Input = (*Cache)(nil)

// cached is what has changed of a key.
type cached struct {
	record     data.Record // the newest, without its rows; those of tables have no headers
	key        string
	old, value []byte // nil for none
	update     int64  // the number of the last change
}

// Budget is how much the caches of a query hold together. It belongs to one goroutine.
type Budget struct {
	Limit  int64
	used   int64
	caches []*Cache
}

// relieve flushes the largest caches until what is left fits: those that pass on the most.
func (b *Budget) relieve() error {
	for b.used > b.Limit {
		largest := slices.MaxFunc(b.caches, func(x, y *Cache) int { return cmp.Compare(x.bytes, y.bytes) })
		if largest.bytes == 0 {
			return nil
		}
		if err := largest.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// perEntry is about what a key costs beside its bytes.
const perEntry = 256

// NewCache returns a cache in front of next for rows of that layout.
func NewCache(ctx *Context, rows Layout, budget *Budget, next Input) *Cache {
	c := &Cache{layout: rows, budget: budget, arena: ctx.Frame.Arena, entries: map[string]*cached{}, next: next}
	budget.caches = append(budget.caches, c)
	return c
}

// Close forgets the changes that are kept, and that there was a cache.
func (c *Cache) Close() {
	c.budget.used -= c.bytes
	c.budget.caches = slices.DeleteFunc(c.budget.caches, func(other *Cache) bool { return other == c })
}

// Push keeps changes. If the budget is used up, the largest cache is flushed, which may be
// that of another task.
func (c *Cache) Push(batch *data.Batch) error {
	before := c.bytes
	for i := range batch.Records {
		c.keep(&batch.Records[i])
	}
	c.budget.used += c.bytes - before
	return c.budget.relieve()
}

func (c *Cache) keep(record *data.Record) {
	c.keyBuf = c.keyBuf[:0].Time(record.Window.Start).Time(record.Window.End)
	c.keyBuf = c.layout.Key.Append(c.keyBuf, record.Key)
	entry := c.entries[string(c.keyBuf)]
	if entry == nil {
		entry = &cached{key: string(c.keyBuf)}
		if record.Old != nil {
			entry.old = c.layout.Value.Append([]byte{}, record.Old)
		}
		c.entries[entry.key] = entry
		c.bytes += int64(perEntry + len(entry.key) + len(entry.old))
	}
	c.updates++
	entry.update = c.updates
	c.bytes -= int64(len(entry.value))
	if record.Value == nil {
		entry.value = nil
	} else {
		entry.value = c.layout.Value.Append(nonNil(entry.value), record.Value)
	}
	c.bytes += int64(len(entry.value))
	entry.record = *record
	entry.record.Key, entry.record.Value, entry.record.Old = nil, nil, nil
}

// nonNil returns the memory of a row for another one.
func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b[:0]
}

// perFlush is how many changes are passed on at once.
const perFlush = 512

// Flush passes on what has changed, in the order of the last changes.
func (c *Cache) Flush() error {
	entries := make([]*cached, 0, len(c.entries))
	for _, entry := range c.entries {
		if entry.old != nil || entry.value != nil {
			entries = append(entries, entry)
		}
	}
	slices.SortFunc(entries, func(a, b *cached) int { return cmp.Compare(a.update, b.update) })
	clear(c.entries)
	c.budget.used -= c.bytes
	c.bytes = 0
	for some := range slices.Chunk(entries, perFlush) {
		if err := c.pass(some); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cache) pass(entries []*cached) error {
	c.out.Records = c.out.Records[:0]
	for _, entry := range entries {
		record := entry.record
		parts := state.Key(entry.key).Parts()
		parts.Time()
		parts.Time()
		var err error
		if record.Key, _, err = c.layout.Key.Decode(parts.Rest(), c.arena); err != nil {
			return err
		}
		if record.Value, err = c.row(entry.value); err != nil {
			return err
		}
		if record.Old, err = c.row(entry.old); err != nil {
			return err
		}
		c.out.Records = append(c.out.Records, record)
	}
	return c.next.Push(&c.out)
}

func (c *Cache) row(raw []byte) (data.Row, error) {
	if raw == nil {
		return nil, nil
	}
	row, _, err := c.layout.Value.Decode(raw, c.arena)
	return row, err
}
