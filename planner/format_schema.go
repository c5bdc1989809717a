package planner

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
)

// This file reads what a WITH clause says about the schemas of formats that have some.

// schemaSettings are the properties of a schema on one side.
type schemaSettings struct {
	id       config.Setting[int32]
	fullName config.Setting[string]
	nullable config.Setting[string]
}

// describeSchema adds the settings to the format, and refuses those it knows nothing of.
func (p *Planner) describeSchema(f *catalog.Format, set schemaSettings) error {
	features, _ := p.Formats.Features(f.Name)
	refuse := func(where source.Span, property string) error {
		return source.Errorf(where, "%s does not support the following configs: [%s]", f.Name, property)
	}
	if set.id.Set {
		if !features.Has(catalog.SchemaInference) {
			return refuse(set.id.Span, "schemaId")
		}
		f.SchemaID = int(set.id.Value)
	}
	if set.fullName.Set {
		name := strings.TrimSpace(set.fullName.Value)
		if !features.Has(catalog.Names) {
			return refuse(set.fullName.Span, "fullSchemaName")
		}
		if name == "" {
			return source.Errorf(set.fullName.Span, "fullSchemaName cannot be empty. Format configuration: {fullSchemaName=%s}", set.fullName.Value)
		}
		f.FullName = name
	}
	if set.nullable.Set {
		if !features.Has(catalog.Nullables) {
			return refuse(set.nullable.Span, "nullableRepresentation")
		}
		f.Nullable = catalog.Nullable(set.nullable.Value)
	}
	return nil
}

// avroKeyName is the name that ksqlDB gives the Avro records in the keys of a
// source: that of MY_STREAM ends in MyStreamKey.
func avroKeyName(source string) string {
	var name strings.Builder
	name.WriteString("io.confluent.ksql.avro_schemas.")
	for word := range strings.SplitSeq(source, "_") {
		if word != "" {
			name.WriteString(strings.ToUpper(word[:1]) + strings.ToLower(word[1:]))
		}
	}
	name.WriteString("Key")
	return name.String()
}
