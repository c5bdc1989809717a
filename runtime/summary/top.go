package summary

import (
	"cmp"
	"container/heap"
	"hash/maphash"
	"slices"
	"strings"
	"unicode/utf8"
)

// capacity is how many values are counted at once. As long as there are no more
// different ones, all counts are exact.
const capacity = 1000

// Frequent is a value that comes often.
type Frequent struct {
	Text string
	// Count is how often it came, or a little less than AtMost: at least that often, and at
	// most AtMost times. The two are the same where nothing had to be estimated.
	Count, AtMost int64
}

// top finds the most frequent values by the Space-Saving algorithm: a value that is not
// counted takes the place of the one that was met least, and its count. So a count is too large
// by at most that of the value that was replaced, and none that is more frequent than one in capacity
// values is missed.
type top struct {
	heap   byCount
	byKey  map[string]*counter
	full   bool // a value has been replaced
	hashed maphash.Seed
}

// counter counts a value.
type counter struct {
	Frequent
	key   string
	over  int64 // by how much the count may be too large
	index int   // in the heap
}

func newTop() *top { return &top{byKey: map[string]*counter{}, hashed: maphash.MakeSeed()} }

// add counts a value.
func (t *top) add(text []byte) {
	key := text
	if len(text) > maxText {
		key = append(append([]byte{}, text[:maxText]...), t.hash(text)...)
	}
	if c := t.byKey[string(key)]; c != nil {
		c.AtMost++
		heap.Fix(&t.heap, c.index)
		return
	}
	if len(t.heap) < capacity {
		c := &counter{key: string(key), Frequent: Frequent{Text: cut(string(text)), AtMost: 1}}
		t.byKey[c.key] = c
		heap.Push(&t.heap, c)
		return
	}
	t.full = true
	c := t.heap[0]
	delete(t.byKey, c.key)
	c.key, c.Text, c.over = string(key), cut(string(text)), c.AtMost
	c.AtMost++
	t.byKey[c.key] = c
	heap.Fix(&t.heap, 0)
}

func (t *top) hash(text []byte) []byte {
	h := maphash.Bytes(t.hashed, text)
	sum := make([]byte, 8)
	for i := range sum {
		sum[i] = byte(h >> (8 * i))
	}
	return sum
}

// first returns the n most frequent values. Of equally frequent ones, the order is that of the
// texts.
func (t *top) first(n int) []Frequent {
	all := make([]Frequent, len(t.heap))
	for i, c := range t.heap {
		all[i] = c.Frequent
		all[i].Count = c.AtMost - c.over
	}
	slices.SortFunc(all, func(a, b Frequent) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(b.AtMost, a.AtMost), strings.Compare(a.Text, b.Text))
	})
	return all[:min(n, len(all))]
}

// byCount is a heap of counters, the least count first.
type byCount []*counter

func (h byCount) Len() int           { return len(h) }
func (h byCount) Less(i, j int) bool { return h[i].AtMost < h[j].AtMost }

func (h byCount) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

// Push implements [heap.Interface].
func (h *byCount) Push(x any) {
	c := x.(*counter)
	c.index = len(*h)
	*h = append(*h, c)
}

// Pop implements [heap.Interface].
func (h *byCount) Pop() any {
	last := len(*h) - 1
	c := (*h)[last]
	*h = (*h)[:last]
	return c
}

// cut returns a text that is no longer than what is kept.
func cut(text string) string {
	if len(text) <= maxText {
		return text
	}
	end := maxText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
