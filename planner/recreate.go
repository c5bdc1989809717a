package planner

import (
	"slices"
	"strconv"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file writes statements that make again what is in the catalog. They keep the
// words of the statements that have made it, and say besides what those took from
// elsewhere: from properties, from a query that is gone, from types that mean
// something else by now.

// Recreate returns statements that make a source as it is: a CREATE over its topic
// and, where one cannot say it all, the ALTERs after it. They are meant to be executed
// with the planner's properties and types. Made are the statements that have made the
// source, the CREATE first; partitions is how many the topic has, 0 if that is not known.
func (p *Planner) Recreate(src *catalog.Source, made []ast.Statement, partitions int) []ast.Statement {
	first := p.declaration(src, made[0])
	var added []ast.ColumnDef
	alters := []ast.Statement{}
	for _, n := range made[1:] {
		alter := n.(*ast.AlterSource)
		columns := p.respelled(alter.Columns, src.Schema)
		added = append(added, columns...)
		alters = append(alters, &ast.AlterSource{Kind: alter.Kind, Name: alter.Name, Columns: columns})
	}
	whole := *first
	whole.Columns = slices.Concat(first.Columns, added)
	whole.With = p.settings(src, &whole, partitions)
	if p.makes(&whole, src) && (len(added) == 0 || src.Value.SchemaID == 0) {
		return []ast.Statement{withoutInferred(&whole, src)}
	}
	first.With = p.settings(src, first, partitions)
	return append([]ast.Statement{withoutInferred(first, src)}, alters...)
}

// declaration returns the CREATE over the topic of a source that a statement has
// made, without the settings that the statement did not name.
func (p *Planner) declaration(src *catalog.Source, made ast.Statement) *ast.CreateSource {
	if as, ok := made.(*ast.CreateSourceAs); ok {
		return &ast.CreateSource{Kind: as.Kind, Name: as.Name, With: as.With, Columns: declared(src)}
	}
	n := *made.(*ast.CreateSource)
	n.OrReplace, n.IfNotExists = false, false
	n.Columns = p.respelled(n.Columns, src.Schema)
	return &n
}

// Declare returns the CREATE of a source that no statement has made.
func (p *Planner) Declare(src *catalog.Source) *ast.CreateSource {
	n := &ast.CreateSource{Kind: ast.Stream, Name: ast.Name{Text: src.Name}, Columns: declared(src)}
	if src.Kind == catalog.Table {
		n.Kind = ast.Table
	}
	n.With = p.settings(src, n, 0)
	return n
}

// declared declares the columns of a source.
func declared(src *catalog.Source) []ast.ColumnDef {
	key := ast.KeyColumn
	if src.Kind == catalog.Table {
		key = ast.PrimaryKeyColumn
	}
	var place source.Span // in no text
	columns := definitions(src.Schema.Key, key, place)
	for i, def := range definitions(src.Schema.Value, ast.ValueColumn, place) {
		switch h := src.Schema.Value[i].Header; {
		case h.All:
			def.Role = ast.HeadersColumn
		case h.Key != "":
			def.Role, def.Header = ast.HeaderColumn, h.Key
		}
		columns = append(columns, def)
	}
	return columns
}

// respelled declares columns with the types that they have in a schema.
func (p *Planner) respelled(columns []ast.ColumnDef, schema *types.Schema) []ast.ColumnDef {
	columns = slices.Clone(columns)
	for i, def := range columns {
		if _, t, ok := schema.Find(def.Name.Text); ok {
			columns[i].Type = p.spelled(def.Type, t)
		}
	}
	return columns
}

// spelled returns the type as it is written if that means t at the moment, else t
// spelled out.
func (p *Planner) spelled(written *ast.Type, t *types.Type) *ast.Type {
	if now, err := expr.ResolveType(written, p.Catalog.Type); err == nil && now.Equal(t) {
		return written
	}
	return definition(t, written.Span)
}

// RecreateType returns the CREATE TYPE of a named type.
func RecreateType(name string, t *types.Type) *ast.CreateType {
	n := &ast.CreateType{Name: ast.Name{Text: name}}
	n.Type = definition(t, n.Span)
	return n
}

// Respell changes the types in a statement's expressions so that they mean what they
// meant in another catalog. The tree must be the caller's own.
func (p *Planner) Respell(n ast.Statement, then *catalog.Catalog) {
	for n := range ast.Nodes(n) {
		cast, ok := n.(*ast.Cast)
		if !ok {
			continue
		}
		if t, err := expr.ResolveType(cast.Type, then.Type); err == nil {
			cast.Type = p.spelled(cast.Type, t)
		}
	}
}

// makes reports whether a statement makes the very source.
func (p *Planner) makes(n *ast.CreateSource, src *catalog.Source) bool {
	made, err := p.Create(n)
	if err != nil {
		return false
	}
	got, want := *made.Source, *src
	same := got.Schema.String() == want.Schema.String()
	got.Schema, got.Statement, want.Schema, want.Statement = nil, "", nil, ""
	got.Derived = want.Derived
	return same && got == want
}

// withoutInferred leaves out the columns that a schema's id stands for: beside it,
// no statement may list them.
func withoutInferred(n *ast.CreateSource, src *catalog.Source) *ast.CreateSource {
	kept := *n
	kept.Columns = slices.DeleteFunc(slices.Clone(n.Columns), func(c ast.ColumnDef) bool {
		return isKey(c.Role) && src.Key.SchemaID != 0 || isValue(c.Role) && src.Value.SchemaID != 0
	})
	return &kept
}

// settings is the WITH clause of a CREATE, completed with what the statement took
// from a property or a query.
func (p *Planner) settings(src *catalog.Source, n *ast.CreateSource, partitions int) *ast.Properties {
	with := &clause{}
	if n.With != nil {
		with.list = slices.Clone(n.With.List)
	}
	if src.Pattern == "" {
		with.add("KAFKA_TOPIC", text(src.Topic))
	}
	if src.Key.Name != p.Properties.String(config.DefaultKeyFormat) && !with.has("FORMAT") {
		with.add("KEY_FORMAT", text(src.Key.Name))
	}
	if !with.has("FORMAT") {
		with.add("VALUE_FORMAT", text(src.Value.Name))
	}
	if src.Key.Delimiter != 0 {
		with.add("KEY_DELIMITER", text(delimiterText(src.Key.Delimiter)))
	}
	if src.Value.Delimiter != 0 {
		with.add("VALUE_DELIMITER", text(delimiterText(src.Value.Delimiter)))
	}
	if src.Value.Asked {
		with.add("WRAP_SINGLE_VALUE", &ast.Boolean{Value: !src.Value.Unwrapped})
	}
	if src.Windowed() {
		with.add("WINDOW_TYPE", text(string(src.Window.Type)))
	}
	if src.Window.Size != 0 {
		with.add("WINDOW_SIZE", text(strconv.FormatInt(src.Window.Size.Milliseconds(), 10)+" MILLISECONDS"))
	}
	if partitions > 0 {
		with.put("PARTITIONS", &ast.Integer{Value: int64(partitions)})
	}
	return &ast.Properties{List: with.list}
}

// clause is a WITH clause that is being written.
type clause struct{ list []ast.Property }

func (c *clause) has(name string) bool {
	_, ok := (&ast.Properties{List: c.list}).Get(name)
	return ok
}

// add adds a property unless it is there.
func (c *clause) add(name string, value ast.Expr) {
	if !c.has(name) {
		c.list = append(c.list, ast.Property{Name: ast.Name{Text: name}, Value: value})
	}
}

// put adds a property, or gives the one that is there another value.
func (c *clause) put(name string, value ast.Expr) {
	c.add(name, value)
	for i := range c.list {
		if c.list[i].Key() == name {
			c.list[i].Value = value
		}
	}
}

func text(s string) *ast.String { return &ast.String{Value: s} }

// delimiterText is a delimiter as a statement has to write it.
func delimiterText(r rune) string {
	switch r {
	case '\t':
		return "TAB"
	case ' ':
		return "SPACE"
	}
	return string(r)
}
