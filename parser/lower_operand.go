package parser

import (
	"slices"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

// This file writes operands as MySQL: literals, columns, calls, constructors,
// and what hangs on their ends.

// operand lowers one operand with its subscripts, fields and time zones. These
// are put as calls round the pieces written since start; only indexes of pieces
// at or before start stay good across that.
func (l *lowering) operand() {
	start, first := len(l.out), l.i
	l.primary()
	for range maxDepth {
		switch {
		case l.at("["):
			l.subscript(start, first)
		case l.at("->", "*"):
			l.allFields(start, first)
			return
		case l.at("->"):
			l.field(start, first)
		case l.at("AT"):
			l.zones(start, first)
			return
		default:
			return
		}
	}
	l.failTooLarge()
}

// subscript lowers [index].
func (l *lowering) subscript(start, first int) {
	tok := l.i
	var at source.Span
	l.wrap(start, tok, "[", func(args []ast.Expr) ast.Expr {
		return &ast.Subscript{Span: at, Operand: args[0], Index: args[1]}
	})
	l.expect("[")
	l.emit(tok, ",")
	l.expr(false)
	l.close("]")
	at = l.since(first)
}

// field lowers ->name.
func (l *lowering) field(start, first int) {
	tok := l.i
	l.expect("->")
	n := l.name()
	at := l.since(first)
	l.wrap(start, tok, "->", func(args []ast.Expr) ast.Expr {
		return &ast.Field{Span: at, Operand: args[0], Name: n}
	})
	l.emit(tok, ")")
}

// allFields lowers ->*, which is allowed only at the end of a select item that
// is nothing else.
func (l *lowering) allFields(start, first int) {
	tok := l.i
	l.expect("->")
	if first != l.item || l.depth != l.itemDepth || !l.endsItem(1) {
		l.failName()
		return
	}
	l.expect("*")
	l.items[tok] = &ast.AllFields{Span: l.since(first)}
	l.wrap(start, tok, "->*", nil)
	l.emit(tok, ")")
}

// endsItem reports whether a select item ends n tokens after the cursor.
func (l *lowering) endsItem(n int) bool { return l.peek(n).is(",") || l.peek(n).is("FROM") }

// zones lowers AT TIME ZONE 'zone', once or more.
func (l *lowering) zones(start, first int) {
	for range maxDepth {
		tok := l.i
		if !l.accept("AT") {
			return
		}
		l.expect("TIME", "ZONE")
		zone := l.str()
		at := l.since(first)
		l.wrap(start, tok, "AT", func(args []ast.Expr) ast.Expr {
			return &ast.AtTimeZone{Span: at, Operand: args[0], Zone: zone}
		})
		l.emit(tok, ")")
	}
	l.failTooLarge()
}

// primary lowers an operand without what hangs on its end. The order of the cases
// decides where two readings are possible: a name before a string makes a literal,
// before a bracket a call; a variable is a name only before those.
func (l *lowering) primary() {
	tok := l.i
	following := l.peek(1)
	switch {
	case l.fault != nil:
	case l.at("("):
		l.open("(")
		l.expr(true)
		l.close(")")
	case l.at("CASE"):
		l.caseWhen()
	case l.at("CAST"):
		l.cast()
	case l.at("ARRAY", "["):
		l.array()
	case l.at("MAP", "(") && l.atMap():
		l.mapOf()
	case l.at("STRUCT", "(") && l.atStruct():
		l.structOf()
	case following.kind == stringToken && (l.tok().isName() || l.at("DECIMAL")):
		l.typed()
	case l.tok().isName() && (following.is("(") || following.is(".")):
		l.named()
	case l.atLiteral():
		l.emitValue(tok, l.literal())
	case l.tok().isName():
		l.named()
	default:
		l.failOperand()
	}
}

// typed lowers a name before a string. ksqlDB knows DECIMAL alone.
func (l *lowering) typed() {
	tok := l.i
	n := &ast.TypedLiteral{}
	if l.at("DECIMAL") {
		n.Type = l.next().name()
	} else {
		n.Type = l.name()
		l.refuse(n.Type.Span, "Unknown type: %s", n.Type.Text)
	}
	n.Value = l.str().Value
	n.Span = l.since(tok)
	l.emitValue(tok, n)
}

// named lowers a column or a call.
func (l *lowering) named() {
	tok := l.i
	n := l.name()
	switch {
	case l.at("("):
		l.call(tok, n)
	case l.accept("."):
		column := l.name()
		c := &ast.Column{Span: l.since(tok), Source: n, Name: column}
		l.emitLeaf(tok, column.Text, func([]ast.Expr) ast.Expr { return c })
	case slices.Contains(l.params, n.Text):
		v := &ast.Variable{Span: n.Span, Name: n}
		l.emitLeaf(tok, n.Text, func([]ast.Expr) ast.Expr { return v })
	default:
		c := &ast.Column{Span: n.Span, Name: n}
		l.emitLeaf(tok, n.Text, func([]ast.Expr) ast.Expr { return c })
	}
}

// call lowers the arguments of a call, whose name is read. Of a lambda only the
// body is written; heads keeps the rest by the argument's place until the body
// comes back.
func (l *lowering) call(tok int, n ast.Name) {
	c := &ast.Call{Name: n}
	heads := map[int]*ast.Lambda{}
	l.emitLeaf(tok, n.Text, func(args []ast.Expr) ast.Expr {
		for i, head := range heads {
			head.Body = args[i]
			args[i] = head
		}
		c.Args = args
		return c
	})
	l.open("(")
	switch star := l.i; {
	case l.accept("*"):
		l.emit(star, "*")
		c.Star = true
	case !l.at(")"):
		l.arguments(heads)
	}
	l.close(")")
	c.Span = l.since(tok)
}

// arguments lowers the arguments of a call. A lambda cannot be the first, and
// after one only lambdas may follow.
func (l *lowering) arguments(heads map[int]*ast.Lambda) {
	count := 0
	l.list(func() {
		switch {
		case count > 0 && l.atLambda():
			heads[count] = l.lambda()
		case len(heads) > 0:
			l.failOperand()
		default:
			l.argument()
		}
		l.comma()
		count++
	})
}

// argument lowers an argument that is no lambda: an expression or a unit of
// time.
func (l *lowering) argument() {
	tok := l.i
	unit, ok := argumentUnit(l.tok().word)
	if !ok {
		l.expr(true)
		return
	}
	l.emitValue(tok, &ast.IntervalUnit{Span: l.next().span(), Unit: unit})
}

// atLambda reports whether an argument that is not the first is a lambda: after
// a bracket and a name a comma can mean nothing else.
func (l *lowering) atLambda() bool {
	if l.at("(") {
		return l.peek(1).isName() && (l.peek(2).is(",") || (l.peek(2).is(")") && l.peek(3).is("=>")))
	}
	return l.tok().isName() && l.peek(1).is("=>")
}

// lambda lowers a lambda to its body, and returns the rest of it.
func (l *lowering) lambda() *ast.Lambda {
	first := l.i
	n := &ast.Lambda{}
	if l.at("(") {
		l.bracketed(func() { n.Params = append(n.Params, l.name()) })
	} else {
		n.Params = []ast.Name{l.name()}
	}
	l.expect("=>")
	outer := len(l.params)
	for _, p := range n.Params {
		l.params = append(l.params, p.Text)
	}
	l.expr(true)
	l.params = l.params[:outer]
	n.Span = l.since(first)
	return n
}

// cast lowers CAST(operand AS type).
func (l *lowering) cast() {
	tok := l.i
	n := &ast.Cast{}
	l.expect("CAST")
	l.emitLeaf(tok, "CAST", func(args []ast.Expr) ast.Expr {
		n.Operand = args[0]
		return n
	})
	l.open("(")
	l.expr(true)
	l.expect("AS")
	n.Type = l.dataType()
	l.close(")")
	n.Span = l.since(tok)
}

// caseWhen lowers CASE.
func (l *lowering) caseWhen() {
	l.word("CASE", "case")
	if !l.at("WHEN") {
		l.expr(false)
	}
	for first := true; first || l.at("WHEN"); first = false {
		l.word("WHEN", "when")
		l.expr(true)
		l.word("THEN", "then")
		l.expr(true)
	}
	if l.at("ELSE") {
		l.word("ELSE", "else")
		l.expr(true)
	}
	l.word("END", "end")
}

// word reads a keyword and writes one of MySQL's.
func (l *lowering) word(keyword, text string) {
	tok := l.i
	l.expect(keyword)
	l.emit(tok, text)
}
