package state

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/ksqlite/ksqlite/runtime/display"
)

// Memory is what the stores of an engine may hold in memory together, and where they put
// what goes beyond. It is safe for concurrent use. Make it with OpenMemory; nil is
// memory without a bound.
//
// As long as all of it fits, everything is in memory. Beyond, the store that holds the most
// puts a part on disk, whoever needs the room: so small ones stay as fast as they are.
// The store is asked if its owner uses it, and does so with its next entry or when
// the owner rests. What an owner that rests has is put on disk by whoever asks.
type Memory struct {
	limit  int64
	disk   Disk
	used   atomic.Int64 // bytes
	tables atomic.Int64

	mu     sync.Mutex
	stores map[*Tiered]bool // that are open
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
	return &Memory{limit: limit, disk: disk, stores: map[*Tiered]bool{}}, nil
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

// over is how many bytes more than they may all stores hold.
func (m *Memory) over() int64 { return m.used.Load() - m.limit }

// open counts a store in, close out.
func (m *Memory) open(t *Tiered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stores[t] = true
}

func (m *Memory) close(t *Tiered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.stores, t)
}

// largest is the store that holds the most, by unless another one does.
func (m *Memory) largest(by *Tiered) *Tiered {
	m.mu.Lock()
	defer m.mu.Unlock()
	for t := range m.stores {
		if t.held.bytes.Load() > by.held.bytes.Load() {
			by = t
		}
	}
	return by
}

// wantedOf are the stores of an owner that are to part with something.
func (m *Memory) wantedOf(o *Owner) (wanted []*Tiered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for t := range m.stores {
		if t.owner == o && t.wanted.Load() {
			wanted = append(wanted, t)
		}
	}
	return wanted
}

// makeRoom has the stores that hold the most part with something, as one that has grown
// finds too much in memory. Where their owners are slow to do so, it has to do it too.
func (m *Memory) makeRoom(by *Tiered) {
	for m.over() > 0 {
		largest := m.largest(by)
		if largest == by || m.over() > m.part() {
			by.wanted.Store(true)
		}
		if largest == by || !largest.owner.partWith(largest) {
			return
		}
	}
}

// holding is what somebody has told that it holds in memory. He alone tells it.
type holding struct {
	memory *Memory
	bytes  atomic.Int64
}

// tell tells how much it is, and reports whether that is worth telling.
func (h *holding) tell(size int64) bool {
	told := h.bytes.Load()
	if grain := min(grain, h.memory.least()); size <= told+grain && size >= told-grain {
		return false
	}
	h.bytes.Store(size)
	h.memory.used.Add(size - told)
	return true
}

// end tells that it is nothing any more.
func (h *holding) end() { h.memory.used.Add(-h.bytes.Swap(0)) }

// failed says why a store has to end its query.
func (m *Memory) failed(err error) error {
	return fmt.Errorf("the state of the query is larger than the memory for it, %s for all queries together, and cannot be kept on disk: %w",
		display.Bytes(m.limit), err)
}
