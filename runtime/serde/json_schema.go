package serde

import (
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// This file makes the JSON Schema that stands for a list of columns, as ksqlDB does
// by way of Kafka Connect: everything but the outermost object can be null, and
// connect.type and its like say what Connect made it of.

// jsonSchema returns the schema that the columns make.
func jsonSchema(spec Spec) registry.Schema {
	columns := spec.fields()
	var b strings.Builder
	if spec.Format.Unwrapped && len(columns) == 1 {
		b.WriteByte('{')
		writeJSONNullable(&b, columns[0].Type)
		b.WriteByte('}')
	} else {
		writeJSONObject(&b, asFields(columns))
	}
	return registry.Schema{Type: registry.JSON, Text: b.String()}
}

func writeJSONObject(b *strings.Builder, fields []types.Field) {
	b.WriteString(`{"type":"object","properties":{`)
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, `%s:{"connect.index":%d,`, jsonText(f.Name), i)
		writeJSONNullable(b, f.Type)
		b.WriteByte('}')
	}
	b.WriteString("}}")
}

// writeJSONNullable writes the member that says that a value is null or of the type.
func writeJSONNullable(b *strings.Builder, t *types.Type) {
	b.WriteString(`"oneOf":[{"type":"null"},`)
	writeJSONType(b, t)
	b.WriteByte(']')
}

func writeJSONType(b *strings.Builder, t *types.Type) {
	switch t.Kind() {
	case types.KindArray:
		b.WriteString(`{"type":"array","items":{`)
		writeJSONNullable(b, t.Elem())
		b.WriteString("}}")
	case types.KindMap:
		b.WriteString(`{"type":"object","connect.type":"map","additionalProperties":{`)
		writeJSONNullable(b, t.Elem())
		b.WriteString("}}")
	case types.KindStruct:
		writeJSONObject(b, t.Fields())
	case types.KindDecimal:
		fmt.Fprintf(b, `{"type":"number","title":"%s","connect.version":1,"connect.type":"bytes",`+
			`"connect.parameters":{"scale":"%d","connect.decimal.precision":"%d"}}`, connectDecimal, t.Scale(), t.Precision())
	default:
		b.WriteString(jsonScalars[t.Kind()])
	}
}

// The names that Kafka Connect gives its own types.
const (
	connectDecimal   = "org.apache.kafka.connect.data.Decimal"
	connectDate      = "org.apache.kafka.connect.data.Date"
	connectTime      = "org.apache.kafka.connect.data.Time"
	connectTimestamp = "org.apache.kafka.connect.data.Timestamp"
)

var jsonScalars = map[types.Kind]string{
	types.KindBoolean:   `{"type":"boolean"}`,
	types.KindInt:       `{"type":"integer","connect.type":"int32"}`,
	types.KindBigint:    `{"type":"integer","connect.type":"int64"}`,
	types.KindDouble:    `{"type":"number","connect.type":"float64"}`,
	types.KindString:    `{"type":"string"}`,
	types.KindBytes:     `{"type":"string","connect.type":"bytes"}`,
	types.KindDate:      `{"type":"integer","title":"` + connectDate + `","connect.version":1,"connect.type":"int32"}`,
	types.KindTime:      `{"type":"integer","title":"` + connectTime + `","connect.version":1,"connect.type":"int32"}`,
	types.KindTimestamp: `{"type":"integer","title":"` + connectTimestamp + `","connect.version":1,"connect.type":"int64"}`,
}
