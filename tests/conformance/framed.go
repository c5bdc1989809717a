package conformance

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// schemas is the registry of a case.
type schemas interface {
	Latest(ctx context.Context, subject string) (registry.Version, error)
	Version(ctx context.Context, subject string, version int) (registry.Version, error)
	Schema(ctx context.Context, id int) (registry.Schema, error)
}

// framedCodec is a codec of a format with a registry: a zero byte and the id of the
// schema stand before the value. It encodes with the latest schema of the subject
// and decodes with the one that the bytes name.
type framedCodec struct {
	registry schemas
	subject  string
	// body returns the codec of what follows the id.
	body func(registry.Schema) (codec, error)
}

// frameSize is the length of what stands before a value.
const frameSize = 5

func (c framedCodec) encode(tree any) ([]byte, error) {
	if tree == nil {
		return nil, nil
	}
	latest, err := c.registry.Latest(context.Background(), c.subject)
	if err != nil {
		return nil, err
	}
	body, err := c.body(latest.Schema)
	if err != nil {
		return nil, err
	}
	encoded, err := body.encode(tree)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(latest.ID)), encoded...), nil
}

func (c framedCodec) decode(encoded []byte) (any, error) {
	if len(encoded) < frameSize || encoded[0] != 0 {
		return nil, fmt.Errorf("bytes without the id of a schema: %q", encoded)
	}
	schema, err := c.registry.Schema(context.Background(), int(binary.BigEndian.Uint32(encoded[1:])))
	if err != nil {
		return nil, err
	}
	body, err := c.body(schema)
	if err != nil {
		return nil, err
	}
	value, err := body.decode(encoded[frameSize:])
	return withoutEmpty(value), err
}

// withoutEmpty makes empty bytes null among the fields of a record.
func withoutEmpty(value any) any {
	record, ok := value.(map[string]any)
	if !ok {
		return value
	}
	for name, field := range record {
		if b, ok := field.([]byte); ok && len(b) == 0 {
			record[name] = nil
		}
	}
	return record
}

// avroCodec is the body of an AVRO record.
type avroCodec struct{ typ *avroType }

func newAvroCodec(s registry.Schema) (codec, error) {
	typ, err := parseAvro(s.Text)
	return avroCodec{typ}, err
}

func (c avroCodec) encode(tree any) ([]byte, error) { return encodeAvro(nil, tree, c.typ) }

func (c avroCodec) decode(encoded []byte) (any, error) { return decodeAvro(encoded, c.typ) }

// shapedCodec is the body of a JSON_SR record.
type shapedCodec struct{ shape *jsonShape }

func newShapedCodec(s registry.Schema) (codec, error) {
	shape, err := parseShape(s.Text)
	return shapedCodec{shape}, err
}

func (c shapedCodec) encode(tree any) ([]byte, error) {
	shaped, err := c.shape.shaped(tree)
	if err != nil {
		return nil, err
	}
	return appendTree(nil, shaped), nil
}

func (c shapedCodec) decode(encoded []byte) (any, error) {
	tree, err := parseTree(encoded)
	if err != nil {
		return nil, fmt.Errorf("%q is no JSON: %w", encoded, err)
	}
	return c.shape.value(tree)
}
