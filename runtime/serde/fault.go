package serde

import (
	"slices"
	"strconv"
	"strings"
)

// fault is why the bytes of a binary format could not be read or a row not be
// written. It is noted where it is found and takes up its path on the way to the root.
type fault struct {
	message string
	trail   []string // the steps from the fault up to the root: .NAME or [2]
	pardons
}

// fail notes what is wrong; it returns false for the caller to return.
func (f *fault) fail(message string) bool {
	f.message, f.trail, f.last = message, f.trail[:0], 0
	return false
}

// in adds the name of a column or field to the path.
func (f *fault) in(name string) bool {
	f.trail = append(f.trail, "."+name)
	return false
}

// at adds the index of an element to the path.
func (f *fault) at(index int) bool {
	f.trail = append(f.trail, "["+strconv.Itoa(index)+"]")
	return false
}

// path returns the way from the root down to the fault, as in $.A[2].
func (f *fault) path() string {
	slices.Reverse(f.trail)
	return "$" + strings.Join(f.trail, "")
}
