package planner

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// Create plans a CREATE STREAM or TABLE over a topic. Whether the name is taken
// and the topic exists is for whoever executes it to see.
func (p *Planner) Create(s *ast.CreateSource) (*plan.Creation, error) {
	with, err := config.Read(s.With, config.Create, s.Span)
	if err != nil {
		return nil, err
	}
	schema, err := p.schema(s.Kind, s.Columns)
	if err != nil {
		return nil, err
	}
	if err := checkPattern(s, with.KafkaTopicPattern); err != nil {
		return nil, err
	}
	src := &catalog.Source{
		Name: s.Name.Text, Kind: catalog.Kind(s.Kind), Schema: schema, ReadOnly: s.ReadOnly,
		Topic: with.KafkaTopic.Value, Pattern: catalog.TopicPattern(with.KafkaTopicPattern.Value),
		Window: catalog.Window{Type: catalog.WindowType(with.WindowType.Value), Size: with.WindowSize.Value},
	}
	if err := p.describe(s, src, with); err != nil {
		return nil, err
	}
	return &plan.Creation{
		Source: src, Partitions: with.Partitions.Value, Replicas: with.Replicas.Value, RetentionMS: with.RetentionMS.Value,
	}, nil
}

// describe adds formats and timestamp to the source, and checks that all goes together.
func (p *Planner) describe(s *ast.CreateSource, src *catalog.Source, with *config.SourceProperties) error {
	if err := checkName(s.Name); err != nil {
		return err
	}
	if err := p.formats(place{s.Span, s.Name.Span}, src, with); err != nil {
		return err
	}
	if len(src.Schema.Key)+len(src.Schema.Value) == 0 {
		return source.Errorf(s.Span, "No columns supplied.").
			WithDetail("%sList the columns: CREATE %s %s (id INT, …) WITH (…)", p.notInferred(src), src.Kind, s.Name.SQL())
	}
	if src.Kind == catalog.Table && len(src.Schema.Key) == 0 {
		return source.Errorf(s.Span, "Tables require a PRIMARY KEY. Please define the PRIMARY KEY.")
	}
	if src.Windowed() && len(src.Schema.Key) == 0 {
		return source.Errorf(with.WindowType.Span, "Windowed sources require a key column.")
	}
	return timestamp(src, with)
}

// notInferred says why the columns of a source are not found where its statement lists none.
func (p *Planner) notInferred(src *catalog.Source) string {
	switch features, _ := p.Formats.Features(src.Value.Name); {
	case src.Pattern != "":
		return "A pattern of topics does not tell them. "
	case src.Windowed():
		return "Records with windowed keys do not tell them. "
	case !features.Has(catalog.SampledValues):
		return "Records in the format " + src.Value.Name + " do not tell their columns; those in JSON do, and schemas in a registry. "
	}
	return ""
}

// checkName refuses names that ksqlDB refuses: they would be part of topic names and query ids.
func checkName(name ast.Name) error {
	for _, r := range name.Text {
		if !strings.ContainsRune("_-", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return source.Errorf(name.Span, "Illegal argument at Line: %%, Col: %%. Source names may only contain alphanumeric values, '_' or '-'. Got: '%s'", name.Text)
		}
	}
	return nil
}

// schema types the declared columns and puts them in their places.
func (p *Planner) schema(kind ast.Kind, columns []ast.ColumnDef) (*types.Schema, error) {
	schema := &types.Schema{}
	for _, def := range columns {
		if err := p.declare(schema, kind, def); err != nil {
			return nil, err
		}
	}
	return schema, checkHeaders(columns)
}

func (p *Planner) declare(schema *types.Schema, kind ast.Kind, def ast.ColumnDef) error {
	if err := checkColumn(schema, kind, def); err != nil {
		return err
	}
	typ, err := expr.ResolveType(def.Type, p.Catalog.Type)
	if err != nil {
		return err
	}
	column := types.Column{Name: def.Name.Text, Type: typ}
	switch def.Role {
	case ast.KeyColumn, ast.PrimaryKeyColumn:
		schema.Key = append(schema.Key, column)
		return nil
	case ast.HeadersColumn:
		column.Header = types.Header{All: true}
	case ast.HeaderColumn:
		column.Header = types.Header{Key: def.Header}
	case ast.ValueColumn:
	}
	if err := checkHeader(def, column); err != nil {
		return err
	}
	schema.Value = append(schema.Value, column)
	return nil
}

func checkColumn(schema *types.Schema, kind ast.Kind, def ast.ColumnDef) error {
	name := def.Name.Text
	if _, reserved := types.FindPseudo(name); reserved {
		return source.Errorf(def.Name.Span, "'%s' is a reserved column name. It cannot be used as a name for a column.", name)
	}
	if _, _, twice := schema.Find(name); twice {
		return source.Errorf(def.Name.Span, "Duplicate column names: %s", name)
	}
	switch {
	case def.Role == ast.KeyColumn && kind == ast.Table:
		return source.Errorf(def.Span, "Column `%s` is a 'KEY' column: please use 'PRIMARY KEY' for tables.", name).
			WithDetail("Tables have PRIMARY KEYs, which are unique and NON NULL.\nStreams have KEYs, which have no uniqueness or NON NULL constraints.")
	case def.Role == ast.PrimaryKeyColumn && kind == ast.Stream:
		return source.Errorf(def.Span, "Column `%s` is a 'PRIMARY KEY' column: please use 'KEY' for streams.", name).
			WithDetail("Tables have PRIMARY KEYs, which are unique and NON NULL.\nStreams have KEYs, which have no uniqueness or NON NULL constraints.")
	}
	return nil
}

// checkHeader checks what a column that is filled from headers says.
func checkHeader(def ast.ColumnDef, c types.Column) error {
	switch {
	case def.Role == ast.HeaderColumn && def.Header == "":
		return source.Errorf(def.Span, "HEADER('') names no header")
	case c.Header.All && !c.Type.Equal(types.HeadersType):
		return source.Errorf(def.Type.Span, "Invalid type for HEADERS column: expected %s, got %s", types.HeadersType, c.Type)
	case c.Header.Key != "" && c.Type.Kind() != types.KindBytes:
		return source.Errorf(def.Type.Span, "Invalid type for HEADER('%s') column: expected BYTES, got %s", c.Header.Key, c.Type)
	}
	return nil
}

// checkHeaders: a source has one HEADERS column, or HEADER columns of different keys.
func checkHeaders(columns []ast.ColumnDef) error {
	all, keys := false, map[string]bool{}
	for _, def := range columns {
		switch def.Role {
		case ast.HeadersColumn:
			if all {
				return source.Errorf(def.Span, "Schema already contains a HEADERS column.")
			}
			all = true
		case ast.HeaderColumn:
			if keys[def.Header] {
				return source.Errorf(def.Span, "Schema already contains a HEADER('%s') column.", def.Header)
			}
			keys[def.Header] = true
		default:
			continue
		}
		if all && len(keys) > 0 {
			return source.Errorf(def.Span, "Schema already contains a HEADERS column: HEADER('key') columns cannot stand beside it.")
		}
	}
	return nil
}

// Alter plans an ALTER STREAM or TABLE: the source with the columns added.
func (p *Planner) Alter(s *ast.AlterSource) (*catalog.Source, error) {
	old, err := p.Source(s.Name)
	if err != nil {
		return nil, err
	}
	if old.Kind != catalog.Kind(s.Kind) {
		return nil, source.Errorf(s.Name.Span, "Incompatible data source type is %s, but statement was ALTER %s", old.Kind, s.Kind)
	}
	if old.ReadOnly {
		return nil, source.Errorf(s.Name.Span, "Cannot alter %s '%s': ALTER operations are not supported on source %ss.",
			strings.ToLower(old.Kind.String()), old.Name, strings.ToLower(old.Kind.String()))
	}
	altered := *old
	altered.Schema = &types.Schema{Key: old.Schema.Key, Value: append([]types.Column(nil), old.Schema.Value...)}
	for _, def := range s.Columns {
		if err := checkRowTopic(def, old.Pattern); err != nil {
			return nil, err
		}
		if _, _, taken := old.Schema.Find(def.Name.Text); taken {
			return nil, source.Errorf(def.Name.Span, "Cannot add column `%s` to schema. A column with the same name already exists.", def.Name.Text)
		}
		if err := p.declare(altered.Schema, s.Kind, def); err != nil {
			return nil, err
		}
	}
	if err := p.Formats.Check(altered.Value, catalog.ValueSide, altered.Schema.Value); err != nil {
		return nil, source.Errorf(s.Span, "%s", err)
	}
	return &altered, nil
}
