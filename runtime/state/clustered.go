package state

import (
	"bytes"
	"encoding/binary"
	"iter"
	"slices"
)

// Order says how the keys of a store are looked for. The zero Order is of keys that are asked
// for one by one: a scan has to sort them first.
type Order struct {
	scanned bool
	cluster func(key []byte) int
}

// Sorted is the order of keys that are scanned from anywhere to anywhere.
var Sorted = Order{scanned: true}

// Clusters is the order of keys that are scanned among those with the same beginning, their
// cluster, whose length a function tells. No beginning of a cluster begins another one, and
// the bounds of scans begin with a whole one.
func Clusters(beginning func(key []byte) int) Order {
	return Order{scanned: true, cluster: beginning}
}

// memory returns an empty store in memory for that order.
func (o Order) memory() memory {
	switch {
	case o.cluster != nil:
		return NewClustered(o.cluster)
	case o.scanned:
		return NewOrdered()
	default:
		return NewHash()
	}
}

// Clustered is a Store in memory for keys that are scanned in clusters. Make it with
// NewClustered.
//
// Most clusters are small, and their entries lie together in a [Hash], so that one is found
// without going down a tree of all of them. Those that grow large move into an [Ordered], so
// that an entry more costs no more than there.
type Clustered struct {
	beginning func(key []byte) int
	small     *Hash // of each cluster, its entries or that they are in large
	large     *Ordered
	grown     map[string]*int // the number of entries of each cluster in large
	count     int
	key       []byte // that is handed out
	cluster   []byte // that is written
	touched   [][]byte
}

var _ memory = (*Clustered)(nil)

// NewClustered returns an empty store for keys that are scanned among those that begin with
// the same bytes, as many as the function tells.
func NewClustered(beginning func(key []byte) int) *Clustered {
	return &Clustered{beginning: beginning, small: NewHash(), large: NewOrdered(), grown: map[string]*int{}}
}

// smallCluster is how many bytes the entries of a cluster have in the table at most, unless
// that is one.
const smallCluster = 512

// The first byte of what the table has of a cluster: its entries come behind it, or are in the tree.
const (
	entriesHere = iota
	entriesInTree
)

// entry is one of a cluster: the rest of its key, its value, and what comes behind it.
type entry struct {
	rest, value, behind []byte
}

// first cuts the first entry off some.
func first(entries []byte) entry {
	key, n := binary.Uvarint(entries)
	value, m := binary.Uvarint(entries[n:])
	at := n + m
	middle, end := at+int(key), at+int(key)+int(value)
	return entry{entries[at:middle:middle], entries[middle:end:end], entries[end:]}
}

func appendEntry(dst, rest, value []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(rest)))
	dst = binary.AppendUvarint(dst, uint64(len(value)))
	return append(append(dst, rest...), value...)
}

// find returns the cluster of a key and how what the table has of it begins: the entries from
// at on are those whose keys are not less.
func (c *Clustered) find(key []byte) (cluster, rest, found []byte, at int, same bool) {
	n := c.beginning(key)
	cluster, rest = key[:n], key[n:]
	found, _ = c.small.Get(cluster)
	if found == nil || found[0] == entriesInTree {
		return cluster, rest, found, 0, false
	}
	for at = 1; at < len(found); {
		e := first(found[at:])
		if order := bytes.Compare(e.rest, rest); order >= 0 {
			return cluster, rest, found, at, order == 0
		}
		at = len(found) - len(e.behind)
	}
	return cluster, rest, found, at, false
}

// inTree reports whether the entries of a cluster are in the tree.
func inTree(found []byte) bool { return found != nil && found[0] == entriesInTree }

// Get implements [Store].
func (c *Clustered) Get(key []byte) ([]byte, error) {
	_, _, found, at, same := c.find(key)
	switch {
	case inTree(found):
		return c.large.Get(key)
	case !same:
		return nil, nil
	}
	return first(found[at:]).value, nil
}

// Touch implements [Store].
func (c *Clustered) Touch(keys [][]byte) {
	c.touched = c.touched[:0]
	for _, key := range keys {
		c.touched = append(c.touched, key[:c.beginning(key)])
	}
	c.small.Touch(c.touched)
}

// Put implements [Store]. A value as long as the old one takes its place.
func (c *Clustered) Put(key, value []byte) error {
	cluster, rest, found, at, same := c.find(key)
	if inTree(found) {
		before := c.large.Len()
		if err := c.large.Put(key, value); err != nil {
			return err
		}
		c.tell(cluster, c.large.Len()-before)
		return nil
	}
	if same {
		if old := first(found[at:]).value; len(old) == len(value) {
			copy(old, value)
			return nil
		}
	}
	c.cluster = append(c.cluster[:0], entriesHere)
	if found != nil {
		c.cluster = append(c.cluster[:0], found[:at]...)
	}
	c.cluster = appendEntry(c.cluster, rest, value)
	if found != nil {
		behind := found[at:]
		if same {
			behind = first(behind).behind
		}
		c.cluster = append(c.cluster, behind...)
	}
	if !same {
		c.count++
	}
	if len(c.cluster) > smallCluster && len(first(c.cluster[1:]).behind) > 0 {
		return c.grow(cluster)
	}
	return c.small.Put(cluster, c.cluster)
}

// grow moves the cluster that is written into the tree.
func (c *Clustered) grow(cluster []byte) error {
	n := 0
	c.key = append(c.key[:0], cluster...)
	for behind := c.cluster[1:]; len(behind) > 0; n++ {
		e := first(behind)
		c.key = append(c.key[:len(cluster)], e.rest...)
		if err := c.large.Put(c.key, e.value); err != nil {
			return err
		}
		behind = e.behind
	}
	c.grown[string(cluster)] = &n
	return c.small.Put(cluster, []byte{entriesInTree})
}

// tell changes the number of a cluster's entries in the tree, and that of all.
func (c *Clustered) tell(cluster []byte, change int) {
	if change == 0 {
		return
	}
	c.count += change
	n := c.grown[string(cluster)]
	if *n += change; *n == 0 {
		delete(c.grown, string(cluster))
		_ = c.small.Delete(cluster) // which is in memory
	}
}

// Delete implements [Store].
func (c *Clustered) Delete(key []byte) error {
	cluster, _, found, at, same := c.find(key)
	switch {
	case inTree(found):
		before := c.large.Len()
		if err := c.large.Delete(key); err != nil {
			return err
		}
		c.tell(cluster, c.large.Len()-before)
		return nil
	case !same:
		return nil
	}
	c.count--
	c.cluster = append(append(c.cluster[:0], found[:at]...), first(found[at:]).behind...)
	if len(c.cluster) == 1 {
		return c.small.Delete(cluster)
	}
	return c.small.Put(cluster, c.cluster)
}

// visit visits the entries of a cluster in the table, and reports whether it was not stopped.
func (c *Clustered) visit(cluster, found []byte, visit func(key, value []byte) bool) bool {
	c.key = append(c.key[:0], cluster...)
	for behind := found[1:]; len(behind) > 0; {
		e := first(behind)
		c.key = append(c.key[:len(cluster)], e.rest...)
		if !visit(c.key, e.value) {
			return false
		}
		behind = e.behind
	}
	return true
}

// All implements [Store].
func (c *Clustered) All(visit func(key, value []byte) bool) error {
	stopped := false
	err := c.small.All(func(cluster, found []byte) bool {
		stopped = !inTree(found) && !c.visit(cluster, found, visit)
		return !stopped
	})
	if stopped || err != nil {
		return err
	}
	return c.large.All(visit)
}

// Scan implements [Store]. One beyond a cluster has to sort first.
func (c *Clustered) Scan(from, to []byte, visit func(key, value []byte) bool) error {
	if !c.within(from, to) {
		return c.scanAll(from, to, visit)
	}
	cluster := from[:c.beginning(from)]
	found, err := c.small.Get(cluster)
	switch {
	case found == nil || err != nil:
		return err
	case inTree(found):
		return c.large.Scan(from, to, visit)
	}
	c.visit(cluster, found, func(key, value []byte) bool {
		if bytes.Compare(key, from) < 0 {
			return true
		}
		return bytes.Compare(key, to) < 0 && visit(key, value)
	})
	return nil
}

// within reports whether all keys from one up to another are of the same cluster.
func (c *Clustered) within(from, to []byte) bool {
	if from == nil || to == nil {
		return false
	}
	cluster := from[:c.beginning(from)]
	return bytes.HasPrefix(to, cluster) || bytes.Equal(to, Key(cluster).After())
}

func (c *Clustered) scanAll(from, to []byte, visit func(key, value []byte) bool) error {
	type pair struct{ key, value []byte }
	var pairs []pair
	err := c.All(func(key, value []byte) bool {
		if bytes.Compare(key, from) >= 0 && (to == nil || bytes.Compare(key, to) < 0) {
			pairs = append(pairs, pair{slices.Clone(key), value})
		}
		return true
	})
	slices.SortFunc(pairs, func(a, b pair) int { return bytes.Compare(a.key, b.key) })
	for _, p := range pairs {
		if !visit(p.key, p.value) {
			break
		}
	}
	return err
}

// Len implements [Store].
func (c *Clustered) Len() int { return c.count }

// Size implements [Store].
func (c *Clustered) Size() int64 { return c.small.Size() + c.large.Size() }

// Close implements [Store].
func (*Clustered) Close() error { return nil }

// shed implements [memory]: those of the table and of the tree leave, whichever takes more.
func (c *Clustered) shed(size int64, take func(iter.Seq2[[]byte, []byte]) error) error {
	if c.large.Size() > c.small.Size() {
		return c.shedLarge(size, take)
	}
	var staying [][]byte // clusters in the tree
	left := 0
	err := c.small.shed(size, func(clusters iter.Seq2[[]byte, []byte]) error {
		staying, left = nil, 0
		return take(func(yield func(key, value []byte) bool) {
			for cluster, found := range clusters {
				if inTree(found) {
					staying = append(staying, slices.Clone(cluster))
					continue
				}
				if !c.visit(cluster, found, func(key, value []byte) bool { left++; return yield(key, value) }) {
					return
				}
			}
		})
	})
	if err != nil {
		return err
	}
	c.count -= left
	for _, cluster := range staying {
		if err := c.small.Put(cluster, []byte{entriesInTree}); err != nil {
			return err
		}
	}
	return nil
}

func (c *Clustered) shedLarge(size int64, take func(iter.Seq2[[]byte, []byte]) error) error {
	left := map[string]int{}
	err := c.large.shed(size, func(entries iter.Seq2[[]byte, []byte]) error {
		clear(left)
		return take(func(yield func(key, value []byte) bool) {
			for key, value := range entries {
				left[string(key[:c.beginning(key)])]++
				if !yield(key, value) {
					return
				}
			}
		})
	})
	if err != nil {
		return err
	}
	for cluster, n := range left {
		c.tell([]byte(cluster), -n)
	}
	return nil
}
