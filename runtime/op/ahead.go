package op

import (
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// ahead touches what is about to be asked for: where there are millions of keys, most of the
// time of an operator goes by waiting for memory, which can be waited for together.
type ahead struct {
	keys  [][]byte
	bytes []byte
}

const (
	// aheadRecords is how many records are looked at ahead.
	aheadRecords = 32
	// worthAhead is how many there have to be.
	worthAhead = 4
)

// touch is called before each record of a batch, which it looks ahead of now and then.
func (a *ahead) touch(records []data.Record, i int, key func(dst []byte, record *data.Record) []byte, stores ...state.Store) {
	if i%aheadRecords != 0 || len(records)-i < worthAhead {
		return
	}
	a.keys, a.bytes = a.keys[:0], a.bytes[:0]
	for ; i < len(records) && len(a.keys) < aheadRecords; i++ {
		start := len(a.bytes)
		a.bytes = key(a.bytes, &records[i])
		a.keys = append(a.keys, a.bytes[start:len(a.bytes):len(a.bytes)])
	}
	for _, store := range stores {
		store.Touch(a.keys)
	}
}
