package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// This file writes answers as a server does, and compares them.

// patience is how long a query may take to end.
const patience = 10 * time.Second

// drain reads all rows, as the server writes them: a header, rows, a final message.
func drain(ctx context.Context, rows query.Rows, silent bool) ([]any, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var keys []types.Column
	if silent { // a pull query over a table, whose header tells the key columns
		keys = rows.Key()
	}
	all := []any{object("header", object("queryId", rows.ID(), "schema", schemaText(rows.Columns(), keys)))}
	for rows.Next(ctx) {
		row, err := rowTree(rows.Row(), rows.Columns())
		if err != nil {
			return nil, err
		}
		all = append(all, object("row", row))
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	switch {
	case rows.End() == query.Stopped:
		return nil, fmt.Errorf("the query has not ended within %s", patience)
	case silent:
	case rows.End() == query.LimitReached:
		all = append(all, object("finalMessage", "Limit Reached"))
	default:
		all = append(all, object("finalMessage", "Query Completed"))
	}
	return all, nil
}

// object returns the object of names and values in turn.
func object(pairs ...any) *Object {
	o := &Object{Members: map[string]any{}}
	for i := 0; i < len(pairs); i += 2 {
		name := fmt.Sprint(pairs[i])
		o.Names, o.Members[name] = append(o.Names, name), pairs[i+1]
	}
	return o
}

// schemaText describes columns; those that keys, or the bounds of their windows, give their names are marked.
func schemaText(columns, keys []types.Column) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = "`" + c.Name + "` " + c.Type.String()
		bound := c.Name == types.PseudoColumns[types.WindowStart].Name || c.Name == types.PseudoColumns[types.WindowEnd].Name
		if keys != nil && (bound || slices.ContainsFunc(keys, func(key types.Column) bool { return key.Name == c.Name })) {
			parts[i] += " KEY"
		}
	}
	return strings.Join(parts, ", ")
}

func rowTree(row query.Row, columns []types.Column) (*Object, error) {
	values := make([]any, len(columns))
	for i, c := range columns {
		tree, err := parseTree(display.AppendJSON(nil, row.Values[i], c.Type))
		if err != nil {
			return nil, err
		}
		values[i] = tree
	}
	if row.Tombstone {
		return object("columns", values, "tombstone", true), nil
	}
	return object("columns", values), nil
}

// checkAnswers compares the answers in order; further ones are of no interest.
func checkAnswers(want []Response, got []reply) Outcome {
	for i, w := range want {
		if i >= len(got) {
			return failed("%d answers instead of %d", len(got), len(want))
		}
		if w.IsQuery != got[i].query {
			return failed("answer %d is of another kind", i)
		}
		d := ""
		if w.IsQuery {
			d = rowsDifference(got[i], w.Query)
		} else {
			d = partDifference("", got[i].entity, w.Admin, got[i].statement)
		}
		if d != "" {
			return failed("answer %d differs", i).withDetail("%s", d)
		}
	}
	return Outcome{Status: Pass}
}

// rowsDifference compares the rows of a query: the given parts of each by their
// places, and the columns of all as a multiset.
func rowsDifference(got reply, want []any) string {
	if len(got.rows) != len(want) {
		return fmt.Sprintf("%d rows, not %d: %s", len(got.rows), len(want), appendTree(nil, got.rows))
	}
	var columns, wanted []string
	for i, w := range want {
		expected, actual := w.(*Object), got.rows[i].(*Object)
		wanted = append(wanted, columnsOf(expected)...)
		columns = append(columns, columnsOf(actual)...)
		if d := partDifference("", withoutColumns(actual), withoutColumns(expected), got.statement); d != "" {
			return fmt.Sprintf("row %d: %s", i, d)
		}
	}
	slices.Sort(columns)
	slices.Sort(wanted)
	if !slices.Equal(columns, wanted) {
		return fmt.Sprintf("rows %s\nnot  %s", columns, wanted)
	}
	return ""
}

// columnsOf returns the columns of a row, if it has some, as a text that is equal for
// equal columns.
func columnsOf(row *Object) []string {
	inner, ok := row.Get("row").(*Object)
	if !ok || !inner.Has("columns") {
		return nil
	}
	return []string{string(appendCanonical(nil, inner.Get("columns")))}
}

// appendCanonical writes a tree with sorted names, and fractions so that their
// digits and scale show.
func appendCanonical(dst []byte, tree any) []byte {
	switch t := tree.(type) {
	case []any:
		dst = append(dst, '[')
		for i, elem := range t {
			dst = appendCanonical(comma(dst, i), elem)
		}
		return append(dst, ']')
	case *Object:
		dst = append(dst, '{')
		for i, name := range slices.Sorted(slices.Values(t.Names)) {
			dst = append(appendString(comma(dst, i), name), ':')
			dst = appendCanonical(dst, t.Members[name])
		}
		return append(dst, '}')
	case json.Number:
		if d, ok := parseDecimal(t.String()); ok && isFraction(t.String()) {
			return fmt.Appendf(dst, "%se%d", d.Unscaled, -d.Scale)
		}
	}
	return appendTree(dst, tree)
}

// withoutColumns returns a row without its columns.
func withoutColumns(row *Object) *Object {
	inner, ok := row.Get("row").(*Object)
	if !ok {
		return row
	}
	rest := object()
	for _, name := range inner.Names {
		if name != "columns" {
			rest.Names, rest.Members[name] = append(rest.Names, name), inner.Members[name]
		}
	}
	return object("row", rest)
}

// startsWith ends the name of a member of which only the beginning is compared.
const startsWith = "|starts_with"

// partDifference compares the members that are expected; others do not matter.
func partDifference(path string, actual, expected any, statement string) string {
	e, ok := expected.(*Object)
	if !ok {
		if text, ok := expected.(string); ok {
			expected = strings.ReplaceAll(text, "{STATEMENT}", statement)
		}
		if string(appendCanonical(nil, actual)) == string(appendCanonical(nil, expected)) {
			return ""
		}
		return fmt.Sprintf("%s: %s, not %s", orRoot(path), textOf(actual), textOf(expected))
	}
	a, ok := actual.(*Object)
	if !ok {
		return fmt.Sprintf("%s: %s, not an object", orRoot(path), textOf(actual))
	}
	for _, name := range e.Names {
		if plain, prefix := strings.CutSuffix(name, startsWith); prefix {
			text, _ := a.Get(plain).(string)
			if !strings.HasPrefix(text, textOf(e.Members[name])) {
				return fmt.Sprintf("%s.%s: %s", orRoot(path), plain, text)
			}
			continue
		}
		if !a.Has(name) {
			return fmt.Sprintf("%s.%s: missing", orRoot(path), name)
		}
		if d := partDifference(path+"."+name, a.Members[name], e.Members[name], statement); d != "" {
			return d
		}
	}
	return ""
}
