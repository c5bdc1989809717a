package serde

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// This file makes the text of the Avro schema that stands for a list of columns,
// as ksqlDB does by way of Kafka Connect: everything in a record can be null, and
// connect.name and its like say what Connect made it of.

// avroDefaultName is the name of the records in values.
const avroDefaultName = "io.confluent.ksql.avro_schemas.KsqlDataSourceSchema"

// avroText returns the schema of a record of the fields. An empty name is that of values.
func avroText(fields []types.Field, name string) string {
	if name == "" {
		name = avroDefaultName
	}
	var b strings.Builder
	writeAvroRecord(&b, fields, name)
	return b.String()
}

// avroLoneText returns the schema of a value without a record around it.
func avroLoneText(t *types.Type, name string) string {
	if name == "" {
		name = avroDefaultName
	}
	var b strings.Builder
	writeAvroType(&b, t, name)
	return b.String()
}

func writeAvroRecord(b *strings.Builder, fields []types.Field, fullName string) {
	namespace, name := "", fullName
	if dot := strings.LastIndexByte(fullName, '.'); dot >= 0 {
		namespace, name = fullName[:dot], fullName[dot+1:]
	}
	fmt.Fprintf(b, `{"type":"record","name":%s,`, jsonText(name))
	if namespace != "" {
		fmt.Fprintf(b, `"namespace":%s,`, jsonText(namespace))
	}
	b.WriteString(`"fields":[`)
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		field := avroIdentifier(f.Name)
		fmt.Fprintf(b, `{"name":%s,"type":`, jsonText(field))
		writeAvroNullable(b, f.Type, fullName+"_"+field)
		b.WriteString(`,"default":null}`)
	}
	fmt.Fprintf(b, `],"connect.name":%s}`, jsonText(fullName))
}

func writeAvroNullable(b *strings.Builder, t *types.Type, name string) {
	b.WriteString(`["null",`)
	writeAvroType(b, t, name)
	b.WriteByte(']')
}

// writeAvroType writes a type; name is for the record that it may need.
func writeAvroType(b *strings.Builder, t *types.Type, name string) {
	switch t.Kind() {
	case types.KindArray:
		b.WriteString(`{"type":"array","items":`)
		writeAvroNullable(b, t.Elem(), name)
		b.WriteByte('}')
	case types.KindMap:
		b.WriteString(`{"type":"map","values":`)
		writeAvroNullable(b, t.Elem(), name+"_MapValue")
		b.WriteByte('}')
	case types.KindStruct:
		writeAvroRecord(b, t.Fields(), name)
	case types.KindDecimal:
		fmt.Fprintf(b, `{"type":"bytes","scale":%[2]d,"precision":%[1]d,"connect.version":1,"connect.parameters":`+
			`{"scale":"%[2]d","connect.decimal.precision":"%[1]d"},"connect.name":"org.apache.kafka.connect.data.Decimal",`+
			`"logicalType":"decimal"}`, t.Precision(), t.Scale())
	default:
		b.WriteString(avroScalars[t.Kind()])
	}
}

var avroScalars = map[types.Kind]string{
	types.KindBoolean:   `"boolean"`,
	types.KindInt:       `"int"`,
	types.KindBigint:    `"long"`,
	types.KindDouble:    `"double"`,
	types.KindString:    `"string"`,
	types.KindBytes:     `"bytes"`,
	types.KindDate:      `{"type":"int","connect.version":1,"connect.name":"org.apache.kafka.connect.data.Date","logicalType":"date"}`,
	types.KindTime:      `{"type":"int","connect.version":1,"connect.name":"org.apache.kafka.connect.data.Time","logicalType":"time-millis"}`,
	types.KindTimestamp: `{"type":"long","connect.version":1,"connect.name":"org.apache.kafka.connect.data.Timestamp","logicalType":"timestamp-millis"}`,
}

func jsonText(s string) string { return string(appendQuoted(nil, []byte(s))) }

// checkAvro refuses maps with other keys than STRING, and names that Avro does not know.
func checkAvro(columns []types.Column) error {
	for _, c := range columns {
		if !stringKeyed(c.Type) {
			return errors.New("Avro only supports MAPs with STRING keys")
		}
	}
	return checkAvroNames(types.StructOf(asTypeFields(columns)...))
}

// checkAvroNames speaks as Java's Avro does.
func checkAvroNames(t *types.Type) error {
	if t == nil {
		return nil
	}
	for _, f := range t.Fields() {
		for i, r := range avroIdentifier(f.Name) {
			letter := r == '_' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
			switch {
			case i == 0 && !letter:
				return fmt.Errorf("Schema is not compatible with Avro: Illegal initial character: %s", f.Name)
			case !letter && (r < '0' || r > '9'):
				return fmt.Errorf("Schema is not compatible with Avro: Illegal character in: %s", f.Name)
			}
		}
		if err := checkAvroNames(f.Type); err != nil {
			return err
		}
	}
	return checkAvroNames(t.Elem())
}

// asTypeFields returns the columns as the fields of a STRUCT.
func asTypeFields(columns []types.Column) []types.Field {
	fields := make([]types.Field, len(columns))
	for i, c := range columns {
		fields[i] = types.Field{Name: c.Name, Type: c.Type}
	}
	return fields
}
