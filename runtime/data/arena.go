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

// Copy returns a copy of bytes, of a store say, which stays when that changes.
func (a *Arena) Copy(raw []byte) []byte { return append(a.Bytes(len(raw))[:0], raw...) }

// Bytes returns n bytes, whose content is undefined.
func (a *Arena) Bytes(n int) []byte { return a.bytes.take(n, bytesPerChunk) }

// Entries returns n entries for a MAP, whose content is undefined.
func (a *Arena) Entries(n int) []Entry {
	values := a.Values(2 * n)
	return unsafe.Slice((*Entry)(unsafe.Pointer(unsafe.SliceData(values))), n)
}

// Reset makes everything handed out so far available again: nobody may hold on to it. Memory
// that has not been needed for some time is given back.
func (a *Arena) Reset() {
	a.values.reset(valuesPerChunk)
	a.bytes.reset(bytesPerChunk)
}

// Mark is a moment in the life of an arena, until it is reset.
type Mark struct{ values, bytes chunkMark }

// Mark returns the present moment.
func (a *Arena) Mark() Mark { return Mark{a.values.mark(), a.bytes.mark()} }

// Rewind makes everything available again that was handed out since that moment.
func (a *Arena) Rewind(to Mark) {
	a.values.rewind(to.values)
	a.bytes.rewind(to.bytes)
}

// chunks is a list of slices of which those before current are used up and
// those after it are empty.
type chunks[T any] struct {
	list     [][]T
	current  int
	capacity int // of all
	most     int // that was in use at once since something was given back last
	resets   int // since then
}

// chunkMark is how much of which chunk is in use.
type chunkMark struct{ chunk, used int }

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
	c.capacity += cap(c.list[c.current])
	return c.list[c.current][:n:n]
}

func (c *chunks[T]) mark() chunkMark {
	if c.current == len(c.list) {
		return chunkMark{c.current, 0}
	}
	return chunkMark{c.current, len(c.list[c.current])}
}

func (c *chunks[T]) rewind(to chunkMark) {
	c.note()
	for i := to.chunk + 1; i <= c.current && i < len(c.list); i++ {
		c.list[i] = c.list[i][:0]
	}
	if to.chunk < len(c.list) {
		c.list[to.chunk] = c.list[to.chunk][:to.used]
	}
	c.current = to.chunk
}

// note notes how much is in use.
func (c *chunks[T]) note() {
	used := 0
	for _, chunk := range c.list[:min(c.current+1, len(c.list))] {
		used += len(chunk)
	}
	c.most = max(c.most, used)
}

const (
	// resetsPerTrim is how often memory is used again before it is looked whether there is too much.
	resetsPerTrim = 64
	// spare is how much more memory there may be than was in use; what is left over at the ends of chunks counts.
	spare = 4
)

func (c *chunks[T]) reset(size int) {
	c.rewind(chunkMark{})
	if c.resets++; c.resets < resetsPerTrim {
		return
	}
	if c.capacity > spare*max(c.most, size) {
		c.list, c.capacity = nil, 0
	}
	c.resets, c.most = 0, 0
}
