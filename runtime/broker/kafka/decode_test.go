package kafka

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// spec is a batch to be made: records at deltas from a first offset.
type spec struct {
	first    int64
	deltas   []int32
	last     int32 // delta of the last offset, which compaction keeps
	attrs    int16
	producer int64
	abort    bool // of a control batch
	headers  int
}

func (s spec) bytes() []byte {
	var records []byte
	for _, d := range s.deltas {
		r := kmsg.Record{OffsetDelta: d, TimestampDelta64: int64(d), Key: []byte("k"), Value: fmt.Appendf(nil, "v%d", s.first+int64(d))}
		if s.attrs&controlBit != 0 {
			r.Key, r.Value = []byte{0, 0, 0, 1}, nil // commit
			if s.abort {
				r.Key[3] = 0
			}
		}
		for range s.headers {
			r.Headers = append(r.Headers, kmsg.Header{Key: "h", Value: []byte("x")})
		}
		r.Length = int32(len(r.AppendTo(nil)) - 1)
		records = r.AppendTo(records)
	}
	b := kmsg.RecordBatch{
		FirstOffset: s.first, Length: int32(headerSize - lengthBase + len(records)), Magic: 2, Attributes: s.attrs, LastOffsetDelta: s.last,
		FirstTimestamp: 1000, MaxTimestamp: 2000, ProducerID: s.producer, NumRecords: int32(len(s.deltas)), Records: records,
	}
	raw := b.AppendTo(nil)
	seal(raw)
	return raw
}

// seal sets the checksum.
func seal(raw []byte) {
	binary.BigEndian.PutUint32(raw[atCRC:], crc32.Checksum(raw[atAttributes:], castagnoli))
}

// newDecoder decompresses up to 16 MB.
func newDecoder(t testing.TB) *decoder {
	t.Helper()
	client, err := kgo.NewClient(kgo.MaxDecompressBatchBytes(16 << 20))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return &decoder{decompressor: decompressorOf(client), checkCRCs: true}
}

// A batch that grows beyond all bounds is left out.
func TestDecompressionIsBounded(t *testing.T) {
	t.Parallel()
	compressor, err := kgo.DefaultCompressor(kgo.GzipCompression())
	if err != nil {
		t.Fatal(err)
	}
	packed, codec := compressor.Compress(new(bytes.Buffer), make([]byte, 17<<20))
	raw := append(spec{}.bytes(), packed...)
	binary.BigEndian.PutUint32(raw[atLength:], uint32(len(raw)-lengthBase))
	binary.BigEndian.PutUint16(raw[atAttributes:], uint16(codec))
	seal(raw)
	got := drain(newDecoder(t), &chunk{raw: raw, end: 1})
	if want := "(decompressing: " + kgo.ErrMaxDecompress.Error() + ") next 1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// drain decodes a chunk to its end and prints what came out.
func drain(d *decoder, c *chunk) string {
	var b strings.Builder
	for before := int64(-1); len(c.raw) > 0 && before != c.position; {
		before = c.position
		f := d.decode(c, 1)
		for _, m := range f.Messages {
			fmt.Fprintf(&b, "%d@%d=%s ", m.Offset, m.Time, m.Value)
		}
		if f.Err != nil {
			fmt.Fprintf(&b, "(%v) ", errors.Unwrap(f.Err))
		}
	}
	fmt.Fprintf(&b, "next %d", c.position)
	return b.String()
}

func TestDecode(t *testing.T) {
	t.Parallel()
	full := func(first int64, n int) spec {
		s := spec{first: first, last: int32(n - 1), producer: -1}
		for i := range n {
			s.deltas = append(s.deltas, int32(i))
		}
		return s
	}
	damaged := full(2, 2).bytes()
	damaged[len(damaged)-1]++
	old := full(2, 2).bytes()
	old[atMagic] = 1
	lying := full(0, 2).bytes()
	binary.BigEndian.PutUint32(lying[atCount:], 1<<30)
	seal(lying)
	marker := func(at, producer int64, abort bool) []byte {
		return spec{first: at, deltas: []int32{0}, attrs: transactionalBit | controlBit, producer: producer, abort: abort}.bytes()
	}
	inTxn := func(first, producer int64) []byte {
		return spec{first: first, deltas: []int32{0}, attrs: transactionalBit, producer: producer}.bytes()
	}
	packed := full(0, 1).bytes()
	binary.BigEndian.PutUint16(packed[atAttributes:], 4)
	seal(packed)
	stamped := spec{first: 0, deltas: []int32{0}, attrs: appendTimeBit}.bytes()

	for name, test := range map[string]struct {
		from    int64
		batches [][]byte
		aborted [][2]int64 // producer, first offset
		want    string
	}{
		"from within a batch":  {1, [][]byte{full(0, 3).bytes()}, nil, "1@1001=v1 2@1002=v2 next 3"},
		"batch before it":      {3, [][]byte{full(0, 3).bytes(), full(3, 1).bytes()}, nil, "3@1000=v3 next 4"},
		"gap at the tail":      {0, [][]byte{spec{deltas: []int32{0, 2}, last: 9}.bytes()}, nil, "0@1000=v0 2@1002=v2 next 10"},
		"nothing left":         {0, [][]byte{spec{last: 9}.bytes()}, nil, "next 10"},
		"gap between":          {0, [][]byte{full(0, 1).bytes(), full(7, 1).bytes()}, nil, "0@1000=v0 7@1000=v7 next 8"},
		"cut off":              {0, [][]byte{full(0, 2).bytes(), full(2, 2).bytes()[:70]}, nil, "0@1000=v0 1@1001=v1 next 2"},
		"damaged":              {0, [][]byte{full(0, 2).bytes(), damaged, full(4, 1).bytes()}, nil, "0@1000=v0 1@1001=v1 (checksum mismatch) 4@1000=v4 next 5"},
		"old format":           {2, [][]byte{old, full(4, 1).bytes()}, nil, "(" + errOldFormat.Error() + ") 4@1000=v4 next 5"},
		"wrong count":          {0, [][]byte{lying}, nil, "(records end early) next 2"},
		"no zstd":              {0, [][]byte{packed}, nil, "(decompressing: "},
		"time of appending":    {0, [][]byte{stamped}, nil, "0@2000=v0 next 1"},
		"committed":            {0, [][]byte{inTxn(0, 7), marker(1, 7, false)}, nil, "0@1000=v0 next 2"},
		"aborted":              {0, [][]byte{inTxn(0, 7), marker(1, 7, true)}, [][2]int64{{7, 0}}, "next 2"},
		"aborted, then not":    {0, [][]byte{inTxn(0, 7), marker(1, 7, true), inTxn(2, 7), marker(3, 7, false)}, [][2]int64{{7, 0}}, "2@1000=v2 next 4"},
		"aborted twice":        {0, [][]byte{inTxn(0, 7), marker(1, 7, true), inTxn(2, 7), marker(3, 7, true)}, [][2]int64{{7, 2}, {7, 0}}, "next 4"},
		"aborted, other's not": {0, [][]byte{inTxn(0, 7), inTxn(1, 8), marker(2, 8, false), marker(3, 7, true)}, [][2]int64{{7, 0}}, "1@1000=v1 next 4"},
		"plain among aborted":  {0, [][]byte{inTxn(0, 7), full(1, 1).bytes(), marker(2, 7, true)}, [][2]int64{{7, 0}}, "1@1000=v1 next 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &chunk{topic: "t", position: test.from, end: 100}
			for _, b := range test.batches {
				c.raw = append(c.raw, b...)
			}
			var aborted []kmsg.FetchResponseTopicPartitionAbortedTransaction
			for _, a := range test.aborted {
				aborted = append(aborted, kmsg.FetchResponseTopicPartitionAbortedTransaction{ProducerID: a[0], FirstOffset: a[1]})
			}
			c.aborted = newAbortedList(aborted)
			scanned := c.scan()
			got := drain(newDecoder(t), c)
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if scanned != c.position {
				t.Errorf("scanned to %d, decoded to %d", scanned, c.position)
			}
		})
	}
}

// Brokers note the end of a partition before they read it, so what is written
// meanwhile comes too: reading goes on behind it all the same.
func TestDecodeBeyondTheEnd(t *testing.T) {
	t.Parallel()
	d := newDecoder(t)
	c := &chunk{topic: "t", position: 0, end: 2}
	for first := int64(0); first < 9; first += 3 {
		c.raw = append(c.raw, spec{first: first, deltas: []int32{0, 1, 2}, last: 2}.bytes()...)
	}
	if got := c.scan(); got != 9 {
		t.Errorf("scanned to %d", got)
	}
	f := d.decode(c, 100)
	if len(f.Messages) != 9 || f.Next != 9 || f.End != 9 {
		t.Errorf("%d messages up to %d of %d", len(f.Messages), f.Next, f.End)
	}
}

// What a broker sends may be anything; decoding it never panics, never
// allocates more than it was sent, and never goes back.
func FuzzDecode(f *testing.F) {
	f.Add(spec{first: 5, deltas: []int32{0, 1}, last: 1, headers: 2}.bytes(), false)
	f.Add(spec{first: 5, deltas: []int32{0}, attrs: transactionalBit | controlBit}.bytes(), true)
	d := newDecoder(f)
	f.Fuzz(func(t *testing.T, raw []byte, valid bool) {
		if valid && len(raw) > headerSize {
			seal(raw)
		}
		c := &chunk{position: 3, end: 1 << 40, raw: raw}
		c.aborted = newAbortedList([]kmsg.FetchResponseTopicPartitionAbortedTransaction{{ProducerID: 1}})
		scanned := c.scan()
		for before := int64(-1); len(c.raw) > 0 && before != c.position; {
			before = c.position
			for _, m := range d.decode(c, 10).Messages {
				if m.Offset < before {
					t.Fatalf("offset %d after %d", m.Offset, before)
				}
			}
		}
		if c.position < 3 || scanned != c.position {
			t.Fatalf("scanned to %d, decoded to %d", scanned, c.position)
		}
	})
}

// A record costs no allocation, with headers or without.
func TestDecodeAllocations(t *testing.T) {
	s := spec{producer: -1, last: 999}
	for i := range int32(1000) {
		s.deltas = append(s.deltas, i)
	}
	raw := s.bytes()
	d := newDecoder(t)
	perChunk := testing.AllocsPerRun(100, func() {
		c := chunk{raw: raw, end: 1000}
		f := d.decode(&c, 1<<20)
		if len(f.Messages) != 1000 {
			t.Fatal(len(f.Messages))
		}
		d.recycle(f.Messages)
	})
	if perChunk > 1 {
		t.Errorf("%v allocations for 1000 records", perChunk)
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, headers := range []int{0, 2} {
		b.Run(fmt.Sprintf("headers=%d", headers), func(b *testing.B) {
			s := spec{producer: -1, last: 999, headers: headers}
			for i := range int32(1000) {
				s.deltas = append(s.deltas, i)
			}
			raw := s.bytes()
			d := newDecoder(b)
			b.ReportAllocs()
			var f broker.Fetch
			for b.Loop() {
				c := chunk{raw: raw, end: 1000}
				f = d.decode(&c, 1<<20)
				d.recycle(f.Messages)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/record")
		})
	}
}
