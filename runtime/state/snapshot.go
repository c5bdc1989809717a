package state

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
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

// Save writes a snapshot of a store into a file, which is the old one or the new one
// whatever happens meanwhile.
func Save(name string, from Origin, store Store) (err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
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
// which it goes. After an error the store may have got anything; it is ErrSnapshot
// for a file that is damaged or of another topic, and fs.ErrNotExist where there is none.
func Load(name string, topic [16]byte, into Store) (offset int64, err error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	r := &reader{from: bufio.NewReaderSize(file, 1<<18), sum: crc32.New(castagnoli)}
	head := r.take(len(snapshotHead) + len(topic) + 8)
	if r.err != nil || string(head[:len(snapshotHead)]) != snapshotHead || [16]byte(head[len(snapshotHead):]) != topic {
		return 0, fmt.Errorf("%s: %w", name, ErrSnapshot)
	}
	offset = int64(binary.BigEndian.Uint64(head[len(snapshotHead)+len(topic):]))
	for r.err == nil {
		n := r.uvarint()
		if n == 0 {
			break
		}
		key := append([]byte(nil), r.take(n-1)...)
		value := r.take(r.uvarint())
		if r.err == nil {
			r.err = into.Put(key, value)
		}
	}
	want := r.sum.Sum(nil)
	if got := r.take(len(want)); r.err != nil || string(got) != string(want) {
		return 0, fmt.Errorf("%s: %w", name, ErrSnapshot)
	}
	return offset, nil
}

// reader reads a snapshot. The first error stays.
type reader struct {
	from *bufio.Reader
	sum  hash.Hash
	buf  []byte
	err  error
}

// longestPart bounds what damage can make us allocate.
const longestPart = 1 << 30

// take returns the next bytes, until the next call.
func (r *reader) take(n int) []byte {
	if r.err == nil && (n < 0 || n > longestPart) {
		r.err = ErrSnapshot
	}
	if r.err != nil {
		return nil
	}
	if n > cap(r.buf) {
		r.buf = make([]byte, n)
	}
	r.buf = r.buf[:n]
	_, r.err = io.ReadFull(r.from, r.buf)
	r.sum.Write(r.buf)
	return r.buf
}

func (r *reader) uvarint() int {
	if r.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(r)
	r.err = err
	return int(min(n, longestPart+1))
}

// ReadByte implements io.ByteReader.
func (r *reader) ReadByte() (byte, error) {
	b, err := r.from.ReadByte()
	r.sum.Write([]byte{b})
	return b, err
}
