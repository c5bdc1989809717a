package planner

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/types"
)

// timestamp sets the column that gives the records' event time.
func timestamp(src *catalog.Source, with *config.SourceProperties) error {
	if !with.Timestamp.Set {
		if with.TimestampFormat.Set {
			return source.Errorf(with.TimestampFormat.Span, "'TIMESTAMP_FORMAT' needs 'TIMESTAMP' to name a column in the WITH clause.")
		}
		return nil
	}
	name := columnName(with.Timestamp.Value)
	_, typ, ok := src.Schema.Find(name)
	if !ok {
		return noTimestamp(with, src.Schema)
	}
	switch k := typ.Kind(); {
	case k == types.KindString && !with.TimestampFormat.Set,
		k != types.KindString && k != types.KindBigint && k != types.KindTimestamp:
		return source.Errorf(with.Timestamp.Span,
			"Timestamp column, `%s`, should be LONG(INT64), TIMESTAMP, or a String with a timestamp_format specified", name)
	case k != types.KindString && with.TimestampFormat.Set:
		return source.Errorf(with.TimestampFormat.Span, "Timestamp_format is only for STRING columns, and `%s` is %s", name, typ)
	}
	src.Timestamp, src.TimestampFormat = name, with.TimestampFormat.Value
	return nil
}

func noTimestamp(with *config.SourceProperties, schema *types.Schema) error {
	name := columnName(with.Timestamp.Value)
	err := source.Errorf(with.Timestamp.Span, "The TIMESTAMP column set in the WITH clause does not exist in the schema: '%s'", name)
	return ast.Suggest(err, name, schema.Names())
}

// columnName folds a column's name that is written in a string: in capitals unless it is quoted there.
func columnName(text string) string {
	if n := len(text); n > 2 && text[0] == text[n-1] && strings.ContainsRune("`\"", rune(text[0])) {
		return text[1 : n-1]
	}
	return strings.ToUpper(text)
}
