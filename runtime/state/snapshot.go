package state

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Origin is what a snapshot stands for: all records of a partition of a changelog up to
// an offset.
type Origin struct {
	// Topic is the id of the changelog, which no other topic of that name has.
	Topic  [16]byte
	Offset int64
}

// A snapshot is this head, the topic's id, the offset, the number of keys, the CRC-32C of
// all that, and blocks: the length of the entries in it, their CRC-32C, and the entries (the
// length of the key, the key, the length of the value, the value). A block without
// entries is the last one. So a store of any size is read in pieces, none of which is put into
// the store before it is known to be whole.
const (
	snapshotHead = "ksqlite snapshot 2\n"
	headLength   = len(snapshotHead) + 16 + 8 + 8
	// blockSize is how many bytes of entries make a block, or more if one is longer.
	blockSize = 1 << 18
)

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
	w := bufio.NewWriterSize(file, blockSize)
	head := append([]byte(snapshotHead), from.Topic[:]...)
	head = binary.BigEndian.AppendUint64(head, uint64(from.Offset))
	head = binary.BigEndian.AppendUint64(head, uint64(store.Len()))
	if _, err := w.Write(binary.BigEndian.AppendUint32(head, crc32.Checksum(head, castagnoli))); err != nil {
		return err
	}
	var fault error
	var block []byte
	err := store.All(func(key, value []byte) bool {
		block = append(binary.AppendUvarint(block, uint64(len(key))), key...)
		block = append(binary.AppendUvarint(block, uint64(len(value))), value...)
		if len(block) >= blockSize {
			fault = writeBlock(w, block)
			block = block[:0]
		}
		return fault == nil
	})
	if err == nil && fault == nil && len(block) > 0 {
		fault = writeBlock(w, block)
	}
	return errors.Join(err, fault, writeBlock(w, nil), w.Flush())
}

func writeBlock(w io.Writer, block []byte) error {
	head := binary.BigEndian.AppendUint32(nil, uint32(len(block)))
	if _, err := w.Write(binary.BigEndian.AppendUint32(head, crc32.Checksum(block, castagnoli))); err != nil {
		return err
	}
	_, err := w.Write(block)
	return err
}

// Load fills an empty store from a snapshot of that topic, and returns the offset up to
// which it goes. It is ErrSnapshot for a file that is damaged or of another topic,
// and fs.ErrNotExist where there is none; the store is then of no use.
func Load(name string, topic [16]byte, into Store) (offset int64, err error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	s := snapshot{file: bufio.NewReaderSize(file, blockSize), left: info.Size()}
	head := s.read(int64(headLength))
	if s.sum() != crc32.Checksum(head, castagnoli) || s.broken || !bytes.HasPrefix(head, []byte(snapshotHead)) ||
		!bytes.HasPrefix(head[len(snapshotHead):], topic[:]) {
		return 0, fmt.Errorf("%s: %w", name, ErrSnapshot)
	}
	numbers := head[len(snapshotHead)+len(topic):]
	offset = int64(binary.BigEndian.Uint64(numbers))
	if roomy, ok := into.(interface{ room(keys int) }); ok {
		roomy.room(int(binary.BigEndian.Uint64(numbers[8:])))
	}
	if err := s.fill(into); err != nil {
		return 0, err
	}
	if s.broken || s.left > 0 {
		return 0, fmt.Errorf("%s: %w", name, ErrSnapshot)
	}
	return offset, nil
}

// snapshot is one that is read.
type snapshot struct {
	file   io.Reader
	left   int64 // bytes of the file
	broken bool  // it cannot be used
	buf    []byte
}

// read returns the next bytes, which are valid until the next call; no more than a few if there are not so many.
func (s *snapshot) read(n int64) []byte {
	if s.broken = s.broken || n > s.left; s.broken {
		return nil
	}
	s.left -= n
	s.buf = slices.Grow(s.buf[:0], int(n))[:n]
	_, err := io.ReadFull(s.file, s.buf)
	s.broken = err != nil
	return s.buf
}

// sum reads a checksum, or a length. It leaves what was read before as it is.
func (s *snapshot) sum() uint32 {
	if s.left -= crc32.Size; s.left < 0 {
		s.broken = true
		return 0
	}
	var raw [crc32.Size]byte
	_, err := io.ReadFull(s.file, raw[:])
	s.broken = s.broken || err != nil
	return binary.BigEndian.Uint32(raw[:])
}

// fill puts the entries of all blocks into a store.
func (s *snapshot) fill(into Store) error {
	var some entries
	for {
		length, sum := s.sum(), s.sum()
		block := s.read(int64(length))
		if s.broken = s.broken || crc32.Checksum(block, castagnoli) != sum; s.broken || length == 0 {
			return nil
		}
		for len(block) > 0 {
			some.n = 0
			for ; some.n < together && len(block) > 0; some.n++ {
				some.keys[some.n], block = cut(block)
				some.values[some.n], block = cut(block)
			}
			if err := fill(into, &some); err != nil {
				return err
			}
		}
	}
}

// fill puts entries into a store that has none of them.
func fill(into Store, e *entries) error {
	switch into := into.(type) {
	case *Hash:
		into.fill(e)
		return nil
	case *Tiered:
		return into.fill(e)
	default:
		return putAll(into, e)
	}
}

func putAll(into Store, e *entries) error {
	for i, key := range e.keys[:e.n] {
		if err := into.Put(key, e.values[i]); err != nil {
			return err
		}
	}
	return nil
}

// cut splits off bytes that follow their length. The checksum has said that they are there.
func cut(b []byte) (first, rest []byte) {
	n, width := binary.Uvarint(b)
	end := width + int(n)
	return b[width:end:end], b[end:]
}
