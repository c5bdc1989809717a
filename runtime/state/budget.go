package state

import (
	"fmt"
	"sync/atomic"

	"github.com/ksqlite/ksqlite/runtime/display"
)

// Memory is what the stores of an engine may hold in memory together, and where they put
// what goes beyond. It is safe for concurrent use. Make it with OpenMemory; nil is
// memory without a bound.
//
// As long as all of it fits, everything is in memory. Beyond, a store that is written
// to and holds more than its share, which is the same for all, puts a part on
// disk: those that hold the most make room, and small ones stay as fast as they are.
// One that nobody writes to keeps what it has.
type Memory struct {
	limit  int64
	disk   Disk
	used   atomic.Int64 // bytes
	stores atomic.Int64
	tables atomic.Int64
}

// forDisk is the part of the memory that the disk has for itself as soon as there is
// something on it.
const forDisk = 4

// OpenMemory returns memory of so many bytes, with a disk in a folder behind it.
func OpenMemory(limit int64, open OpenDisk, folder string) (*Memory, error) {
	disk, err := open(folder, limit/forDisk)
	if err != nil {
		return nil, err
	}
	return &Memory{limit: limit, disk: disk}, nil
}

// reserve counts a table that is there, or -1 that is no more.
func (m *Memory) reserve(tables int64) {
	switch n := m.tables.Add(tables); {
	case n == 0:
		m.used.Add(-m.limit / forDisk)
	case n == 1 && tables > 0:
		m.used.Add(m.limit / forDisk)
	}
}

// Close removes what is on disk. All stores are closed before.
func (m *Memory) Close() error {
	if m == nil {
		return nil
	}
	return m.disk.Close()
}

// NewStore returns an empty store for keys of that order.
func (m *Memory) NewStore(order Order) Store {
	made := order.memory()
	if m == nil {
		return made
	}
	m.stores.Add(1)
	return &Tiered{memory: made, budget: m}
}

const (
	// worthAFile and mostPart bound how many bytes a store puts on disk at once: so many that
	// they are worth a file, and so few that nobody waits for long.
	worthAFile = 256 << 10
	mostPart   = 64 << 20
	// grain is how much the size of a store may change before it is told.
	grain = 16 << 10
)

// part is how many bytes a store puts on disk at once.
func (m *Memory) part() int64 { return min(max(m.limit/8, m.least()), mostPart) }

// least is how much a store holds that has to make room.
func (m *Memory) least() int64 { return min(worthAFile, m.limit/4) }

// crowded reports whether a store that holds so much has to make room.
func (m *Memory) crowded(size int64) bool {
	return m.used.Load() > m.limit && size > max(m.least(), m.limit/m.stores.Load())
}

// failed says why a store has to end its query.
func (m *Memory) failed(err error) error {
	return fmt.Errorf("the state of the query is larger than the memory for it, %s for all queries together, and cannot be kept on disk: %w",
		display.Bytes(m.limit), err)
}
