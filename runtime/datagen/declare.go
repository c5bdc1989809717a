package datagen

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/types"
)

// Declaration returns the statement that makes a stream of the topic, once Check has found nothing.
// Where fields of values are found by their names, the key is the column that it is made of;
// elsewhere all columns keep their places, and it is one more, ROWKEY.
func (w *Writer) Declaration() string {
	var p planner.Planner // nothing is declared or set that the statement would have to heed
	value := declarable(w.valueColumns)
	schema := &types.Schema{Value: value}
	s := &catalog.Source{
		Name: ast.Unquote(w.Kind.Name), Kind: catalog.Stream, Topic: w.Topic, Schema: schema,
		Key:   catalog.Format{Name: p.Properties.String(config.DefaultKeyFormat)},
		Value: catalog.Format{Name: w.ValueFormat, Delimiter: w.Delimiter},
	}
	if w.key >= 0 {
		s.Key = catalog.Format{Name: w.KeyFormat}
		if w.KeyFormat == "DELIMITED" {
			s.Key.Delimiter = w.Delimiter
		}
		schema.Key = declarable([]types.Column{w.keyColumn()})
		if w.byName() {
			schema.Value = slices.Delete(value, w.key, w.key+1)
		}
	}
	return ast.Format(p.Declare(s)) + ";"
}

// keyColumn is the key as a column: that which it is made of, if a stream can leave that out of the
// values, else one with a name of its own.
func (w *Writer) keyColumn() types.Column {
	column := w.valueColumns[w.key]
	if !w.byName() {
		column.Name = unused("ROWKEY", w.valueColumns)
	}
	return column
}

// byName reports whether the values have other fields than the key, which their format finds by
// their names.
func (w *Writer) byName() bool {
	features, _ := w.Formats.Features(w.ValueFormat)
	return features&(catalog.SampledValues|catalog.SchemaInference) != 0 && len(w.valueColumns) > 1
}

// unused returns a name that no column has.
func unused(name string, columns []types.Column) string {
	free := name
	for i := 1; slices.ContainsFunc(columns, func(c types.Column) bool { return strings.EqualFold(c.Name, free) }); i++ {
		free = name + "_" + strconv.Itoa(i)
	}
	return free
}

// declarable returns columns with names in capitals, which find fields in any case and need no
// quotes. Names that would need them all the same stay as they are, and so do those that
// differ only in case.
func declarable(columns []types.Column) []types.Column {
	fields := make([]types.Field, len(columns))
	for i, c := range columns {
		fields[i] = types.Field{Name: c.Name, Type: c.Type}
	}
	named := make([]types.Column, len(columns))
	for i, f := range inCapitals(fields) {
		named[i] = types.Column{Name: f.Name, Type: f.Type}
	}
	return named
}

func inCapitals(fields []types.Field) []types.Field {
	often := map[string]int{}
	for _, f := range fields {
		often[strings.ToUpper(f.Name)]++
	}
	named := make([]types.Field, len(fields))
	for i, f := range fields {
		named[i] = types.Field{Name: f.Name, Type: typeInCapitals(f.Type)}
		upper := strings.ToUpper(f.Name)
		if often[upper] == 1 && (ast.Name{Text: upper}).SQL() == upper {
			named[i].Name = upper
		}
	}
	return named
}

func typeInCapitals(t *types.Type) *types.Type {
	switch t.Kind() {
	case types.KindArray:
		return types.ArrayOf(typeInCapitals(t.Elem()))
	case types.KindMap:
		return types.MapOf(t.Key(), typeInCapitals(t.Elem()))
	case types.KindStruct:
		return types.StructOf(inCapitals(t.Fields())...)
	}
	return t
}
