package state

import (
	"bytes"
	"sync/atomic"
)

// ahead are entries of a table that were read before they are asked for, which is in their order.
// Whatever changes the table has to forget them.
type ahead struct {
	entries []fetched
	next    int    // that is asked for
	bytes   []byte // of the keys
	keys    [][]byte
}

// fetched is what the table has of a key: a nil value is none. Known is false if that was not kept.
type fetched struct {
	key, value []byte
	known      bool
}

const (
	// fewestAhead is how many keys are worth being read together.
	fewestAhead = 8
	// mostAhead is how many bytes of values are kept.
	mostAhead = 1 << 20
)

// Touch implements [Store]. It reads what is not in memory, unless the keys are only the beginnings
// of others. An error is met where a key is asked for.
func (t *Tiered) Touch(keys [][]byte) {
	t.memory.Touch(keys)
	t.ahead.forget()
	if _, single := t.memory.(*Hash); !single || t.table == nil {
		return
	}
	for _, key := range keys {
		if value, _ := t.memory.Get(key); value == nil && len(key) > 0 && !t.hidden(key) {
			t.ahead.add(key)
		}
	}
	if len(t.ahead.entries) >= fewestAhead {
		t.ahead.read(t.table)
	}
}

func (a *ahead) add(key []byte) {
	from := len(a.bytes)
	a.bytes = append(a.bytes, key...)
	own := a.bytes[from:len(a.bytes):len(a.bytes)]
	a.entries, a.keys = append(a.entries, fetched{key: own}), append(a.keys, own)
}

// read reads the values, as many as may be kept.
func (a *ahead) read(table Table) {
	var size atomic.Int64
	err := table.GetAll(a.keys, func(i int, value []byte) {
		if size.Add(int64(len(value))) > mostAhead {
			return
		}
		if a.entries[i].known = true; value != nil {
			a.entries[i].value = append([]byte{}, value...)
		}
	})
	if err != nil {
		a.forget()
	}
}

// get returns the value of a key and whether it is known.
func (a *ahead) get(key []byte) (value []byte, known bool) {
	for i := a.next; i < len(a.entries); i++ {
		if bytes.Equal(a.entries[i].key, key) {
			a.next = i + 1
			return a.entries[i].value, a.entries[i].known
		}
	}
	return nil, false
}

func (a *ahead) forget() {
	clear(a.entries)
	a.entries, a.keys, a.bytes, a.next = a.entries[:0], a.keys[:0], a.bytes[:0], 0
}
