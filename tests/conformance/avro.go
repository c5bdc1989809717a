package conformance

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
)

// encodeAvro appends a tree as a value of the type. Members of records are found
// whatever their case, unknown ones are dropped, missing ones are null or have
// the schema's default.
func encodeAvro(dst []byte, tree any, t *avroType) ([]byte, error) {
	switch t.kind {
	case "union":
		return encodeUnion(dst, tree, t)
	case "record":
		return encodeRecord(dst, tree, t)
	case "array":
		return encodeBlocks(dst, tree, t)
	case "map":
		return encodeMap(dst, tree, t)
	case "null":
		if tree != nil {
			return nil, fmt.Errorf("%s is not null", textOf(tree))
		}
		return dst, nil
	}
	if tree == nil {
		return nil, fmt.Errorf("null where Avro wants a %s", t.kind)
	}
	switch t.kind {
	case "boolean":
		b, ok := tree.(bool)
		if !ok {
			return nil, fmt.Errorf("%s is no boolean", textOf(tree))
		}
		return append(dst, map[bool]byte{true: 1}[b]), nil
	case "string":
		return appendAvroBytes(dst, []byte(textOf(tree))), nil
	case "enum":
		i := slices.Index(t.symbols, textOf(tree))
		if i < 0 {
			return nil, fmt.Errorf("%s is none of %v", textOf(tree), t.symbols)
		}
		return binary.AppendVarint(dst, int64(i)), nil
	case "bytes", "fixed":
		return encodeAvroBytes(dst, tree, t)
	}
	return encodeAvroNumber(dst, tree, t)
}

func encodeAvroNumber(dst []byte, tree any, t *avroType) ([]byte, error) {
	d, ok := parseDecimal(textOf(tree))
	if !ok {
		return nil, fmt.Errorf("%s is no number", textOf(tree))
	}
	switch t.kind {
	case "int", "long":
		return binary.AppendVarint(dst, d.truncated().Int64()), nil
	case "float":
		return binary.LittleEndian.AppendUint32(dst, math.Float32bits(float32(d.float()))), nil
	case "double":
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(d.float())), nil
	}
	return nil, fmt.Errorf("no Avro type %s", t.kind)
}

func encodeUnion(dst []byte, tree any, t *avroType) ([]byte, error) {
	for i, branch := range t.branches {
		if (tree == nil) == (branch.kind == "null") {
			return encodeAvro(binary.AppendVarint(dst, int64(i)), tree, branch)
		}
	}
	return nil, fmt.Errorf("no branch of the union for %s", textOf(tree))
}

func encodeRecord(dst []byte, tree any, t *avroType) ([]byte, error) {
	o, ok := tree.(*Object)
	if !ok {
		return nil, fmt.Errorf("%s is no record", textOf(tree))
	}
	for _, f := range t.fields {
		member := o.fold(f.name)
		if member == nil && f.hasDefault {
			member = f.standard
		}
		var err error
		if dst, err = encodeAvro(dst, member, f.typ); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return dst, nil
}

func encodeBlocks(dst []byte, tree any, t *avroType) ([]byte, error) {
	elems, ok := tree.([]any)
	if !ok {
		return nil, fmt.Errorf("%s is no array", textOf(tree))
	}
	if len(elems) > 0 {
		dst = binary.AppendVarint(dst, int64(len(elems)))
	}
	for _, elem := range elems {
		var err error
		if dst, err = encodeAvro(dst, elem, t.elem); err != nil {
			return nil, err
		}
	}
	return append(dst, 0), nil
}

func encodeMap(dst []byte, tree any, t *avroType) ([]byte, error) {
	o, ok := tree.(*Object)
	if !ok {
		return nil, fmt.Errorf("%s is no map", textOf(tree))
	}
	if len(o.Names) > 0 {
		dst = binary.AppendVarint(dst, int64(len(o.Names)))
	}
	for _, name := range o.Names {
		var err error
		if dst, err = encodeAvro(appendAvroBytes(dst, []byte(name)), o.Members[name], t.elem); err != nil {
			return nil, err
		}
	}
	return append(dst, 0), nil
}

func appendAvroBytes(dst, b []byte) []byte {
	return append(binary.AppendVarint(dst, int64(len(b))), b...)
}

// encodeAvroBytes: base64, or a decimal at the schema's scale.
func encodeAvroBytes(dst []byte, tree any, t *avroType) ([]byte, error) {
	var b []byte
	if t.logical == "decimal" {
		d, err := decimalAt(tree, t.scale)
		if err != nil {
			return nil, err
		}
		b = twosComplement(d.Unscaled)
	} else {
		var err error
		if b, err = base64.StdEncoding.DecodeString(textOf(tree)); err != nil {
			return nil, err
		}
	}
	if t.kind == "fixed" {
		return append(dst, b...), nil
	}
	return appendAvroBytes(dst, b), nil
}

// decimalAt returns a number or a text as a decimal of a scale, which has to hold
// all its digits.
func decimalAt(tree any, scale int) (Decimal, error) {
	d, ok := parseDecimal(textOf(tree))
	if !ok {
		return d, fmt.Errorf("%s is no decimal", textOf(tree))
	}
	if d, ok = d.rescaled(scale); !ok {
		return d, fmt.Errorf("%s has more than %d digits behind the point", textOf(tree), scale)
	}
	return d, nil
}

// twosComplement returns the shortest big-endian form of a number, at least one byte.
func twosComplement(n *big.Int) []byte {
	if n.Sign() >= 0 {
		b := n.Bytes()
		if len(b) == 0 || b[0] >= 0x80 {
			b = append([]byte{0}, b...)
		}
		return b
	}
	length := new(big.Int).Not(n).BitLen()/8 + 1
	return new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), uint(8*length))).Bytes()
}

// fromTwosComplement is the reverse.
func fromTwosComplement(b []byte) *big.Int {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n
}

// avroReader reads values. The first fault makes all further ones null.
type avroReader struct {
	rest []byte
	err  error
}

// decodeAvro reads one value, which has to fill the bytes.
func decodeAvro(encoded []byte, t *avroType) (any, error) {
	r := &avroReader{rest: encoded}
	v := r.value(t)
	if r.err == nil && len(r.rest) > 0 {
		r.err = fmt.Errorf("%d bytes behind an Avro value", len(r.rest))
	}
	return v, r.err
}

func (r *avroReader) value(t *avroType) any {
	if r.err != nil {
		return nil
	}
	switch t.kind {
	case "null":
		return nil
	case "boolean":
		return r.take(1)[0] != 0
	case "int", "long":
		return big.NewInt(r.long())
	case "float":
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(r.take(4))))
	case "double":
		return math.Float64frombits(binary.LittleEndian.Uint64(r.take(8)))
	case "string":
		return string(r.bytes())
	case "bytes":
		return r.raw(r.bytes(), t)
	case "fixed":
		return r.raw(r.take(t.size), t)
	case "enum":
		return t.symbols[r.index(len(t.symbols))]
	case "union":
		return r.value(t.branches[r.index(len(t.branches))])
	}
	return r.nested(t)
}

func (*avroReader) raw(b []byte, t *avroType) any {
	if t.logical == "decimal" {
		return Decimal{Unscaled: fromTwosComplement(b), Scale: t.scale}
	}
	return slices.Clone(b)
}

func (r *avroReader) nested(t *avroType) any {
	switch t.kind {
	case "record":
		record := map[string]any{}
		for _, f := range t.fields {
			record[f.name] = r.value(f.typ)
		}
		return record
	case "array":
		elems := []any{}
		r.blocks(func() { elems = append(elems, r.value(t.elem)) })
		return elems
	default:
		entries := map[string]any{}
		r.blocks(func() {
			name := string(r.bytes())
			entries[name] = r.value(t.elem)
		})
		return entries
	}
}

// blocks calls item for each item of an array or a map.
func (r *avroReader) blocks(item func()) {
	for r.err == nil {
		n := r.long()
		if n < 0 {
			n = -n
			r.long() // the length of the block in bytes
		}
		if n == 0 {
			return
		}
		for i := int64(0); i < n && r.err == nil; i++ {
			item()
		}
	}
}

func (r *avroReader) long() int64 {
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// index reads a place in a list that is not empty.
func (r *avroReader) index(length int) int {
	i := int(r.long())
	if i < 0 || i >= length {
		r.fail()
		return 0
	}
	return i
}

func (r *avroReader) bytes() []byte { return r.take(int(r.long())) }

// take returns the next bytes, or as many zeros after a fault.
func (r *avroReader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.fail()
		return make([]byte, max(min(n, 8), 0))
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *avroReader) fail() {
	if r.err == nil {
		r.err = errors.New("an Avro value that is cut off or of another schema")
	}
	r.rest = nil
}
