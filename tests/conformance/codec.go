package conformance

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/big"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// codec turns the trees of a case into bytes, and the bytes of a log into values
// that can be compared: one side of the records of one topic.
type codec interface {
	// encode returns the bytes of a tree; nil is Kafka's null.
	encode(tree any) ([]byte, error)
	// decode returns the value of bytes that are not null.
	decode(encoded []byte) (any, error)
}

// side is what a codec has to know of a topic.
type side struct {
	topic string
	// format is the name of the format, in capitals.
	format  catalog.Format
	columns []types.Column
	// registry holds the schemas; exact says that fractions in JSON are decimals.
	registry schemas
	exact    bool
	key      bool
}

// codecOf returns the codec of a side.
func codecOf(s side) (codec, error) {
	switch s.format.Name {
	case "JSON":
		return jsonCodec{exact: s.exact}, nil
	case "DELIMITED":
		return textCodec{}, nil
	case "KAFKA":
		return kafkaCodec{kind: s.onlyKind()}, nil
	case "NONE":
		return noneCodec{}, nil
	case "AVRO":
		return s.framed(newAvroCodec), nil
	case "JSON_SR":
		return s.framed(newShapedCodec), nil
	case "PROTOBUF":
		return s.framed(s.newProtoCodec), nil
	case "PROTOBUF_NOSR":
		return newBareProtoCodec(s)
	}
	return nil, fmt.Errorf("the format %s is not compared yet", s.format.Name)
}

// framed returns the codec of a format with a registry.
func (s side) framed(body func(registry.Schema) (codec, error)) codec {
	subject := s.topic + "-value"
	if s.key {
		subject = s.topic + "-key"
	}
	return framedCodec{registry: s.registry, subject: subject, body: body}
}

// onlyKind returns the kind of the only column, KindNull if there is none.
func (s side) onlyKind() types.Kind {
	if len(s.columns) == 0 {
		return types.KindNull
	}
	return s.columns[0].Type.Kind()
}

// jsonCodec: the value as it stands; a text gets quotes.
type jsonCodec struct{ exact bool }

func (jsonCodec) encode(tree any) ([]byte, error) {
	if tree == nil {
		return nil, nil
	}
	return appendTree(nil, tree), nil
}

func (c jsonCodec) decode(encoded []byte) (any, error) {
	tree, err := parseTree(encoded)
	if err != nil {
		return nil, fmt.Errorf("%q is no JSON: %w", encoded, err)
	}
	return c.value(tree), nil
}

// value makes a comparable value of a tree.
func (c jsonCodec) value(tree any) any {
	switch t := tree.(type) {
	case json.Number:
		return c.number(t.String())
	case []any:
		elems := make([]any, len(t))
		for i, elem := range t {
			elems[i] = c.value(elem)
		}
		return elems
	case *Object:
		record := make(map[string]any, len(t.Names))
		for _, name := range t.Names {
			record[name] = c.value(t.Members[name])
		}
		return record
	}
	return tree
}

// number: a token with a point or an exponent is a decimal from its text.
func (c jsonCodec) number(text string) any {
	d, ok := parseDecimal(text)
	switch {
	case !ok:
		return text
	case !isFraction(text):
		return d.Unscaled
	case c.exact:
		return d
	}
	return d.float()
}

// textCodec: one text. DELIMITED is compared as a whole.
type textCodec struct{}

func (textCodec) encode(tree any) ([]byte, error) {
	if tree == nil {
		return nil, nil
	}
	return []byte(textOf(tree)), nil
}

func (textCodec) decode(encoded []byte) (any, error) { return string(encoded), nil }

// noneCodec: always null.
type noneCodec struct{}

func (noneCodec) encode(any) ([]byte, error) { return nil, nil }

func (noneCodec) decode([]byte) (any, error) { return nil, nil }

// kafkaCodec: one number, or text.
type kafkaCodec struct{ kind types.Kind }

func (c kafkaCodec) encode(tree any) ([]byte, error) {
	if tree == nil {
		return nil, nil
	}
	text := textOf(tree)
	switch c.kind {
	case types.KindInt, types.KindBigint, types.KindDouble:
	default:
		return []byte(text), nil
	}
	d, ok := parseDecimal(text)
	if !ok {
		return nil, fmt.Errorf("%q is no %s", text, c.kind)
	}
	switch c.kind {
	case types.KindInt:
		return binary.BigEndian.AppendUint32(nil, uint32(d.truncated().Int64())), nil
	case types.KindBigint:
		return binary.BigEndian.AppendUint64(nil, uint64(d.truncated().Int64())), nil
	default:
		return binary.BigEndian.AppendUint64(nil, math.Float64bits(d.float())), nil
	}
}

func (c kafkaCodec) decode(encoded []byte) (any, error) {
	size := map[types.Kind]int{types.KindInt: 4, types.KindBigint: 8, types.KindDouble: 8}[c.kind]
	if size != 0 && len(encoded) != size {
		return nil, fmt.Errorf("%s of %d bytes", c.kind, len(encoded))
	}
	switch c.kind {
	case types.KindInt:
		return big.NewInt(int64(int32(binary.BigEndian.Uint32(encoded)))), nil
	case types.KindBigint:
		return big.NewInt(int64(binary.BigEndian.Uint64(encoded))), nil
	case types.KindDouble:
		text := types.FormatDouble(math.Float64frombits(binary.BigEndian.Uint64(encoded)))
		if d, ok := parseDecimal(text); ok {
			return d, nil
		}
		return text, nil
	}
	return string(encoded), nil
}
