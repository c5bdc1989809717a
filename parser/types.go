package parser

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
)

// This file parses data types.

// dataType parses a type. Any type may be followed by ARRAY, once or more.
func (p *parser) dataType() *ast.Type {
	if !p.enter() {
		return &ast.Type{}
	}
	defer p.leave()
	first := p.i
	t := p.plainType()
	for range maxDepth {
		if !p.accept("ARRAY") {
			return t
		}
		t = &ast.Type{Span: p.since(first), Form: ast.ArrayType, Elements: []*ast.Type{t}}
	}
	p.failTooLarge()
	return t
}

// plainType parses a type without ARRAY after it. ARRAY, MAP and STRUCT without
// their brackets are names. STRUCT<> is not a type: its brackets read as the
// operator <>.
func (p *parser) plainType() *ast.Type {
	first := p.i
	t := &ast.Type{Form: ast.NamedType}
	switch {
	case p.accept("ARRAY", "<"):
		t.Form, t.Elements = ast.ArrayType, []*ast.Type{p.dataType()}
		p.expect(">")
	case p.accept("MAP", "<"):
		t.Form, t.Elements = ast.MapType, []*ast.Type{p.dataType()}
		p.expect(",")
		t.Elements = append(t.Elements, p.dataType())
		p.expect(">")
	case p.accept("STRUCT", "<"):
		t.Form, t.Fields = ast.StructType, p.fields()
		p.expect(">")
	case p.at("DECIMAL"):
		t.Name = p.next().name()
		t.Params = p.decimalSize()
	default:
		t.Name = p.name()
		t.Params = p.typeParams()
	}
	t.Span = p.since(first)
	return t
}

// fields parses the fields of a struct type, up to its closing mark.
func (p *parser) fields() []ast.FieldDef {
	if p.at(">") {
		return nil
	}
	var all []ast.FieldDef
	p.list(func() {
		first := p.i
		f := ast.FieldDef{Name: p.name(), Type: p.dataType()}
		f.Span = p.since(first)
		all = append(all, f)
	})
	return all
}

// decimalSize parses the precision and scale of a DECIMAL.
func (p *parser) decimalSize() []string {
	p.expect("(")
	precision := p.digits()
	p.expect(",")
	scale := p.digits()
	p.expect(")")
	return []string{precision, scale}
}

// digits parses a number and returns it as written. The grammar takes any number
// for a precision or a scale; which make sense is for the planner to say.
func (p *parser) digits() string {
	sign := ""
	if p.at("-") && p.peek(1).isNumber() {
		sign = p.next().text
	}
	if !p.tok().isNumber() {
		p.failOperand()
		return ""
	}
	return sign + p.next().text
}

// typeParams parses the parameters of a named type, if there are any: whole
// numbers or the word STRING.
func (p *parser) typeParams() []string {
	if !p.at("(") {
		return nil
	}
	var all []string
	p.bracketed(func() {
		if !p.at("STRING") && p.tok().kind != integer {
			p.fail("STRING", "INTEGER_VALUE")
			return
		}
		all = append(all, strings.ToUpper(p.next().text))
	})
	return all
}
