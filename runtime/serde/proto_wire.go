package serde

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// This file reads and writes the parts that Protobuf messages are made of.

// protoTag reads the number and the wire type at the beginning of a field; n is
// the length of the tag, 0 if there is none that is valid.
func protoTag(src []byte) (number int32, wire protowire.Type, n int) {
	v, n := protoVarint(src)
	if n == 0 || v>>3 == 0 || v>>3 > uint64(protowire.MaxValidNumber) {
		return 0, 0, 0
	}
	return int32(v >> 3), protowire.Type(v & 7), n
}

// protoVarint reads a number; n is 0 if it does not end.
func protoVarint(src []byte) (v uint64, n int) {
	if len(src) > 0 && src[0] < 0x80 {
		return uint64(src[0]), 1
	}
	v, n = binary.Uvarint(src)
	return v, max(n, 0)
}

// protoSized returns the bytes of a field with a length, and how many bytes it
// takes with that length; n is 0 if it does not end.
func protoSized(src []byte) (content []byte, n int) {
	size, n := protoVarint(src)
	if n == 0 || size > uint64(len(src)-n) {
		return nil, 0
	}
	end := n + int(size)
	return src[n:end:end], end
}

// protoSkip returns the length of a field of that wire type, -1 if it is broken.
func protoSkip(number int32, wire protowire.Type, src []byte) int {
	switch wire {
	case protowire.VarintType:
		if _, n := protoVarint(src); n > 0 {
			return n
		}
		return -1
	case protowire.BytesType:
		if _, n := protoSized(src); n > 0 {
			return n
		}
		return -1
	case protowire.Fixed32Type, protowire.Fixed64Type, protowire.StartGroupType:
		return protowire.ConsumeFieldValue(protowire.Number(number), wire, src)
	}
	return -1
}

// protoWireType is the wire type of a single value.
func protoWireType(kind protoreflect.Kind) protowire.Type {
	switch kind {
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.MessageKind:
		return protowire.BytesType
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind, protoreflect.FloatKind:
		return protowire.Fixed32Type
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind, protoreflect.DoubleKind:
		return protowire.Fixed64Type
	case protoreflect.GroupKind:
		return protowire.StartGroupType
	}
	return protowire.VarintType
}

// protoNumber reads the number of a scalar at the beginning of src as 64 bits:
// integers with their sign, a float or double as the bits of a double. n is its
// length, 0 if it does not end.
func protoNumber(src []byte, kind protoreflect.Kind) (bits uint64, n int) {
	switch protoWireType(kind) {
	case protowire.Fixed32Type:
		if len(src) < 4 {
			return 0, 0
		}
		raw := binary.LittleEndian.Uint32(src)
		switch kind {
		case protoreflect.FloatKind:
			return math.Float64bits(float64(math.Float32frombits(raw))), 4
		case protoreflect.Sfixed32Kind:
			return uint64(int64(int32(raw))), 4
		}
		return uint64(raw), 4
	case protowire.Fixed64Type:
		if len(src) < 8 {
			return 0, 0
		}
		return binary.LittleEndian.Uint64(src), 8
	}
	v, n := protoVarint(src)
	switch kind {
	case protoreflect.Sint32Kind:
		return uint64(int64(int32(protowire.DecodeZigZag(v & math.MaxUint32)))), n
	case protoreflect.Sint64Kind:
		return uint64(protowire.DecodeZigZag(v)), n
	case protoreflect.Int32Kind, protoreflect.EnumKind:
		return uint64(int64(int32(v))), n
	case protoreflect.Uint32Kind:
		return v & math.MaxUint32, n
	}
	return v, n
}

// appendProtoNumber appends a number that [protoNumber] reads.
func appendProtoNumber(dst []byte, bits uint64, kind protoreflect.Kind) []byte {
	switch kind {
	case protoreflect.FloatKind:
		return binary.LittleEndian.AppendUint32(dst, math.Float32bits(float32(math.Float64frombits(bits))))
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind:
		return binary.LittleEndian.AppendUint32(dst, uint32(bits))
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind, protoreflect.DoubleKind:
		return binary.LittleEndian.AppendUint64(dst, bits)
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		bits = protowire.EncodeZigZag(int64(bits))
	case protoreflect.Uint32Kind:
		bits &= math.MaxUint32
	}
	return binary.AppendUvarint(dst, bits)
}

// appendProtoTag appends the beginning of a field.
func appendProtoTag(dst []byte, number int32, wire protowire.Type) []byte {
	return binary.AppendUvarint(dst, uint64(number)<<3|uint64(wire))
}

// sealProto puts the length in front of what was appended since start, where one
// byte was left free for it.
func sealProto(dst []byte, start int) []byte {
	size := len(dst) - start - 1
	if size < 0x80 {
		dst[start] = byte(size)
		return dst
	}
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(size))
	dst = append(dst, length[1:n]...)
	copy(dst[start+n:], dst[start+1:start+1+size])
	copy(dst[start:], length[:n])
	return dst
}
