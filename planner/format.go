package planner

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/types"
)

// formats finds the formats of both sides and checks that they can hold the columns.
func (p *Planner) formats(at place, src *catalog.Source, with *config.SourceProperties) error {
	var err error
	if src.Key, err = p.keyFormat(at, src, with); err != nil {
		return err
	}
	if src.Value, err = p.valueFormat(at, src, with); err != nil {
		return err
	}
	if err := p.checkKey(src); err != nil {
		return source.Errorf(at.statement, "Key format does not support schema.").
			WithDetail("format: %s\nschema: %s\nreason: %s", src.Key.Name, persistence(src.Bare(catalog.KeySide), " KEY"), err)
	}
	if err := p.Formats.Check(src.Value, catalog.ValueSide, src.Bare(catalog.ValueSide)); err != nil {
		return source.Errorf(at.statement, "Value format does not support schema.").
			WithDetail("format: %s\nschema: %s\nreason: %s", src.Value.Name, persistence(src.Bare(catalog.ValueSide), ""), err)
	}
	return nil
}

func (p *Planner) checkKey(src *catalog.Source) error {
	if len(src.Schema.Key) == 0 {
		return nil
	}
	return p.Formats.Check(src.Key, catalog.KeySide, src.Schema.Key)
}

// persistence is how ksqlDB's messages print the columns of one side.
func persistence(columns []types.Column, role string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = "`" + c.Name + "` " + c.Type.String() + role
	}
	return "Persistence{columns=[" + strings.Join(parts, ", ") + "], features=[]}"
}

// keyFormat is KEY_FORMAT, FORMAT or the default. A stream without key columns
// has one too, though nobody reads its keys.
func (p *Planner) keyFormat(at place, src *catalog.Source, with *config.SourceProperties) (catalog.Format, error) {
	asked := with.Key()
	name := asked.Value
	if !asked.Set {
		name = p.Properties.String(config.DefaultKeyFormat)
	}
	f := catalog.Format{Name: name}
	if err := p.delimited(&f, with.KeyDelimiter, at.of(asked)); err != nil {
		return f, err
	}
	features, _ := p.Formats.Features(name)
	f.Unwrapped = len(src.Schema.Key) == 1 && features.Has(catalog.UnwrapSingles)
	if name == "AVRO" {
		f.FullName = avroKeyName(src.Name)
	}
	return f, p.describeSchema(&f, schemaSettings{with.KeySchemaID, with.KeySchemaFullName, with.KeyProtobufNullable})
}

// valueFormat is VALUE_FORMAT, FORMAT or the default, and how it wraps a single column.
func (p *Planner) valueFormat(at place, src *catalog.Source, with *config.SourceProperties) (catalog.Format, error) {
	asked := with.Value()
	name := asked.Value
	if !asked.Set {
		if name = p.Properties.String(config.DefaultValueFormat); name == "" {
			return catalog.Format{}, source.Errorf(at.statement, "Statement is missing the 'VALUE_FORMAT' property from the WITH clause. "+
				"Either provide one or set a default via the 'ksql.persistence.default.format.value' config.")
		}
	}
	f := catalog.Format{Name: name}
	if err := p.delimited(&f, with.ValueDelimiter, at.of(asked)); err != nil {
		return f, err
	}
	if err := p.describeSchema(&f, schemaSettings{with.ValueSchemaID, with.ValueSchemaFullName, with.ValueProtobufNullable}); err != nil {
		return f, err
	}
	return f, p.wrapping(&f, with, len(src.Bare(catalog.ValueSide)))
}

// place is where a statement and the name of its source stand, for messages.
type place struct{ statement, name source.Span }

// of is where a format was named: in the WITH clause, or nowhere.
func (at place) of(asked config.Setting[string]) source.Span {
	if asked.Set {
		return asked.Span
	}
	return at.name
}

// known reports names that are no format here.
func (p *Planner) known(name string, where source.Span) error {
	if _, ok := p.Formats.Features(name); !ok {
		err := source.Errorf(where, "Unknown format: %s", name)
		if near := source.Similar(name, p.Formats.Names()); near != "" {
			err.WithDetail("Did you mean %s?", near)
		}
		return err
	}
	return nil
}

// delimited sets the delimiter of a format that has one.
func (p *Planner) delimited(f *catalog.Format, delimiter config.Setting[rune], where source.Span) error {
	if err := p.known(f.Name, where); err != nil {
		return err
	}
	if delimiter.Set && f.Name != "DELIMITED" {
		return source.Errorf(delimiter.Span, "%s does not support the following configs: [delimiter]", f.Name)
	}
	f.Delimiter = delimiter.Value
	return nil
}

// wrapping sets whether a single value column lies inside a record.
func (p *Planner) wrapping(f *catalog.Format, with *config.SourceProperties, columns int) error {
	features, _ := p.Formats.Features(f.Name)
	wrap, set := with.WrapSingleValue.Value, with.WrapSingleValue.Set
	if set && columns > 1 {
		return source.Errorf(with.WrapSingleValue.Span, "'WRAP_SINGLE_VALUE' is only valid for single-field value schemas")
	}
	need := catalog.UnwrapSingles
	if wrap {
		need = catalog.WrapSingles
	}
	if set && !features.Has(need) {
		return source.Errorf(with.WrapSingleValue.Span, "Format '%s' does not support 'WRAP_SINGLE_VALUE' set to '%t'.", f.Name, wrap)
	}
	_, _, global := p.Properties.Lookup(config.WrapSingleValues)
	switch {
	case set:
	case global && columns == 1 && features.Has(catalog.WrapSingles|catalog.UnwrapSingles):
		wrap, set = p.Properties.Bool(config.WrapSingleValues), true
	default:
		wrap = features.Has(catalog.WrapSingles)
	}
	f.Unwrapped, f.Asked = !wrap, set
	return nil
}
