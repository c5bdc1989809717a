package serde

import (
	"math"
	"strconv"
	"time"
	"unsafe"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file reads Protobuf messages into rows. Fields come in any order; of a
// field that comes twice the last one counts, except for lists and maps, which
// are read as a whole where they begin.

// protoScan is one decoding.
type protoScan struct {
	arena *data.Arena
	base  uintptr // the address of what is decoded
	fault fault
}

const protoBroken = "the bytes are not a Protobuf message"

// message reads the fields of a message into a row that holds the unset values.
func (s *protoScan) message(src []byte, r *protoReader, into []data.Value) bool {
	for i := 0; i < len(src); {
		number, wire, n := int32(src[i]>>3), protowire.Type(src[i]&7), 1
		if src[i] >= 0x80 || number == 0 {
			if number, wire, n = protoTag(src[i:]); n == 0 {
				return s.fault.fail(protoBroken)
			}
		}
		i += n
		slot := r.slot(number)
		if slot != nil && wire == slot.lone {
			v, n := s.value(src[i:], &slot.protoValue)
			if n < 0 {
				if !s.pardon(src, slot) {
					return s.fault.in(slot.name)
				}
				v, n = data.Null, protoSkip(slot.number, slot.lone, src[i:])
			}
			if slot.keep {
				into[slot.index] = v
			}
			i += n
			continue
		}
		if n = protoSkip(number, wire, src[i:]); n < 0 {
			return s.fault.fail(protoBroken)
		}
		if slot != nil && slot.lone == protoSeveral {
			switch {
			case len(s.fault.places) > 0 && s.fault.has(s.place(src, slot)):
				into[slot.index] = data.Null
			case !s.several(src[i:i+n], src[i+n:], wire, slot, into):
				s.pardon(src, slot)
				return s.fault.in(slot.name)
			}
		}
		i += n
	}
	return true
}

// pardon reports whether a field of a message that could not be read is forgiven.
func (s *protoScan) pardon(message []byte, slot *protoSlot) bool {
	return s.fault.message != protoBroken && s.fault.forgives(s.place(message, slot))
}

// place tells the fields of all messages apart, by where the message lies in the
// whole and the field's number: a field may come several times.
func (s *protoScan) place(message []byte, slot *protoSlot) int64 {
	return int64(address(message)-s.base)<<32 | int64(slot.number)
}

// address is where bytes lie, to be compared with others and not to be kept.
func address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }

// several reads all values of a list or a map: the first, and what follows in the
// rest of the message. Where it has been done already it does nothing.
func (s *protoScan) several(first, rest []byte, wire protowire.Type, slot *protoSlot, into []data.Value) bool {
	if slot.form == protoMismatch {
		return s.mismatch(&slot.protoValue)
	}
	if slot.keep && into[slot.index].Len() > 0 {
		return true
	}
	count := protoCount(first, rest, wire, slot)
	if count < 0 {
		return s.fault.fail(protoBroken)
	}
	if slot.entries {
		entries := s.arena.Entries(count)
		if !s.fillMap(first, rest, wire, slot, entries) {
			return false
		}
		if slot.keep {
			into[slot.index] = data.Map(entries)
		}
		return true
	}
	elems := s.arena.Values(count)
	if !s.fillList(first, rest, wire, slot, elems) {
		return false
	}
	if slot.keep {
		into[slot.index] = data.Array(elems)
	}
	return true
}

// protoOccurrences calls visit with every occurrence of the field: its wire type
// and its bytes. It returns false where the message is broken or visit said so.
func protoOccurrences(first, rest []byte, wire protowire.Type, number int32, visit func(wire protowire.Type, src []byte) bool) bool {
	if !visit(wire, first) {
		return false
	}
	for i := 0; i < len(rest); {
		at, wire, n := protoTag(rest[i:])
		if n == 0 {
			return false
		}
		i += n
		n = protoSkip(at, wire, rest[i:])
		if n < 0 || at == number && !visit(wire, rest[i:i+n]) {
			return false
		}
		i += n
	}
	return true
}

// protoCount returns how many values a list or map has; -1 if the message is broken.
func protoCount(first, rest []byte, wire protowire.Type, slot *protoSlot) int {
	count := 0
	if !protoOccurrences(first, rest, wire, slot.number, func(wire protowire.Type, src []byte) bool {
		n := slot.count(wire, src)
		count += n
		return n >= 0
	}) {
		return -1
	}
	return count
}

// count returns how many values one occurrence has: several where numbers are packed.
func (s *protoSlot) count(wire protowire.Type, src []byte) int {
	switch {
	case s.entries && wire == protowire.BytesType, !s.entries && wire == s.wire:
		return 1
	case s.entries || wire != protowire.BytesType:
		return 0
	}
	packed, _ := protoSized(src)
	switch s.wire {
	case protowire.Fixed32Type:
		return len(packed) / 4
	case protowire.Fixed64Type:
		return len(packed) / 8
	case protowire.VarintType:
		count := 0
		for _, c := range packed {
			if c < 0x80 {
				count++
			}
		}
		return count
	}
	return 0
}

func (s *protoScan) fillList(first, rest []byte, wire protowire.Type, slot *protoSlot, elems []data.Value) bool {
	next := 0
	return protoOccurrences(first, rest, wire, slot.number, func(wire protowire.Type, src []byte) bool {
		count := slot.count(wire, src)
		if count > 0 && wire != slot.wire {
			src, _ = protoSized(src)
		}
		for range count {
			v, n := s.value(src, &slot.protoValue)
			if n < 0 {
				return s.fault.at(next)
			}
			elems[next] = v
			next++
			src = src[n:]
		}
		return true
	})
}

func (s *protoScan) fillMap(first, rest []byte, wire protowire.Type, slot *protoSlot, entries []data.Entry) bool {
	next := 0
	return protoOccurrences(first, rest, wire, slot.number, func(wire protowire.Type, src []byte) bool {
		if wire != protowire.BytesType {
			return true
		}
		content, _ := protoSized(src)
		if !s.entry(content, slot, &entries[next]) {
			return false
		}
		next++
		return true
	})
}

// entry reads one entry of a map: key and value are fields 1 and 2. What is not
// there has its default.
func (s *protoScan) entry(src []byte, slot *protoSlot, into *data.Entry) bool {
	into.Key, into.Value = slot.key.unset, slot.absent(s)
	for i := 0; i < len(src); {
		number, wire, n := protoTag(src[i:])
		if n == 0 {
			return s.fault.fail(protoBroken)
		}
		i += n
		switch {
		case number == 1 && wire == slot.key.wire:
			into.Key, n = s.value(src[i:], &slot.key)
		case number == 2 && wire == slot.wire:
			into.Value, n = s.value(src[i:], &slot.protoValue)
		default:
			if n = protoSkip(number, wire, src[i:]); n < 0 {
				return s.fault.fail(protoBroken)
			}
		}
		if n < 0 {
			return false
		}
		i += n
	}
	return true
}

// absent returns the value of an entry without one: that of an empty message, or a default.
func (s *protoSlot) absent(scan *protoScan) data.Value {
	if s.form < protoWrapper {
		return protoDefault(&s.protoValue)
	}
	v, _ := scan.content(nil, &s.protoValue)
	return v
}

// value reads one value at the beginning of src; n is its length, negative after a fault.
func (s *protoScan) value(src []byte, p *protoValue) (v data.Value, n int) {
	var bits uint64
	var content []byte
	if p.wire == protowire.BytesType {
		content, n = protoSized(src)
	} else {
		bits, n = protoNumber(src, p.kind)
	}
	if n == 0 {
		s.fault.fail(protoBroken)
		return data.Null, -1
	}
	switch p.form {
	case protoInt:
		return intValue(int64(bits), p.to.Kind(), s.arena), n
	case protoText:
		return validText(content, s.arena), n
	case protoDouble:
		return doubleValue(math.Float64frombits(bits), p.to.Kind(), s.arena), n
	case protoBool:
		return booleanValue(bits != 0, p.to.Kind()), n
	case protoBytes:
		return data.Bytes(content), n
	case protoEnum:
		return s.enum(int32(bits), p), n
	}
	v, ok := s.content(content, p)
	if !ok {
		return data.Null, -1
	}
	return v, n
}

// enum returns the name of a number, the number itself as text if it has none.
func (s *protoScan) enum(number int32, p *protoValue) data.Value {
	if name, ok := p.enum[number]; ok {
		return data.String(name)
	}
	return data.StringBytes(strconv.AppendInt(s.arena.Bytes(11)[:0], int64(number), 10))
}

// content reads a value that is a message.
func (s *protoScan) content(src []byte, p *protoValue) (v data.Value, ok bool) {
	switch p.form {
	case protoStruct:
		values := s.arena.Values(len(p.message.unset))
		copy(values, p.message.unset)
		return data.Struct(values), s.message(src, p.message, values)
	case protoWrapper:
		return s.wrapper(src, p.wrapped)
	case protoExact:
		return s.decimal(src, p)
	case protoMoment, protoDay, protoClock:
		return s.temporal(src, p.form)
	}
	return data.Null, s.mismatch(p)
}

func (s *protoScan) mismatch(p *protoValue) bool {
	return s.fault.fail("cannot read a field of type " + p.kind.String() + " as " + p.to.String())
}

// wrapper reads the value in a message of wrappers.proto: its field 1.
func (s *protoScan) wrapper(src []byte, p *protoValue) (v data.Value, ok bool) {
	if p.form == protoMismatch {
		return data.Null, s.mismatch(p)
	}
	v = p.unset
	ok = s.each(src, func(number int32, wire protowire.Type, src []byte) bool {
		if number != 1 || wire != p.wire {
			return true
		}
		var n int
		v, n = s.value(src, p)
		return n > 0
	})
	return v, ok
}

// each calls visit with the fields of a small message.
func (s *protoScan) each(src []byte, visit func(number int32, wire protowire.Type, src []byte) bool) bool {
	for i := 0; i < len(src); {
		number, wire, n := protoTag(src[i:])
		if n == 0 {
			return s.fault.fail(protoBroken)
		}
		i += n
		if n = protoSkip(number, wire, src[i:]); n < 0 {
			return s.fault.fail(protoBroken)
		}
		if !visit(number, wire, src[i:i+n]) {
			return false
		}
		i += n
	}
	return true
}

// decimal reads a message of the unscaled number (1), the precision (2), and the scale (3).
func (s *protoScan) decimal(src []byte, p *protoValue) (v data.Value, ok bool) {
	var unscaled []byte
	scale := 0
	if !s.each(src, func(number int32, wire protowire.Type, src []byte) bool {
		switch {
		case number == 1 && wire == protowire.BytesType:
			unscaled, _ = protoSized(src)
		case number == 3 && wire == protowire.VarintType:
			raw, _ := protoVarint(src)
			scale = int(int32(raw))
		}
		return true
	}) {
		return data.Null, false
	}
	if v, ok = decimalValue(unscaled, scale, p.to); !ok {
		return data.Null, s.fault.fail("the number does not fit " + p.to.String())
	}
	return v, true
}

// temporal reads a message whose fields are numbers: seconds and nanoseconds of a
// Timestamp, year, month and day of a Date, hours to nanoseconds of a TimeOfDay.
func (s *protoScan) temporal(src []byte, form protoForm) (v data.Value, ok bool) {
	var parts [4]int64
	if !s.each(src, func(number int32, wire protowire.Type, src []byte) bool {
		if number <= int32(len(parts)) && wire == protowire.VarintType {
			raw, _ := protoVarint(src)
			parts[number-1] = int64(raw)
		}
		return true
	}) {
		return data.Null, false
	}
	switch form {
	case protoMoment:
		return data.Timestamp(parts[0]*1000 + parts[1]/1_000_000), true
	case protoDay:
		midnight := time.Date(int(parts[0]), time.Month(parts[1]), int(parts[2]), 0, 0, 0, 0, time.UTC)
		return data.Date(midnight.Unix() / (24 * 60 * 60)), true
	}
	ms := ((parts[0]*60+parts[1])*60+parts[2])*1000 + parts[3]/1_000_000
	if ms < 0 || ms >= 24*60*60*1000 {
		return data.Null, s.fault.fail("the time is not within a day")
	}
	return data.Time(ms), true
}
