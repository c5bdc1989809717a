package state

import (
	"sync"
	"sync/atomic"
)

// Owner is who has some stores and is the only one to use them, from one goroutine at a
// time. While he waits for something else he rests: then others may put parts of his stores on
// disk if they need the memory, which leaves what is in the stores as it is. Make it with
// [Memory.NewOwner].
type Owner struct {
	memory  *Memory     // nil is memory without a bound
	using   sync.Mutex  // held by whoever may touch the stores
	resting bool        // the owner does not hold it; he alone knows
	asked   atomic.Bool // for a part of one of the stores
}

// NewOwner returns an owner who is using his stores.
func (m *Memory) NewOwner() *Owner {
	o := &Owner{memory: m}
	o.using.Lock()
	return o
}

// NewStore returns an empty store for keys of that order. The owner need not be using his stores
// when he makes another one.
func (o *Owner) NewStore(order Order) Store {
	made := order.memory()
	if o.memory == nil {
		return made
	}
	t := &Tiered{memory: made, owner: o, budget: o.memory, held: holding{memory: o.memory}}
	o.memory.open(t)
	return t
}

// Rest says that no store is used until [Owner.Resume] is called. Stores that were asked for
// a part and have not been written to since part with it now. Who rests already goes on to do so.
func (o *Owner) Rest() {
	if o.resting {
		return
	}
	if o.asked.Swap(false) {
		for _, t := range o.memory.wantedOf(o) {
			t.part()
		}
	}
	o.resting = true
	o.using.Unlock()
}

// Resume says that the stores are used from now on, and reports whether they were not before. It
// waits for those who are just putting something on disk.
func (o *Owner) Resume() bool {
	if !o.resting {
		return false
	}
	o.using.Lock()
	o.resting = false
	return true
}

// Short reports whether all stores hold more than they may.
func (o *Owner) Short() bool { return o.memory != nil && o.memory.over() > 0 }

// partWith has a store part with something, and reports whether it has done so: it will soon if
// the owner is using it.
func (o *Owner) partWith(t *Tiered) bool {
	t.wanted.Store(true)
	o.asked.Store(true)
	if !o.using.TryLock() {
		return false
	}
	defer o.using.Unlock()
	return t.part()
}
