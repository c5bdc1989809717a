package conformance

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
)

// checkPost compares the catalog and the topics after the run: what the case itself
// asks for, and the whole catalog as qtt-schemas has it.
func (r *run) checkPost(ctx context.Context) Outcome {
	sources := r.engine.Sources()
	for _, want := range slices.Concat(r.c.Post.Sources, r.c.Catalog) {
		if d := sourceDifference(sources, want); d != "" {
			return failed("the catalog: %s", d)
		}
	}
	if len(r.c.Catalog) > 0 && len(sources) != len(r.c.Catalog) {
		return failed("the catalog: %d sources instead of %d", len(sources), len(r.c.Catalog))
	}
	if d := r.blacklisted(ctx); d != "" {
		return failed("%s", d)
	}
	return r.checkTopics(ctx)
}

// blacklisted names a topic that there may not be, "" for none.
func (r *run) blacklisted(ctx context.Context) string {
	if r.c.Post.Blacklist == "" {
		return ""
	}
	pattern, err := regexp.Compile(r.c.Post.Blacklist)
	if err != nil {
		return err.Error()
	}
	names, err := topicNames(ctx, r.engine)
	if err != nil {
		return err.Error()
	}
	for _, name := range names {
		if pattern.MatchString(name) {
			return "there is an inner topic " + name
		}
	}
	return ""
}

// sourceDifference says how the source of that name differs, "" for not at all.
func sourceDifference(sources []*catalog.Source, want SourceSpec) string {
	i := slices.IndexFunc(sources, func(s *catalog.Source) bool { return s.Name == want.Name })
	if i < 0 {
		return "there is no " + want.Name
	}
	s := sources[i]
	if !strings.EqualFold(s.Kind.String(), want.Type) && want.Type != "" {
		return fmt.Sprintf("%s is a %s", s.Name, s.Kind)
	}
	if d := schemaDifference(s, want.Schema); d != "" {
		return s.Name + " " + d
	}
	if d := formatDifference(s, want); d != "" {
		return s.Name + " has " + d
	}
	if want.IsSource != nil && s.ReadOnly != *want.IsSource {
		return fmt.Sprintf("%s is read-only: %t", s.Name, s.ReadOnly)
	}
	return ""
}

// schemaDifference compares the columns, if any are given.
func schemaDifference(s *catalog.Source, want string) string {
	if want == "" {
		return ""
	}
	schema, err := parseSchema(want)
	if err != nil {
		return fmt.Sprintf("cannot be compared: %s", err)
	}
	if got := columnTexts(s.Schema); !slices.Equal(got, columnTexts(schema)) {
		return fmt.Sprintf("has the columns %s", strings.Join(got, ", "))
	}
	return ""
}

// columnTexts writes the columns, those of the key first.
func columnTexts(s *types.Schema) (all []string) {
	for _, c := range s.Key {
		all = append(all, "`"+c.Name+"` "+c.Type.String()+" KEY")
	}
	for _, c := range s.Value {
		text := "`" + c.Name + "` " + c.Type.String()
		if c.Header.All {
			text += " HEADERS"
		} else if c.Header.Key != "" {
			text += " HEADER('" + c.Header.Key + "')"
		}
		all = append(all, text)
	}
	return all
}

// parseSchema reads columns as a CREATE STREAM lists them.
func parseSchema(text string) (*types.Schema, error) {
	text = "CREATE STREAM S (" + strings.ReplaceAll(text, "PRIMARY KEY", "KEY") + ");"
	statements, err := parser.Parse(text)
	if err != nil {
		return nil, err
	}
	schema := &types.Schema{}
	for _, def := range statements[0].Statement.(*ast.CreateSource).Columns {
		typ, err := expr.ResolveType(def.Type, func(string) (*types.Type, bool) { return nil, false })
		if err != nil {
			return nil, err
		}
		c := types.Column{Name: def.Name.Text, Type: typ}
		switch def.Role {
		case ast.KeyColumn:
			schema.Key = append(schema.Key, c)
			continue
		case ast.HeadersColumn:
			c.Header.All = true
		case ast.HeaderColumn:
			c.Header.Key = def.Header
		default:
		}
		schema.Value = append(schema.Value, c)
	}
	return schema, nil
}

// formatDifference compares the formats, as far as they are given, and the window
// of the key, which is none where none is given.
func formatDifference(s *catalog.Source, want SourceSpec) string {
	if want.ValueFormat != "" && s.Value.Name != want.ValueFormat {
		return "the value format " + s.Value.Name
	}
	if got := valueFeatures(s); want.whole || want.ValueFeatures != nil {
		if !sameSet(got, want.ValueFeatures) {
			return fmt.Sprintf("the value features %s", got)
		}
	}
	if got := keyFeatures(s); want.whole || want.KeyFeatures != nil {
		if !sameSet(got, want.KeyFeatures) {
			return fmt.Sprintf("the key features %s", got)
		}
	}
	if want.KeyFormat == nil {
		return ""
	}
	if s.Key.Name != want.KeyFormat.Format {
		return "the key format " + s.Key.Name
	}
	size := int64(0)
	if want.KeyFormat.WindowSize != nil {
		size = *want.KeyFormat.WindowSize
	}
	if string(s.Window.Type) != want.KeyFormat.WindowType || s.Window.Size.Milliseconds() != size {
		return fmt.Sprintf("windows of type %q and %d ms", s.Window.Type, s.Window.Size.Milliseconds())
	}
	return ""
}
