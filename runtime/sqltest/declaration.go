package sqltest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/catalog"
)

// This file holds the assertion about declarations.

// assertSource is ASSERT STREAM or TABLE: the source is as declared here.
func (r *run) assertSource(n *ast.AssertSource) error {
	r.assertions++
	planner := r.engine.Planner()
	src, err := planner.Source(n.Name)
	if err != nil {
		return err
	}
	declared, err := planner.Create(&ast.CreateSource{Span: n.Span, Kind: n.Kind, Name: n.Name, Columns: n.Columns, With: n.With})
	if err != nil {
		return err
	}
	want := declared.Source
	for _, part := range []struct {
		what      string
		got, want string
	}{
		{"schema", src.Schema.String(), want.Schema.String()},
		{"type", src.Kind.String(), want.Kind.String()},
		{"kafka topic", src.Topic, want.Topic},
		{"key format", src.Key.Name, want.Key.Name},
		{"key format properties", formatText(src.Key), formatText(want.Key)},
		{"value format", src.Value.Name, want.Value.Name},
		{"value format properties", formatText(src.Value), formatText(want.Value)},
		{"value serde features", wrapText(src.Value), wrapText(want.Value)},
		{"timestamp column", src.Timestamp, want.Timestamp},
		{"timestamp format", src.TimestampFormat, want.TimestampFormat},
	} {
		if part.got != part.want {
			return &DeclarationError{Source: src.Name, What: part.what, Diff: Diff{
				Columns: []string{part.what}, Expected: []string{part.want}, Actual: []string{part.got},
			}}
		}
	}
	return nil
}

// formatText writes the properties of a format that a statement can set, save how lone
// values are written.
func formatText(f catalog.Format) string {
	delimiter := ""
	if f.Delimiter != 0 {
		delimiter = strconv.QuoteRune(f.Delimiter)
	}
	texts := []string{
		propertyText("schema id", f.SchemaID), propertyText("full name", f.FullName),
		propertyText("nullable as", f.Nullable), propertyText("delimiter", delimiter),
	}
	return strings.Join(slices.DeleteFunc(texts, func(t string) bool { return t == "" }), ", ")
}

// propertyText writes a property that is set.
func propertyText[T comparable](name string, value T) string {
	var unset T
	if value == unset {
		return ""
	}
	return fmt.Sprintf("%s %v", name, value)
}

// wrapText says how a statement asks for lone values to be written, if it does.
func wrapText(f catalog.Format) string {
	switch {
	case !f.Asked:
		return ""
	case f.Unwrapped:
		return "UNWRAP_SINGLES"
	}
	return "WRAP_SINGLES"
}
