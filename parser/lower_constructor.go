package parser

import "github.com/ksqlite/ksqlite/parser/ast"

// This file writes the constructors of arrays, maps and structs as MySQL calls.

// array lowers ARRAY[...], which is always the constructor.
func (l *lowering) array() {
	tok := l.i
	n := &ast.Array{}
	l.expect("ARRAY")
	l.emitLeaf(tok, "ARRAY", func(args []ast.Expr) ast.Expr {
		n.Elements = args
		return n
	})
	l.open("[")
	if !l.at("]") {
		l.list(func() { l.listed(true) })
	}
	l.close("]")
	n.Span = l.since(tok)
}

// atMap reports whether MAP( begins a constructor: it is empty, or := is the
// first separator in it. Otherwise it calls a function.
func (l *lowering) atMap() bool {
	if l.peek(2).is(")") {
		return true
	}
	depth := 0
	for n := 2; l.peek(n).kind != end; n++ {
		switch t := l.peek(n); {
		case t.is("(") || t.is("["):
			depth++
		case depth == 0 && (t.is(":=") || t.is(",") || t.is(")")):
			return t.is(":=")
		case t.is(")") || t.is("]"):
			depth--
		}
	}
	return false
}

// mapOf lowers MAP(key := value, ...).
func (l *lowering) mapOf() {
	tok := l.i
	n := &ast.Map{}
	l.expect("MAP")
	l.emitLeaf(tok, "MAP", func(args []ast.Expr) ast.Expr {
		for i := 0; i < len(args); i += 2 {
			n.Entries = append(n.Entries, ast.MapEntry{Key: args[i], Value: args[i+1]})
		}
		return n
	})
	l.open("(")
	if !l.at(")") {
		l.list(l.mapEntry)
	}
	l.close(")")
	n.Span = l.since(tok)
}

// mapEntry lowers key := value.
func (l *lowering) mapEntry() {
	l.expr(true)
	tok := l.i
	l.expect(":=")
	l.emit(tok, ",")
	l.listed(true)
}

// atStruct reports whether STRUCT( begins a constructor: it is empty, or a name
// and := follow. Otherwise it calls a function.
func (l *lowering) atStruct() bool {
	return l.peek(2).is(")") || (l.peek(2).isName() && l.peek(3).is(":="))
}

// structOf lowers STRUCT(name := value, ...).
func (l *lowering) structOf() {
	tok := l.i
	n := &ast.Struct{}
	l.expect("STRUCT")
	l.emitLeaf(tok, "STRUCT", func(args []ast.Expr) ast.Expr {
		for i, value := range args {
			n.Fields[i].Value = value
		}
		return n
	})
	l.open("(")
	if !l.at(")") {
		l.list(func() {
			n.Fields = append(n.Fields, ast.StructField{Name: l.name()})
			l.expect(":=")
			l.listed(true)
		})
	}
	l.close(")")
	n.Span = l.since(tok)
}
