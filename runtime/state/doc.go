// Package state is what a query remembers: ordered maps of bytes, in memory or beyond
// that on disk, and what keeps track of their changes so that they can be logged and
// restored.
//
// A store belongs to one task, and so to one goroutine. Operators choose the layout
// of their keys; see [Key] for the parts that keep their order as bytes.
package state

// Store is a map from bytes to bytes that knows the order of its keys. Keys and
// values that are handed in may be used again by the caller afterwards; those that
// are handed out are valid until the next call, in a visit until that returns, and must
// not be changed. Errors come from stores that are not in memory alone, and end the query.
type Store interface {
	// Get returns the value of a key, nil if there is none.
	Get(key []byte) ([]byte, error)
	// Touch tells that keys are about to be asked for, so that they can be fetched from memory
	// at the same time. It changes nothing, and may do nothing.
	Touch(keys [][]byte)
	// Put sets the value of a key. It may be empty but not nil.
	Put(key, value []byte) error
	// Delete removes a key, if it is there.
	Delete(key []byte) error
	// Scan visits the keys from one up to another, which is left out, in their order,
	// until visit returns false. Nil bounds are the ends of the store. The store
	// must not be changed meanwhile.
	Scan(from, to []byte, visit func(key, value []byte) bool) error
	// All visits all keys in no order, until visit returns false. The store must not be
	// changed meanwhile.
	All(visit func(key, value []byte) bool) error
	// Len is the number of keys.
	Len() int
	// Size is about how many bytes of memory or disk the store takes.
	Size() int64
	// Close gives back what the store takes. It is not used any more.
	Close() error
}
