package state

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// Origin is what a snapshot stands for: all records of a partition of a changelog up to
// an offset.
type Origin struct {
	// Topic is the id of the changelog, which no other topic of that name has.
	Topic  [16]byte
	Offset int64
}

// A snapshot is this head, the topic's id, the offset, the entries (the length of the
// key plus one, the key, the length of the value, the value), a zero, and the CRC-32C of
// all that.
const snapshotHead = "ksqlite snapshot 1\n"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrSnapshot says that a snapshot is damaged, or none.
var ErrSnapshot = errors.New("the snapshot cannot be used")

// beingWritten is what stands behind the name of a snapshot until it is whole. One that a
// process leaves so when it is killed is written over by the next.
const beingWritten = ".new"

// Save writes a snapshot of a store into a file, which is the old one or the new one
// whatever happens meanwhile. Nobody else saves under that name.
func Save(name string, from Origin, store Store) (err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(name+beingWritten, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if err := errors.Join(write(file, from, store), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}

func write(file io.Writer, from Origin, store Store) error {
	sum := crc32.New(castagnoli)
	w := bufio.NewWriterSize(io.MultiWriter(file, sum), 1<<18)
	head := append([]byte(snapshotHead), from.Topic[:]...)
	if _, err := w.Write(binary.BigEndian.AppendUint64(head, uint64(from.Offset))); err != nil {
		return err
	}
	var fault error
	var length []byte
	err := store.All(func(key, value []byte) bool {
		length = binary.AppendUvarint(length[:0], uint64(len(key))+1)
		_, e1 := w.Write(length)
		_, e2 := w.Write(key)
		length = binary.AppendUvarint(length[:0], uint64(len(value)))
		_, e3 := w.Write(length)
		_, e4 := w.Write(value)
		fault = errors.Join(e1, e2, e3, e4)
		return fault == nil
	})
	if err := errors.Join(err, fault, w.WriteByte(0), w.Flush()); err != nil {
		return err
	}
	_, err = file.Write(sum.Sum(nil))
	return err
}

// Load fills an empty store from a snapshot of that topic, and returns the offset up to
// which it goes. It is ErrSnapshot for a file that is damaged or of another topic,
// and fs.ErrNotExist where there is none; nothing is put into the store then.
func Load(name string, topic [16]byte, into Store) (offset int64, err error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	head := len(snapshotHead) + len(topic)
	end := len(raw) - crc32.Size
	if end < head+8 || string(raw[:len(snapshotHead)]) != snapshotHead || [16]byte(raw[len(snapshotHead):]) != topic ||
		binary.BigEndian.Uint32(raw[end:]) != crc32.Checksum(raw[:end], castagnoli) {
		return 0, fmt.Errorf("%s: %w", name, ErrSnapshot)
	}
	offset = int64(binary.BigEndian.Uint64(raw[head:]))
	entries := raw[head+8 : end]
	for len(entries) > 1 { // up to the zero
		var key, value []byte
		n, width := binary.Uvarint(entries)
		key, entries = cut(entries[width:], n-1)
		n, width = binary.Uvarint(entries)
		value, entries = cut(entries[width:], n)
		if err := into.Put(key, value); err != nil {
			return 0, err
		}
	}
	return offset, nil
}

// cut splits off the first n bytes. The checksum has said that they are there.
func cut(b []byte, n uint64) (first, rest []byte) { return b[:n:n], b[n:] }
