package parser

import "github.com/ksqlite/ksqlite/parser/ast"

// This file writes the clauses of a query as a MySQL SELECT.

// query parses a query.
func (p *parser) query() *ast.Query {
	l := p.lower()
	q := l.query()
	l.raiseQuery(l.run(), q)
	return q
}

// query lowers a query and returns what MySQL has no words for. The clauses stand
// in a fixed order; MySQL shares it but for PARTITION BY, which is why on a fault
// its pieces are left out: they would stand behind ones that come later in the
// source.
func (l *lowering) query() *ast.Query {
	first := l.i
	q := &ast.Query{}
	l.word("SELECT", "select")
	l.selectList()
	l.from()
	q.Window = l.window()
	if l.at("WHERE") {
		l.word("WHERE", "where")
		l.expr(true)
	}
	q.GroupBy = l.groupBy()
	partition, moved := l.partitionBy()
	q.PartitionBy = partition
	if l.at("HAVING") {
		l.word("HAVING", "having")
		l.expr(true)
	}
	if l.fault == nil {
		l.out = append(l.out, moved...)
	}
	q.Emit = l.emission()
	q.Limit = l.limit()
	q.Span = l.since(first)
	return q
}

// emission parses EMIT CHANGES or EMIT FINAL.
func (p *parser) emission() ast.Emit {
	if !p.accept("EMIT") {
		return ast.NoEmit
	}
	if p.accept("FINAL") {
		return ast.EmitFinal
	}
	if !p.accept("CHANGES") {
		p.fail("CHANGES", "FINAL")
	}
	return ast.EmitChanges
}

// selectList lowers the items of a query.
func (l *lowering) selectList() {
	l.list(func() {
		l.selectItem()
		l.comma()
	})
	l.item = -1
}

// selectItem lowers one item.
func (l *lowering) selectItem() {
	tok := l.i
	switch {
	case l.accept("*"):
		l.star(tok, ast.Name{})
		return
	case l.tok().isName() && l.peek(1).is(".") && l.peek(2).is("*"):
		source := l.name()
		l.expect(".", "*")
		l.star(tok, source)
		return
	}
	l.item, l.itemDepth = tok, l.depth+1
	l.expr(true)
	if l.endsItem(0) {
		return
	}
	as := l.i
	if !l.accept("AS") && !l.tok().isName() {
		l.expectAt(0, "FROM")
		l.fail() // an operator, an alias, a comma or FROM is due
		return
	}
	l.alias(as)
	if !l.endsItem(0) {
		l.fail(",", "FROM")
	}
}

// star lowers * and source.*.
func (l *lowering) star(tok int, source ast.Name) {
	l.items[tok] = &ast.AllColumns{Span: l.since(tok), Source: source}
	l.emit(tok, label2name("*", tok), ".", "*")
}

// alias lowers a name, after AS or without it.
func (l *lowering) alias(as int) {
	l.emit(as, "as")
	tok := l.i
	l.emitName(tok, l.name())
}

// joinWords are the words that begin a join, its kind, and MySQL's words for
// it; MySQL has no full join, but a kind of join ksqlDB lacks.
var joinWords = []struct {
	words []string
	kind  ast.JoinKind
	mysql []string
}{
	{[]string{"JOIN"}, ast.InnerJoin, []string{"join"}},
	{[]string{"INNER", "JOIN"}, ast.InnerJoin, []string{"join"}},
	{[]string{"LEFT", "JOIN"}, ast.LeftJoin, []string{"left", "join"}},
	{[]string{"LEFT", "OUTER", "JOIN"}, ast.LeftJoin, []string{"left", "join"}},
	{[]string{"RIGHT", "JOIN"}, ast.RightJoin, []string{"right", "join"}},
	{[]string{"RIGHT", "OUTER", "JOIN"}, ast.RightJoin, []string{"right", "join"}},
	{[]string{"FULL", "JOIN"}, ast.FullJoin, []string{"straight_join"}},
	{[]string{"FULL", "OUTER", "JOIN"}, ast.FullJoin, []string{"straight_join"}},
}

// from lowers FROM and its joins.
func (l *lowering) from() {
	l.word("FROM", "from")
	l.aliased()
	for l.join() {
	}
}

// aliased lowers a source, or TOPIC and a topic, with its alias, and returns its first token.
func (l *lowering) aliased() int {
	tok := l.i
	if l.accept("TOPIC") {
		topic := l.topic()
		l.topics[tok] = &topic
		l.emitName(tok, ast.Name{})
	} else {
		l.emitName(tok, l.sourceName())
	}
	as := l.i
	if l.accept("AS") || (l.tok().isName() && !l.atClause()) {
		l.alias(as)
	}
	return tok
}

// atClause reports whether a word that may be an alias begins a clause instead.
func (l *lowering) atClause() bool {
	if l.at("EMIT", "CHANGES") || l.at("EMIT", "FINAL") || l.at("PARTITION", "BY") {
		return true
	}
	return l.breaksOff(1) && (l.at("EMIT") || l.at("PARTITION"))
}

// join lowers one join, if there is one.
func (l *lowering) join() bool {
	tok := l.i
	for _, j := range joinWords {
		if !l.accept(j.words...) {
			continue
		}
		l.emit(tok, j.mysql...)
		n := &ast.Join{Kind: j.kind}
		l.joins[l.aliased()] = n
		n.Within = l.within()
		l.word("ON", "on")
		l.expr(true)
		return l.fault == nil
	}
	l.brokenJoin()
	return false
}

// brokenJoin is a fault if the words at the cursor begin a join without JOIN.
func (l *lowering) brokenJoin() {
	switch {
	case l.accept("INNER"):
		l.fail("JOIN")
	case l.accept("LEFT"), l.accept("RIGHT"), l.accept("FULL"):
		if l.accept("OUTER") {
			l.fail("JOIN")
		}
		l.fail("OUTER", "JOIN")
	}
}

// groupBy lowers GROUP BY; nil if there is none. MySQL has no empty list, so
// then the clause is left out.
func (l *lowering) groupBy() *ast.Grouping {
	first := l.i
	if !l.accept("GROUP") {
		return nil
	}
	l.expect("BY")
	if !l.at("(", ")") {
		l.emit(first, "group", "by")
	}
	l.grouping()
	return &ast.Grouping{Span: l.since(first)}
}

// partitionBy lowers PARTITION BY to ORDER BY; nil if there is none. MySQL wants
// that behind HAVING, so the pieces are returned to be put there. They cannot
// have a fault that sqlparser would find.
func (l *lowering) partitionBy() (*ast.Grouping, []piece) {
	first := l.i
	if !l.accept("PARTITION") {
		return nil, nil
	}
	l.expect("BY")
	before := len(l.out)
	if !l.at("(", ")") {
		l.emit(first, "order", "by")
	}
	l.grouping()
	moved := append([]piece(nil), l.out[before:]...)
	l.out = l.out[:before]
	return &ast.Grouping{Span: l.since(first)}, moved
}

// grouping lowers a list of expressions, which may stand in brackets.
func (l *lowering) grouping() {
	if !l.atList() {
		l.list(func() { l.listed(false) })
		return
	}
	l.expect("(")
	if !l.at(")") {
		l.list(func() { l.listed(false) })
	}
	l.expect(")")
}

// atList reports whether the bracket at the cursor encloses a list and not an
// expression: it is empty, or has a comma at its top level.
func (l *lowering) atList() bool {
	if !l.at("(") {
		return false
	}
	depth := 0
	for n := 0; l.peek(n).kind != end; n++ {
		switch t := l.peek(n); {
		case t.is("(") || t.is("["):
			depth++
		case t.is(")") || t.is("]"):
			depth--
			if depth == 0 {
				return n == 1
			}
		case t.is(",") && depth == 1:
			return true
		}
	}
	return false
}
