package conformance

import (
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
)

// This file holds the assertions of scripts.

// recordError says that a record is not the one that was asserted.
type recordError struct{ difference string }

// Error returns ksqlDB's sentence and the difference.
func (e *recordError) Error() string { return "Expected record does not match actual. " + e.difference }

// next takes the next record of a source that no assertion has taken.
func (s *script) next(name ast.Name) (*catalog.Source, *data.Record, error) {
	src, err := s.source(name)
	if err != nil {
		return nil, nil, err
	}
	log, _ := s.engine.Log(src.Topic)
	at := s.read[src.Topic]
	if at >= len(log) {
		return nil, nil, &recordError{fmt.Sprintf("There is no record %d in %s.", at, src.Topic)}
	}
	s.read[src.Topic]++
	record, err := s.engine.Decode(src, log[at])
	return src, record, err
}

// assertValues is ASSERT VALUES: the next record has these values in the columns listed.
func (s *script) assertValues(n *ast.AssertValues) error {
	src, record, err := s.next(n.Source)
	if err != nil {
		return err
	}
	if record.Value == nil {
		return &recordError{"The value is null."}
	}
	return s.compare(src, record, n.Columns, n.Values)
}

// assertTombstone is ASSERT NULL VALUES: the next record has this key and no value.
func (s *script) assertTombstone(n *ast.AssertTombstone) error {
	src, record, err := s.next(n.Source)
	if err != nil {
		return err
	}
	if record.Value != nil && !allNull(record.Value) {
		return &recordError{"The value is not null."}
	}
	return s.compare(src, record, n.Columns, n.Values)
}

// allNull reports whether a stream's record may have come from a null value.
func allNull(row data.Row) bool {
	for _, v := range row {
		if !v.IsNull() {
			return false
		}
	}
	return true
}

// compare compares the columns listed, or all of the source.
func (s *script) compare(src *catalog.Source, record *data.Record, names []ast.Name, values []ast.Expr) error {
	if len(names) == 0 {
		for _, c := range src.Schema.Columns() {
			names = append(names, ast.Name{Text: c.Name})
		}
	}
	if len(names) != len(values) {
		return fmt.Errorf("%d columns and %d values", len(names), len(values))
	}
	for i, name := range names {
		actual, typ, err := column(src, record, name.Text)
		if err != nil {
			return err
		}
		want, err := s.engine.Evaluate(values[i], typ)
		if err != nil {
			return err
		}
		a, w := display.AppendText(nil, actual, typ), display.AppendText(nil, want, typ)
		if string(a) != string(w) {
			return &recordError{fmt.Sprintf("%s is %s, not %s.", name.Text, a, w)}
		}
	}
	return nil
}

// column returns the value of a column of a record, pseudo columns included.
func column(src *catalog.Source, record *data.Record, name string) (data.Value, *types.Type, error) {
	if pseudo, ok := types.FindPseudo(name); ok {
		return record.Pseudo(pseudo), types.PseudoColumns[pseudo].Type, nil
	}
	ref, typ, ok := src.Schema.Find(name)
	if !ok {
		return data.Null, nil, fmt.Errorf("%s has no column %s", src.Name, name)
	}
	row := record.Value
	if ref.Place == types.InKey {
		row = record.Key
	}
	if row == nil {
		return data.Null, typ, nil
	}
	return row[ref.Index], typ, nil
}

// assertSource is ASSERT STREAM or TABLE: the source is as declared here.
func (s *script) assertSource(n *ast.AssertSource) error {
	src, err := s.source(n.Name)
	if err != nil {
		return err
	}
	declared, err := s.engine.Plan().Create(&ast.CreateSource{Span: n.Span, Kind: n.Kind, Name: n.Name, Columns: n.Columns, With: n.With})
	if err != nil {
		return err
	}
	want := declared.Source
	for _, part := range []struct {
		what string
		same bool
	}{
		{"schema", strings.Join(columnTexts(src.Schema), ", ") == strings.Join(columnTexts(want.Schema), ", ")},
		{"type", src.Kind == want.Kind},
		{"kafka topic", src.Topic == want.Topic},
		{"key format", src.Key.Name == want.Key.Name},
		{"key format properties", sameProperties(src.Key, want.Key)},
		{"value format", src.Value.Name == want.Value.Name},
		{"value format properties", sameProperties(src.Value, want.Value)},
		{"value serde features", sameSet(valueFeatures(src), valueFeatures(want))},
		{"timestamp column", src.Timestamp == want.Timestamp},
		{"timestamp format", src.TimestampFormat == want.TimestampFormat},
	} {
		if !part.same {
			return fmt.Errorf("Expected %s does not match actual for source %s.", part.what, src.Name)
		}
	}
	return nil
}

// sameProperties reports whether two formats of the same name have the same properties.
func sameProperties(a, b catalog.Format) bool {
	a.Unwrapped, a.Asked = b.Unwrapped, b.Asked
	return a == b
}
