package data

import "unsafe"

// Arena hands out slices of values and bytes from chunks that are used again
// after [Arena.Reset]: decoding a batch of rows allocates nothing once the
// arena has grown to the size of a batch. The zero Arena is ready for use; an
// Arena belongs to one goroutine at a time.
type Arena struct {
	values chunks[Value]
	bytes  chunks[byte]
}

const (
	valuesPerChunk = 4096      // 96 KiB
	bytesPerChunk  = 64 * 1024 // for text that had to be unescaped
)

// Values returns n values, whose content is undefined.
func (a *Arena) Values(n int) []Value { return a.values.take(n, valuesPerChunk) }

// Bytes returns n bytes, whose content is undefined.
func (a *Arena) Bytes(n int) []byte { return a.bytes.take(n, bytesPerChunk) }

// Entries returns n entries for a MAP, whose content is undefined.
func (a *Arena) Entries(n int) []Entry {
	values := a.Values(2 * n)
	return unsafe.Slice((*Entry)(unsafe.Pointer(unsafe.SliceData(values))), n)
}

// Reset makes everything handed out so far available again: nobody may hold on to it.
func (a *Arena) Reset() {
	a.values.reset()
	a.bytes.reset()
}

// chunks is a list of slices of which those before current are used up and
// those after it are empty.
type chunks[T any] struct {
	list    [][]T
	current int
}

func (c *chunks[T]) take(n, size int) []T {
	for c.current < len(c.list) {
		chunk := c.list[c.current]
		if used := len(chunk); used+n <= cap(chunk) {
			c.list[c.current] = chunk[:used+n]
			return chunk[used : used+n : used+n]
		}
		c.current++
	}
	c.list = append(c.list, make([]T, n, max(n, size)))
	return c.list[c.current][:n:n]
}

func (c *chunks[T]) reset() {
	for i := range c.list {
		c.list[i] = c.list[i][:0]
	}
	c.current = 0
}
