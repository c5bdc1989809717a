package op

import "unsafe"

// pieces hands out memory for what is kept by others, many pieces of one allocation. Its zero
// value is ready for use.
type pieces struct{ free []byte }

const (
	// piecesAtOnce is how much is allocated at once, leastRoom how much of it has to be left for the next piece.
	piecesAtOnce = 32 << 10
	leastRoom    = 1 << 10
)

// room returns an empty slice to append a piece to.
func (p *pieces) room() []byte {
	if cap(p.free) < leastRoom {
		p.free = make([]byte, 0, piecesAtOnce)
	}
	return p.free
}

// take gives away what has been appended to the room, which may have outgrown it.
func (p *pieces) take(piece []byte) []byte {
	n := len(piece)
	if unsafe.SliceData(piece) == unsafe.SliceData(p.free) {
		p.free = p.free[n:n]
	}
	return piece[:n:n]
}
