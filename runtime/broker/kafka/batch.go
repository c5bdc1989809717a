package kafka

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"unsafe"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// The record batch of Kafka's message format 2: a header of fixed width and
// the records, compressed together. Offsets of its fields:
const (
	atLength     = 8
	atMagic      = 16
	atCRC        = 17
	atAttributes = 21
	atLastDelta  = 23
	atFirstTime  = 27
	atMaxTime    = 35
	atProducer   = 43
	atCount      = 57
	headerSize   = 61

	// lengthBase is where the length field's count begins.
	lengthBase = 12
)

// Bits of a batch's attributes.
const (
	compressionMask   = 0x07
	appendTimeBit     = 0x08
	transactionalBit  = 0x10
	controlBit        = 0x20
	minRecordSize     = 7 // length, attributes, two deltas, two sizes, count
	abortMarker       = 0
	controlKeyVersion = 2 // bytes of the version before a marker's type
)

var (
	errTruncated  = errors.New("records end early")
	errChecksum   = errors.New("checksum mismatch")
	errOldFormat  = errors.New("message format 0 or 1 is not supported: it was retired with Kafka 4.0")
	errBadHeader  = errors.New("malformed batch header")
	errBadVarint  = errors.New("malformed number in a record")
	errBadControl = errors.New("malformed transaction marker")

	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

// batch is one record batch, header and records.
type batch []byte

// cutBatch takes the first batch off raw. It returns nil where raw ends
// within it, as brokers let it: the rest comes with the next fetch.
func cutBatch(raw []byte) (b batch, rest []byte, err error) {
	if len(raw) < atMagic+1 {
		return nil, nil, nil
	}
	length := int64(int32(binary.BigEndian.Uint32(raw[atLength:]))) + lengthBase
	switch {
	case length <= atMagic:
		return nil, nil, errBadHeader
	case length > int64(len(raw)):
		return nil, nil, nil
	case raw[atMagic] != 2:
		return raw[:length], raw[length:], errOldFormat
	case length < headerSize:
		return nil, nil, errBadHeader
	}
	return raw[:length:length], raw[length:], nil
}

func (b batch) firstOffset() int64 { return int64(binary.BigEndian.Uint64(b)) }
func (b batch) attributes() int16  { return int16(binary.BigEndian.Uint16(b[atAttributes:])) }
func (b batch) firstTime() int64   { return int64(binary.BigEndian.Uint64(b[atFirstTime:])) }
func (b batch) maxTime() int64     { return int64(binary.BigEndian.Uint64(b[atMaxTime:])) }
func (b batch) producer() int64    { return int64(binary.BigEndian.Uint64(b[atProducer:])) }
func (b batch) count() int32       { return int32(binary.BigEndian.Uint32(b[atCount:])) }
func (b batch) control() bool      { return b.attributes()&controlBit != 0 }
func (b batch) transactional() bool {
	return b.attributes()&transactionalBit != 0
}

// next is the offset after the batch. Compaction keeps it when it removes
// records, even all of them.
func (b batch) next() int64 {
	return b.firstOffset() + int64(int32(binary.BigEndian.Uint32(b[atLastDelta:]))) + 1
}

// intact checks the checksum, which covers all that a broker doesn't rewrite.
func (b batch) intact() error {
	if crc32.Checksum(b[atAttributes:], castagnoli) != binary.BigEndian.Uint32(b[atCRC:]) {
		return errChecksum
	}
	return nil
}

// records returns the records' bytes, decompressed. They alias the batch when
// it is not compressed.
func (b batch) records(d kgo.Decompressor) ([]byte, error) {
	codec := kgo.CompressionCodecType(b.attributes() & compressionMask)
	raw, err := d.Decompress(b[headerSize:], codec)
	if err != nil {
		return nil, fmt.Errorf("decompressing: %w", err)
	}
	return raw, nil
}

// aborts reports whether a control batch ends a transaction by aborting it.
func (b batch) aborts() (bool, error) {
	r := recordReader{raw: b[headerSize:]}
	var m broker.Message
	if err := r.read(&m, b); err != nil {
		return false, err
	}
	if len(m.Key) < controlKeyVersion+2 {
		return false, errBadControl
	}
	return binary.BigEndian.Uint16(m.Key[controlKeyVersion:]) == abortMarker, nil
}

// recordReader reads records one after the other. Headers of all of them are
// carved from one slice.
type recordReader struct {
	raw     []byte
	headers []broker.Header
}

// read fills m with the next record of b. Everything in it aliases raw.
func (r *recordReader) read(m *broker.Message, b batch) error {
	length, raw, ok := varint(r.raw)
	if !ok || length < 0 || length > int64(len(raw)) {
		return errTruncated
	}
	record := raw[:length:length]
	r.raw = raw[length:]
	if len(record) == 0 {
		return errTruncated
	}
	timeDelta, record, ok1 := varint(record[1:]) // after the unused attributes
	offsetDelta, record, ok2 := varint(record)
	if !ok1 || !ok2 {
		return errBadVarint
	}
	m.Offset = b.firstOffset() + offsetDelta
	m.Time = b.firstTime() + timeDelta
	if m.Key, record, ok1 = bytesField(record); !ok1 {
		return errTruncated
	}
	if m.Value, record, ok2 = bytesField(record); !ok2 {
		return errTruncated
	}
	count, record, ok := varint(record)
	if !ok || count < 0 || count > int64(len(record)) {
		return errTruncated
	}
	m.Headers = nil
	if count == 0 {
		return nil
	}
	return r.readHeaders(m, record, int(count))
}

func (r *recordReader) readHeaders(m *broker.Message, record []byte, count int) error {
	first := len(r.headers)
	for range count {
		key, rest, ok1 := bytesField(record)
		value, rest, ok2 := bytesField(rest)
		if !ok1 || !ok2 {
			return errTruncated
		}
		record = rest
		// The bytes are never written again, so the key may be seen as the
		// string it is without a copy.
		r.headers = append(r.headers, broker.Header{Key: unsafe.String(unsafe.SliceData(key), len(key)), Value: value})
	}
	m.Headers = r.headers[first:len(r.headers):len(r.headers)]
	return nil
}

// bytesField reads a length and as many bytes; -1 is null.
func bytesField(raw []byte) (field, rest []byte, ok bool) {
	length, raw, ok := varint(raw)
	if !ok || length > int64(len(raw)) {
		return nil, nil, false
	}
	if length < 0 {
		return nil, raw, true
	}
	return raw[:length:length], raw[length:], true
}

// varint reads a zig-zag number of up to ten bytes.
func varint(raw []byte) (n int64, rest []byte, ok bool) {
	if len(raw) > 0 && raw[0] < 0x80 { // most are this short
		u := uint64(raw[0])
		return int64(u>>1) ^ -int64(u&1), raw[1:], true
	}
	n, width := binary.Varint(raw)
	if width <= 0 {
		return 0, nil, false
	}
	return n, raw[width:], true
}
