package exec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file holds the rules of CREATE OR REPLACE for sources: what reads the source
// must go on working, so columns may be added at the end and nothing else may
// change. Those for the query that fills a source are in upgrade.go.

// checkReplace says why a source cannot be put in the place of old, which is nil
// if there is none. The name is as the statement has it.
func (s *Session) checkReplace(name ast.Name, old, next *catalog.Source) error {
	kind := strings.ToLower(next.Kind.String())
	refuse := func(format string, args ...any) error {
		return source.Errorf(name.Span, "Cannot add %s '%s': %s", kind, name.Text, fmt.Sprintf(format, args...))
	}
	switch {
	case !s.properties.Bool(config.CreateOrReplace):
		return refuse("CREATE OR REPLACE is switched off by %s.", config.CreateOrReplace)
	case next.ReadOnly || old != nil && old.ReadOnly:
		return refuse("CREATE OR REPLACE is not supported on source %ss.", kind)
	case old == nil:
		return nil
	case old.Kind != next.Kind:
		return refuse("A %s with the same name already exists.", strings.ToLower(old.Kind.String()))
	}
	for _, p := range replaceable(old, next) {
		if p.old != p.next {
			return refuse("DataSource '%s' has %s = %s which is not upgradeable to %s", ast.Quote(old.Name), p.name, p.old, p.next)
		}
	}
	if reason := columnsChanged(old.Schema, next.Schema); reason != "" {
		return refuse("DataSource '%s' has schema = %s which is not upgradeable to %s. (%s)",
			ast.Quote(old.Name), old.Schema, next.Schema, reason)
	}
	return nil
}

// property is something of a source that must stay as it is, in words that are
// the same for what is the same.
type property struct{ name, old, next string }

// replaceable returns what must not change besides the columns, in the order in
// which faults are told.
func replaceable(old, next *catalog.Source) []property {
	return []property{
		{"topic", old.Topics(), next.Topics()},
		{"keyFormat", formatText(old.Key), formatText(next.Key)},
		{"valueFormat", formatText(old.Value), formatText(next.Value)},
		{"timestamp column", timestampText(old), timestampText(next)},
		{"windowInfo", windowText(old), windowText(next)},
	}
}

// formatText is a format with all that the statement said about it.
func formatText(f catalog.Format) string {
	text := f.Name
	if f.Delimiter != 0 {
		text += fmt.Sprintf("{delimiter=%c}", f.Delimiter)
	}
	if f.Unwrapped {
		text += " unwrapped"
	}
	return text
}

func timestampText(s *catalog.Source) string {
	if s.Timestamp == "" {
		return "none"
	}
	return strings.TrimSpace(ast.Quote(s.Timestamp) + " " + s.TimestampFormat)
}

func windowText(s *catalog.Source) string {
	if !s.Windowed() {
		return "none"
	}
	return fmt.Sprintf("%s %s", s.Window.Type, s.Window.Size)
}

// columnsChanged says in ksqlDB's words which columns are not as they were, ""
// if all are.
func columnsChanged(old, next *types.Schema) string {
	if !slices.EqualFunc(old.Key, next.Key, sameColumn) {
		changed := changedColumns(old.Key, next.Key)
		if len(changed) == 0 {
			changed = next.Key[len(old.Key):]
		}
		return "Key columns must be identical. The following key columns are changed, missing or reordered: " +
			columnList(changed, " KEY")
	}
	if changed := changedColumns(old.Value, next.Value); len(changed) > 0 {
		return "The following columns are changed, missing or reordered: " + columnList(changed, "")
	}
	return ""
}

// changedColumns returns the old columns that are not in the same place.
func changedColumns(old, next []types.Column) []types.Column {
	var changed []types.Column
	for i, c := range old {
		if i >= len(next) || !sameColumn(c, next[i]) {
			changed = append(changed, c)
		}
	}
	return changed
}

func sameColumn(a, b types.Column) bool {
	return a.Name == b.Name && a.Header == b.Header && a.Type.Equal(b.Type)
}

// columnList shows columns as ksqlDB's messages do: [`A` INTEGER KEY].
func columnList(columns []types.Column, suffix string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = ast.Quote(c.Name) + " " + c.Type.String() + suffix
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
