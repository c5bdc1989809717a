package ast

import (
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
)

// TypeForm tells the built-in shapes of a type from a plain name.
type TypeForm int

// The forms of types.
const (
	// NamedType is a scalar type or one made by CREATE TYPE.
	NamedType TypeForm = iota + 1
	ArrayType
	MapType
	StructType
)

// Type is a data type as written: a scalar, a named type, ARRAY<t> or t ARRAY,
// MAP<k, v>, STRUCT<name t, ...>. Whether a named type exists, and what it stands
// for, is for the planner to say.
type Type struct {
	source.Span
	Form TypeForm
	// Name and Params belong to a NamedType: DECIMAL with "10" and "2",
	// VARCHAR with "STRING". A parameter is a number or the word STRING.
	Name   Name
	Params []string
	// Elements is the element type of an array, or key and value of a map.
	Elements []*Type
	// Fields belong to a StructType.
	Fields []FieldDef
}

// FieldDef declares one field of a struct type. Its name folds as other names do.
type FieldDef struct {
	source.Span
	Name Name
	Type *Type
}

// ColumnRole says what a declared column is made of.
type ColumnRole int

// The roles of columns.
const (
	// ValueColumn is a column of the record's value.
	ValueColumn ColumnRole = iota
	// KeyColumn is marked KEY, PrimaryKeyColumn PRIMARY KEY.
	KeyColumn
	PrimaryKeyColumn
	// HeadersColumn holds all headers, HeaderColumn one of them.
	HeadersColumn
	HeaderColumn
)

// ColumnDef declares a column: name type [KEY | PRIMARY KEY | HEADERS | HEADER('k')].
type ColumnDef struct {
	source.Span
	Name Name
	Type *Type
	Role ColumnRole
	// RoleSpan is the place of the words that give the role.
	RoleSpan source.Span
	// Header is the header's key if Role is HeaderColumn.
	Header string
}

// Properties is a WITH clause's list, in the order written. Which properties
// there are, and what they may hold, is not checked here.
type Properties struct {
	source.Span
	List []Property
}

// Property is one name = literal.
type Property struct {
	source.Span
	// Name was written as an identifier or, Quoted, as a name in quotes or a
	// string.
	Name Name
	// Value is a literal: a Null, Boolean, Integer, Decimal, Double or String.
	Value Expr
}

// Key returns the property's name in capitals; names of properties ignore case.
func (n Property) Key() string { return strings.ToUpper(n.Name.Text) }

// Get returns the last property of that name, which ignores case.
func (n *Properties) Get(name string) (Property, bool) {
	if n == nil {
		return Property{}, false
	}
	for _, one := range slices.Backward(n.List) {
		if strings.EqualFold(one.Name.Text, name) {
			return one, true
		}
	}
	return Property{}, false
}

func (t *Type) format(p *printer) {
	switch t.Form {
	case ArrayType:
		p.word("ARRAY")
		p.open("<")
		commas(p, slices.Values(t.Elements))
		p.tight(">")
	case MapType:
		p.word("MAP")
		p.open("<")
		commas(p, slices.Values(t.Elements))
		p.tight(">")
	case StructType:
		t.formatStruct(p)
	default:
		t.formatNamed(p)
	}
}

// formatStruct prints STRUCT<name type, ...>.
func (t *Type) formatStruct(p *printer) {
	p.word("STRUCT")
	if len(t.Fields) == 0 { // <> would read as the operator
		p.tight("< >")
		return
	}
	p.open("<")
	commas(p, slices.Values(t.Fields))
	p.tight(">")
}

// formatNamed prints a name with its parameters.
func (t *Type) formatNamed(p *printer) {
	if t.Name.Quoted {
		t.Name.format(p)
	} else {
		p.word(t.Name.Text) // DECIMAL is a reserved word, yet not quoted
	}
	if len(t.Params) > 0 {
		p.tight("(" + strings.Join(t.Params, ", ") + ")")
	}
}

func (f FieldDef) format(p *printer) {
	f.Name.format(p)
	f.Type.format(p)
}

func (c ColumnDef) format(p *printer) {
	c.Name.format(p)
	c.Type.format(p)
	switch c.Role {
	case KeyColumn:
		p.word("KEY")
	case PrimaryKeyColumn:
		p.word("PRIMARY KEY")
	case HeadersColumn:
		p.word("HEADERS")
	case HeaderColumn:
		p.word("HEADER(" + QuoteString(c.Header) + ")")
	case ValueColumn:
	}
}

func (n *Properties) format(p *printer) {
	brackets(p, slices.Values(n.List))
}

func (n Property) format(p *printer) {
	n.Name.format(p)
	p.clause(n.Value, "=")
}

// with writes a WITH clause, if there is one.
func (p *printer) with(n *Properties) {
	if n != nil {
		p.clause(n, "WITH")
	}
}

// columns writes a list of column definitions, if there is one.
func (p *printer) columns(list []ColumnDef) {
	if len(list) > 0 {
		brackets(p, slices.Values(list))
	}
}
