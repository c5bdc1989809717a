// Package planner gives statements their meaning: it checks them against the
// catalog and turns them into plans. It changes nothing and runs nothing.
//
// Every error is a *source.Error at the place in the statement that is wrong, in
// ksqlDB's words where users know them.
package planner

import (
	"time"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
)

// Planner plans statements against one state of the catalog. It is plain data;
// its methods change nothing.
type Planner struct {
	Catalog    *catalog.Catalog
	Functions  expr.Functions
	Formats    catalog.Formats
	Properties config.Properties
	// Now is the clock that records are compared with; nil where nothing is read.
	Now func() time.Time
}

// Source returns the stream or table of that name. The error offers the nearest name.
func (p *Planner) Source(name ast.Name) (*catalog.Source, error) {
	if s, ok := p.Catalog.Source(name.Text); ok {
		return s, nil
	}
	return nil, p.noSource(name, name.Text+" does not exist.")
}

// noSource says that there is no stream or table of that name, and offers the
// nearest name.
func (p *Planner) noSource(name ast.Name, message string) error {
	return ast.Suggest(source.Errorf(name.Span, "%s", message), name.Text, p.Catalog.SourceNames())
}

// Type resolves the type of a CREATE TYPE.
func (p *Planner) Type(s *ast.CreateType) (*types.Type, error) {
	return expr.ResolveType(s.Type, p.Catalog.Type)
}
