package serde

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// kafkaFormat is the format of Kafka's own serializers: one column, big-endian
// numbers of fixed length, bare text and bytes. Null bytes are NULL.
// Bytes of a text that are not UTF-8 become U+FFFD, as in Java.
func kafkaFormat() *Format {
	return &Format{
		Name:       "KAFKA",
		Features:   catalog.UnwrapSingles | catalog.SampledKeys,
		Check:      checkKafka,
		NewDecoder: newKafkaDecoder,
		NewEncoder: newKafkaEncoder,
		Sample:     newKafkaSample,
	}
}

func checkKafka(side catalog.Side, columns []types.Column) error {
	if len(columns) > 1 {
		return fmt.Errorf("The 'KAFKA' format only supports a single field. Got: %s", described(side, columns))
	}
	return checkKinds("KAFKA", columns, types.KindInt, types.KindBigint, types.KindDouble, types.KindString, types.KindBytes)
}

// kafkaDecoder reads the bytes as the one column.
type kafkaDecoder struct {
	side  catalog.Side
	index int
	kind  types.Kind // KindNull if there is no column
	// keep is false if nobody wants the column, or other columns come from headers:
	// then the row has to be cleared.
	keep, lone bool
	forgiven   pardons
}

func newKafkaDecoder(spec Spec) Decoder {
	d := &kafkaDecoder{side: spec.Side, lone: len(spec.Columns) == 1}
	for _, f := range spec.fields() {
		d.index, d.kind, d.keep = f.index, f.Type.Kind(), f.wanted
	}
	return d
}

// Decode reads src, which must have exactly the length that the type asks for.
func (d *kafkaDecoder) Decode(src []byte, row data.Row, arena *data.Arena) (null bool, err error) {
	if !d.lone || !d.keep || src == nil {
		clear(row)
	}
	if src == nil {
		return true, nil
	}
	if d.kind == types.KindNull {
		return false, nil
	}
	v, message := kafkaValue(src, d.kind, arena)
	if message != "" && !d.forgiven.forgives(0) {
		return false, &Error{Side: d.side, Message: message}
	}
	if d.keep {
		row[d.index] = v
	}
	return false, nil
}

func (d *kafkaDecoder) pardons() *pardons { return &d.forgiven }

// kafkaValue returns the value of that kind, or NULL and what is wrong with the bytes.
func kafkaValue(src []byte, kind types.Kind, arena *data.Arena) (v data.Value, message string) {
	switch kind {
	case types.KindString:
		return validText(src, arena), ""
	case types.KindBytes:
		return data.Bytes(src), ""
	case types.KindInt:
		if len(src) == 4 {
			return data.Int(int32(binary.BigEndian.Uint32(src))), ""
		}
		return data.Null, wrongLength(src, "INTEGER", 4)
	case types.KindBigint:
		if len(src) == 8 {
			return data.Bigint(int64(binary.BigEndian.Uint64(src))), ""
		}
	case types.KindDouble:
		if len(src) == 8 {
			return data.Double(math.Float64frombits(binary.BigEndian.Uint64(src))), ""
		}
	}
	return data.Null, wrongLength(src, kind.String(), 8)
}

func wrongLength(src []byte, kind string, want int) string {
	return fmt.Sprintf("%s needs %d bytes, not %d", kind, want, len(src))
}

// kafkaEncoder writes the one column. Without a column the result is null.
type kafkaEncoder struct {
	index int
	some  bool
}

func newKafkaEncoder(spec Spec) Encoder {
	e := &kafkaEncoder{}
	for _, f := range spec.fields() {
		e.index, e.some = f.index, true
	}
	return e
}

// Encode appends the column; NULL is a null key or value.
func (e *kafkaEncoder) Encode(dst []byte, row data.Row) ([]byte, error) {
	if row == nil || !e.some {
		return nil, nil
	}
	v := row[e.index]
	switch v.Kind() {
	case types.KindNull:
		return nil, nil
	case types.KindInt:
		return binary.BigEndian.AppendUint32(dst, uint32(v.Int64())), nil
	case types.KindBigint:
		return binary.BigEndian.AppendUint64(dst, uint64(v.Int64())), nil
	case types.KindDouble:
		return binary.BigEndian.AppendUint64(dst, math.Float64bits(v.Float64())), nil
	}
	return nonNil(append(dst, v.Raw()...)), nil
}

// nonNil returns an empty slice for a nil one, which would mean null.
func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
