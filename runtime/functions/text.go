package functions

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"
	"unsafe"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file counts text as ksqlDB does, in UTF-16 code units, though it lies in
// memory as UTF-8: a character outside the basic plane counts as two.

const highBits = 0x8080808080808080

// ascii reports whether s has no byte above 127, so that bytes are code units.
func ascii(s string) bool {
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	for len(b) >= 8 {
		if binary.LittleEndian.Uint64(b)&highBits != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// units returns the length of s in UTF-16 code units.
func units(s string) int {
	if ascii(s) {
		return len(s)
	}
	n := 0
	for _, r := range s {
		n += width(r)
	}
	return n
}

// length is units as LEN's result.
func length(s string) int32 { return int32(units(s)) }

// width returns the number of UTF-16 code units of a character.
func width(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}

// cut returns the code units of s from index from up to index to; both are
// within its length and in order. Half of a pair becomes a question mark, as
// where Java writes one.
func cut(env *Env, s string, from, to int) string {
	if ascii(s) {
		return s[from:to]
	}
	start, startsInPair := offset(s, from)
	end, endsInPair := offset(s, to)
	if startsInPair && from < to {
		start += 4 // the rest of the pair
	}
	if !startsInPair && !endsInPair || from == to {
		return s[start:max(start, end)]
	}
	out := buffer(env, end-start+2)
	if startsInPair {
		out = append(out, '?')
	}
	if start < end {
		out = append(out, s[start:end]...)
	}
	if endsInPair {
		out = append(out, '?')
	}
	return text(out)
}

// offset returns the byte offset of the code unit at index n, and whether n is
// inside a pair; the offset is then that of the pair.
func offset(s string, n int) (at int, inPair bool) {
	if n == 0 {
		return 0, false
	}
	for i, r := range s {
		if n <= 0 {
			return i, false
		}
		if n == 1 && r >= 0x10000 {
			return i, true
		}
		n -= width(r)
	}
	return len(s), false
}

// longestText is the most bytes that text and bytes may grow to: a length or a
// repetition that comes from data must not take all memory.
const longestText = 64 << 20

// checkSize returns an error for text or bytes that would grow too long.
func checkSize(size int) error {
	if size > longestText {
		return fmt.Errorf("the result would have %d bytes; at most %d are possible", size, longestText)
	}
	return nil
}

// buffer returns an empty buffer of that capacity in the arena.
func buffer(env *Env, capacity int) []byte { return env.Arena.Bytes(max(capacity, 0))[:0] }

// text returns the bytes as text without copying: nobody may change them any more.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// raw returns the bytes of a text without copying: nobody may change them.
func raw(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// texts returns an ARRAY<STRING> in the arena.
func texts(env *Env, parts []string) data.Value {
	elems := env.Arena.Values(len(parts))
	for i, p := range parts {
		elems[i] = data.String(p)
	}
	return data.Array(elems)
}

// clampInt32 returns i as an INT, or the nearest INT.
func clampInt32(i int64) int32 { return int32(min(max(i, math.MinInt32), math.MaxInt32)) }
