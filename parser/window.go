package parser

import "github.com/ksqlite/ksqlite/parser/ast"

// This file parses what a query says about time.

// window parses the WINDOW clause; nil if there is none. The parts have a fixed
// order: RETENTION stands before GRACE PERIOD. A name may stand before the kind.
func (p *parser) window() *ast.Window {
	first := p.i
	if !p.accept("WINDOW") {
		return nil
	}
	n := &ast.Window{}
	if !p.atWindowKind() && p.tok().isName() {
		n.Name = p.name()
	}
	n.Kind = p.windowKind()
	p.expect("(")
	if n.Kind != ast.Session {
		p.expect("SIZE")
	}
	n.Size = p.duration()
	if n.Kind == ast.Hopping {
		p.expect(",", "ADVANCE", "BY")
		n.AdvanceBy = p.durationPointer()
	}
	more := p.accept(",")
	if more && p.accept("RETENTION") {
		n.Retention = p.durationPointer()
		more = p.accept(",")
	}
	if more {
		p.expect("GRACE", "PERIOD")
		n.Grace = p.durationPointer()
	}
	p.expect(")")
	n.Span = p.since(first)
	return n
}

// atWindowKind reports whether the kind of a window stands at the cursor.
// SESSION may also be the window's name.
func (p *parser) atWindowKind() bool {
	return p.at("TUMBLING") || p.at("HOPPING") || p.at("SESSION", "(")
}

// windowKind parses TUMBLING, HOPPING or SESSION.
func (p *parser) windowKind() ast.WindowKind {
	for _, k := range []ast.WindowKind{ast.Tumbling, ast.Hopping, ast.Session} {
		if p.accept(string(k)) {
			return k
		}
	}
	p.fail(string(ast.Tumbling), string(ast.Hopping), string(ast.Session))
	return ""
}

// within parses the WITHIN clause of a join; nil if there is none.
func (p *parser) within() *ast.Within {
	first := p.i
	if !p.accept("WITHIN") {
		return nil
	}
	n := &ast.Within{}
	if p.accept("(") {
		n.Before = p.duration()
		p.expect(",")
		n.After = p.duration()
		p.expect(")")
	} else {
		n.Before = p.duration()
		n.After = n.Before
	}
	if p.accept("GRACE") {
		p.expect("PERIOD")
		n.Grace = p.durationPointer()
	}
	n.Span = p.since(first)
	return n
}

// duration parses a number and a unit of time, whose singular is as good as its
// plural. Months and years are no units here.
func (p *parser) duration() ast.Duration {
	first := p.i
	d := ast.Duration{Value: p.whole().Value}
	unit, ok := units[p.tok().word]
	if !ok {
		p.expectAt(0, unitWords[:]...)
		p.fail()
		return d
	}
	p.next()
	d.Unit, d.Span = unit, p.since(first)
	return d
}

// durationPointer parses a duration where the tree has an optional one.
func (p *parser) durationPointer() *ast.Duration {
	d := p.duration()
	return &d
}
