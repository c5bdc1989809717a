package ast

import (
	"iter"
	"slices"
	"strings"
)

// Format returns a node as ksqlDB SQL on one line: keywords in capitals, names
// quoted only where they must be, brackets only where the grouping needs them.
// Parsing the text again gives the same tree. A statement has no semicolon.
func Format(n Node) string {
	var p printer
	n.format(&p)
	return p.b.String()
}

// printer collects words with single blanks between them. A node writes itself
// with these few methods:
//
//	word    words with blanks round them: p.word("IS", "NULL")
//	clause  words, then a node:           p.clause(n.Query, "AS")
//	open    what ties both sides:         p.open("(")
//	tight   what ties to what precedes:   p.tight(")")
type printer struct {
	b strings.Builder
	// tied tells that the next word follows without a blank.
	tied bool
}

// word writes words, each after a blank unless an opening bracket or nothing
// precedes it. Empty words are left out.
func (p *printer) word(words ...string) {
	for _, w := range words {
		if w == "" {
			continue
		}
		if p.b.Len() > 0 && !p.tied {
			p.b.WriteByte(' ')
		}
		p.b.WriteString(w)
		p.tied = false
	}
}

// tight writes text without a blank before it.
func (p *printer) tight(text string) {
	p.b.WriteString(text)
	p.tied = false
}

// open writes an opening bracket or another mark that ties both sides.
func (p *printer) open(mark string) {
	p.b.WriteString(mark)
	p.tied = true
}

// when writes the words if the condition holds.
func (p *printer) when(condition bool, words ...string) {
	if condition {
		p.word(words...)
	}
}

// name writes a name if there is one, after the words.
func (p *printer) name(n Name, words ...string) {
	if n.IsZero() {
		return
	}
	p.word(words...)
	n.format(p)
}

// clause writes the words and the node.
func (p *printer) clause(n Node, words ...string) {
	p.word(words...)
	n.format(p)
}

// brackets writes a list in brackets after a blank: (a, b).
func brackets[N Node](p *printer, list iter.Seq[N]) {
	p.word("(")
	p.tied = true
	commas(p, list)
	p.tight(")")
}

// commas writes a list with commas between its members.
func commas[N Node](p *printer, list iter.Seq[N]) {
	first := true
	for n := range list {
		if !first {
			p.tight(",")
		}
		first = false
		n.format(p)
	}
}

// arithmetic writes a list where the grammar has no conditions without
// brackets.
func (p *printer) arithmetic(list []Expr) {
	for i, e := range list {
		if i > 0 {
			p.tight(",")
		}
		p.operand(e, concatenation)
	}
}

// values writes a list of values in brackets.
func (p *printer) values(list []Expr) {
	p.word("(")
	p.tied = true
	p.arithmetic(list)
	p.tight(")")
}

// exprs is the list of expressions as brackets and commas want it.
func exprs(list []Expr) iter.Seq[Expr] { return slices.Values(list) }
