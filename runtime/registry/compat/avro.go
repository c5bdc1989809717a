package compat

import (
	"errors"
	"strings"

	"github.com/twmb/avro"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

type avroSchema struct{ *avro.Schema }

func parseAvro(s registry.Schema, referred []Named) (Schema, error) {
	var cache avro.SchemaCache
	for _, r := range referred {
		if _, err := cache.Parse(r.Schema.Text); err != nil {
			return nil, err
		}
	}
	parsed, err := cache.Parse(s.Text)
	if err != nil {
		return nil, err
	}
	return avroSchema{parsed}, nil
}

// reads finds the first fault only, which is what the library does.
func (a avroSchema) reads(writer Schema) []Fault {
	err := avro.CheckCompatibility(writer.(avroSchema).Schema, a.Schema)
	if err == nil {
		return nil
	}
	found, ok := errors.AsType[*avro.CompatibilityError](err)
	if !ok {
		return []Fault{fault("TYPE_MISMATCH", "", "%s", err)}
	}
	field := found.Path[strings.LastIndexByte(found.Path, '.')+1:]
	switch detail := found.Detail; {
	case strings.Contains(detail, "no default and is missing"):
		return []Fault{fault("READER_FIELD_MISSING_DEFAULT_VALUE", field,
			"The field '%s' at path '%s' in the $reader schema has no default value and is missing in the $writer schema", field, found.Path)}
	case strings.Contains(detail, "union"):
		return []Fault{fault("MISSING_UNION_BRANCH", found.WriterType,
			"The $reader schema at path '%s' takes no %s, which the $writer schema has there", found.Path, found.WriterType)}
	case strings.Contains(detail, "enum symbol"):
		return []Fault{fault("MISSING_ENUM_SYMBOLS", found.WriterType,
			"The $reader schema has no default and lacks a symbol of the $writer schema at path '%s': %s", found.Path, detail)}
	case strings.Contains(detail, "names do not match"):
		return []Fault{fault("NAME_MISMATCH", found.WriterType,
			"The name of the schema has changed at path '%s': it is %s in the $reader schema and %s in the $writer schema", found.Path, found.ReaderType, found.WriterType)}
	case strings.Contains(detail, "fixed sizes"):
		return []Fault{fault("FIXED_SIZE_MISMATCH", found.WriterType,
			"The size of the FIXED type at path '%s' is %s in the $reader schema and %s in the $writer schema", found.Path, found.ReaderType, found.WriterType)}
	}
	return []Fault{fault("TYPE_MISMATCH", found.WriterType,
		"The type at path '%s' in the $reader schema does not match with the $writer schema: it cannot read %s as %s", found.Path, found.WriterType, found.ReaderType)}
}
