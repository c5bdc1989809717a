package op

import "github.com/ksqlite/ksqlite/runtime/data"

// This file holds what all joins share.

// inputFunc is an [Input] of a function.
type inputFunc func(*data.Batch) error

// Push calls the function.
func (f inputFunc) Push(batch *data.Batch) error { return f(batch) }

// wholeKey reports whether there is a key and no part of it is NULL.
func wholeKey(key data.Row) bool {
	for _, v := range key {
		if v.IsNull() {
			return false
		}
	}
	return key != nil
}

// sideBySide returns the columns of two rows, in the arena. A row that is nil is as
// many NULLs as width.
func sideBySide(ctx *Context, left, right data.Row, width int) data.Row {
	n := len(left) + len(right)
	if left == nil || right == nil {
		n += width
	}
	row := ctx.Frame.Arena.Values(n)
	clear(row)
	if left == nil {
		copy(row[width:], right)
		return row
	}
	copy(row[copy(row, left):], right)
	return row
}
