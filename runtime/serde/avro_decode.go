package serde

import (
	"encoding/binary"
	"math"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file reads Avro's binary encoding into rows, as the schema of the writer says.

// avroScan is one decoding.
type avroScan struct {
	src   []byte
	pos   int
	arena *data.Arena

	depth   int // of what is skipped
	empties int // elements so far that took no bytes
	fault   fault
}

const (
	avroBroken = "the bytes end early, or are not those of the schema"
	// maxAvroDepth bounds how deep a type that lies in itself may go.
	maxAvroDepth = 1000
	// maxAvroEmpty bounds how many elements there may be that take no bytes.
	maxAvroEmpty = 1 << 16
)

func (s *avroScan) broken() bool { return s.fault.fail(avroBroken) }

// long reads a number of variable length, in zigzag.
func (s *avroScan) long() (i int64, ok bool) {
	if s.pos < len(s.src) && s.src[s.pos] < 0x80 {
		c := s.src[s.pos]
		s.pos++
		return int64(c>>1) ^ -int64(c&1), true
	}
	i, n := binary.Varint(s.src[s.pos:])
	if n <= 0 {
		return 0, s.broken()
	}
	s.pos += n
	return i, true
}

// take returns the next n bytes.
func (s *avroScan) take(n int64) (b []byte, ok bool) {
	if n < 0 || n > int64(len(s.src)-s.pos) {
		return nil, s.broken()
	}
	end := s.pos + int(n)
	b = s.src[s.pos:end:end]
	s.pos = end
	return b, true
}

// sized returns the bytes of a string or of bytes.
func (s *avroScan) sized() (b []byte, ok bool) {
	n, ok := s.long()
	if !ok {
		return nil, false
	}
	return s.take(n)
}

// into reads a record into a row of unset values.
func (s *avroScan) into(r *avroReader, row []data.Value) (null, ok bool) {
	if r.form == avroUnion {
		branch, ok := s.branch(r)
		if !ok || branch.form == avroNull {
			return true, ok
		}
		return s.into(branch, row)
	}
	for i := range r.fields {
		f := &r.fields[i]
		if f.index < 0 {
			if !s.skip(f.avroReader) {
				return false, false
			}
			continue
		}
		start := s.pos
		v, ok := s.read(f.avroReader)
		if !ok {
			if v, ok = s.pardon(f, start); !ok {
				return false, s.fault.in(f.name)
			}
		}
		if f.keep {
			row[f.index] = v
		}
	}
	return false, true
}

// pardon passes over a field that could not be read, if it is forgiven: it is NULL.
func (s *avroScan) pardon(f *avroSlot, start int) (v data.Value, ok bool) {
	if s.fault.message == avroBroken || !s.fault.forgives(int64(start)) {
		return data.Null, false
	}
	s.pos = start
	return data.Null, s.skip(f.plain)
}

func (s *avroScan) branch(r *avroReader) (*avroReader, bool) {
	if s.pos < len(s.src) { // one byte, nearly always
		if c := s.src[s.pos]; c < 0x80 && c&1 == 0 && int(c>>1) < len(r.branches) {
			s.pos++
			return r.branches[c>>1], true
		}
	}
	i, ok := s.long()
	if !ok || i < 0 || i >= int64(len(r.branches)) {
		return nil, s.broken()
	}
	return r.branches[i], true
}

// read reads a value.
func (s *avroScan) read(r *avroReader) (v data.Value, ok bool) {
	if r.form == avroUnion {
		if r, ok = s.branch(r); !ok {
			return data.Null, false
		}
	}
	switch r.form {
	case avroInt:
		i, ok := s.long()
		return intValue(i, r.to, s.arena), ok
	case avroString:
		b, ok := s.sized()
		return validText(b, s.arena), ok
	case avroDouble, avroFloat:
		f, ok := s.float(r.form)
		return doubleValue(f, r.to, s.arena), ok
	case avroBool:
		b, ok := s.take(1)
		return booleanValue(ok && b[0] == 1, r.to), ok
	case avroMillis, avroDate, avroTime:
		i, ok := s.long()
		return s.temporal(i, r, ok)
	case avroNull:
		return data.Null, true
	}
	return s.readLarge(r)
}

// readLarge reads what is not small and frequent.
func (s *avroScan) readLarge(r *avroReader) (v data.Value, ok bool) {
	switch r.form {
	case avroBytes:
		b, ok := s.sized()
		return data.Bytes(b), ok
	case avroFixed:
		b, ok := s.take(int64(r.size))
		return data.Bytes(b), ok
	case avroDecimal:
		b, ok := s.sized()
		return s.decimal(b, r, ok)
	case avroDecimalFixed:
		b, ok := s.take(int64(r.size))
		return s.decimal(b, r, ok)
	case avroEnum:
		i, ok := s.long()
		if !ok || i < 0 || i >= int64(len(r.symbols)) {
			return data.Null, s.broken()
		}
		return r.symbols[i], true
	case avroRecord:
		values := s.arena.Values(r.width)
		clear(values)
		_, ok = s.into(r, values)
		return data.Struct(values), ok
	case avroArray:
		return s.array(r)
	case avroMap, avroEntries:
		return s.entries(r)
	case avroBranches:
		return s.member(r)
	case avroUnion: // in a union, which Avro does not allow
		return data.Null, s.broken()
	}
	return data.Null, s.fault.fail("cannot read Avro's " + r.written + " as " + r.typ.String())
}

// member reads a union of several types as a STRUCT, in which the field of the type
// that is there is filled.
func (s *avroScan) member(r *avroReader) (v data.Value, ok bool) {
	i, ok := s.long()
	if !ok || i < 0 || i >= int64(len(r.branches)) {
		return data.Null, s.broken()
	}
	branch, place := r.branches[i], r.places[i]
	if branch.form == avroNull {
		return data.Null, true
	}
	values := s.arena.Values(r.width)
	clear(values)
	if place < 0 {
		return data.Struct(values), s.skip(branch)
	}
	values[place], ok = s.read(branch)
	return data.Struct(values), ok
}

func (s *avroScan) float(form avroForm) (float64, bool) {
	if form == avroFloat {
		b, ok := s.take(4)
		if !ok {
			return 0, false
		}
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), true
	}
	b, ok := s.take(8)
	if !ok {
		return 0, false
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b)), true
}

func (s *avroScan) temporal(i int64, r *avroReader, ok bool) (data.Value, bool) {
	if !ok {
		return data.Null, false
	}
	v, fits := integral(i, r.to)
	if !fits {
		return data.Null, s.fault.fail("the time is not within a day")
	}
	return v, true
}

func (s *avroScan) decimal(unscaled []byte, r *avroReader, ok bool) (data.Value, bool) {
	if !ok {
		return data.Null, false
	}
	v, fits := decimalValue(unscaled, r.scale, r.typ)
	if !fits {
		return data.Null, s.fault.fail("the number does not fit " + r.typ.String())
	}
	return v, true
}

// block reads the number of elements that follow; 0 ends an array or a map. A
// negative number stands before the size of the block in bytes.
func (s *avroScan) block(r *avroReader) (count int, ok bool) {
	n, ok := s.long()
	if !ok {
		return 0, false
	}
	if n < 0 {
		if _, ok = s.long(); !ok {
			return 0, false
		}
		n = -n
	}
	most := len(s.src) - s.pos
	if r.tiny {
		most = maxAvroEmpty - s.empties
	}
	if n < 0 || n > int64(most) {
		return 0, s.broken()
	}
	if r.tiny {
		s.empties += int(n)
	}
	return int(n), true
}

func (s *avroScan) array(r *avroReader) (v data.Value, ok bool) {
	var elems []data.Value
	for {
		count, ok := s.block(r)
		if !ok {
			return data.Null, false
		}
		if count == 0 {
			return data.Array(elems), true
		}
		known := len(elems)
		if known+count > cap(elems) {
			grown := s.arena.Values(max(known+count, 2*known))
			copy(grown, elems)
			elems = grown
		}
		elems = elems[:known+count]
		for i := known; i < len(elems); i++ {
			if elems[i], ok = s.read(r.elem); !ok {
				return data.Null, s.fault.at(i)
			}
		}
	}
}

// entries reads a map, or an array of records of key and value.
func (s *avroScan) entries(r *avroReader) (v data.Value, ok bool) {
	var entries []data.Entry
	for {
		count, ok := s.block(r)
		if !ok {
			return data.Null, false
		}
		if count == 0 {
			return data.Map(entries), true
		}
		known := len(entries)
		if known+count > cap(entries) {
			grown := s.arena.Entries(max(known+count, 2*known))
			copy(grown, entries)
			entries = grown
		}
		entries = entries[:known+count]
		for i := known; i < len(entries); i++ {
			if !s.entry(r, &entries[i]) {
				return data.Null, false
			}
		}
	}
}

func (s *avroScan) entry(r *avroReader, into *data.Entry) (ok bool) {
	if r.form == avroEntries {
		pair, ok := s.read(r.elem)
		if !ok {
			return false
		}
		into.Key, into.Value = pair.Elems()[0], pair.Elems()[1]
		return true
	}
	key, ok := s.sized()
	if !ok {
		return false
	}
	into.Key = validText(key, s.arena)
	if into.Value, ok = s.read(r.elem); !ok {
		return s.fault.in(into.Key.Text())
	}
	return true
}

// skip passes over a value that no column takes.
func (s *avroScan) skip(r *avroReader) (ok bool) {
	switch r.form {
	case avroNull:
		return true
	case avroInt, avroEnum:
		_, ok = s.long()
		return ok
	case avroString, avroBytes:
		_, ok = s.sized()
		return ok
	case avroBool:
		_, ok = s.take(1)
		return ok
	case avroFloat:
		_, ok = s.take(4)
		return ok
	case avroDouble:
		_, ok = s.take(8)
		return ok
	case avroFixed:
		_, ok = s.take(int64(r.size))
		return ok
	}
	return s.skipNested(r)
}

func (s *avroScan) skipNested(r *avroReader) (ok bool) {
	if s.depth++; s.depth > maxAvroDepth {
		return s.broken()
	}
	defer func() { s.depth-- }()
	switch r.form {
	case avroUnion:
		branch, ok := s.branch(r)
		return ok && s.skip(branch)
	case avroRecord:
		for i := range r.fields {
			if !s.skip(r.fields[i].avroReader) {
				return false
			}
		}
		return true
	}
	for {
		count, ok := s.block(r)
		if !ok || count == 0 {
			return ok
		}
		for range count {
			if r.form == avroMap {
				if _, ok = s.sized(); !ok {
					return false
				}
			}
			if !s.skip(r.elem) {
				return false
			}
		}
	}
}

// root reads the whole of a key or value.
func (s *avroScan) root(r *avroReader, lone *field, row data.Row) (null, ok bool) {
	clear(row)
	if lone == nil {
		return s.into(r, row)
	}
	v, ok := s.read(r)
	if !ok {
		if s.fault.message == avroBroken || !s.fault.forgives(0) {
			return false, s.fault.in(lone.Name)
		}
		return false, true // the row is cleared
	}
	if lone.wanted {
		row[lone.index] = v
	}
	return v.Kind() == types.KindNull, true
}
