package state

import "iter"

// Disk is where stores keep what does not fit into memory. It is safe for concurrent
// use. What it keeps is gone with the process.
type Disk interface {
	// NewTable makes an empty table.
	NewTable() (Table, error)
	// Close removes everything. All tables are closed before.
	Close() error
}

// OpenDisk opens a disk in a folder, which is made if it is missing; "" is the system's
// folder for what is temporary. It may take so many bytes of memory for itself. What
// a process that was killed has left in the folder is removed.
type OpenDisk func(folder string, memory int64) (Disk, error)

// Table is the part of a store that lies on disk: a map that knows the order of its
// keys. Like its store it belongs to one goroutine. Errors are final: nothing of the
// table can be relied on any more.
type Table interface {
	// Get returns the value of a key, nil if there is none. It is valid until the next
	// call.
	Get(key []byte) ([]byte, error)
	// GetAll looks for several keys at the same time, and calls found with the number of each and its
	// value, which is valid until that returns, nil if there is none. It may call it from several goroutines at once.
	GetAll(keys [][]byte, found func(i int, value []byte)) error
	// Write sets the values of some keys, which come in their order, each once.
	Write(entries iter.Seq2[[]byte, []byte]) error
	// Remove deletes some keys, which come in their order, each once.
	Remove(entries iter.Seq2[[]byte, []byte]) error
	// Seek returns the entries from one key up to another, which is left out. Nil bounds
	// are the ends of the table. Nothing is written before it is closed.
	Seek(from, to []byte) (Cursor, error)
	// Size is about how many bytes the table takes on disk.
	Size() int64
	// Close removes the table.
	Close() error
}

// Cursor goes over entries of a table in the order of their keys.
type Cursor interface {
	// Next returns the next entry, which is valid until the next call, a nil key at the end or
	// after an error.
	Next() (key, value []byte)
	// Close ends the use of the cursor, and returns the error that ended it.
	Close() error
}
