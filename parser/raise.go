package parser

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/xwb1989/sqlparser"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

// This file turns sqlparser's tree back into ours. Only what lowering writes
// can come here, so anything else is a broken invariant. Operators have no token
// in sqlparser's tree: their place reaches from one operand to the other, or to
// the word next to one.
// Negated predicates differ in their operator, a text such as "not in".

// raiseExpression returns the only expression of a SELECT.
func (l *lowering) raiseExpression(tree sqlparser.Statement) ast.Expr {
	if l.fault != nil {
		return nil
	}
	items := tree.(*sqlparser.Select).SelectExprs
	return l.raise(items[0].(*sqlparser.AliasedExpr).Expr)
}

// raiseValues returns the row of an INSERT.
func (l *lowering) raiseValues(tree sqlparser.Statement) []ast.Expr {
	if l.fault != nil {
		return nil
	}
	rows := tree.(*sqlparser.Insert).Rows.(sqlparser.Values)
	return l.raiseAll(sqlparser.Exprs(rows[0]))
}

// raiseQuery fills in what sqlparser read of a query.
func (l *lowering) raiseQuery(tree sqlparser.Statement, q *ast.Query) {
	if l.fault != nil {
		return
	}
	s := tree.(*sqlparser.Select)
	for _, item := range s.SelectExprs {
		q.Items = append(q.Items, l.raiseItem(item))
	}
	q.From = l.raiseRelation(s.From[0])
	if s.Where != nil {
		q.Where = l.raise(s.Where.Expr)
	}
	if q.GroupBy != nil {
		q.GroupBy.Exprs = l.raiseAll(sqlparser.Exprs(s.GroupBy))
	}
	if s.Having != nil {
		q.Having = l.raise(s.Having.Expr)
	}
	if q.PartitionBy != nil {
		for _, o := range s.OrderBy {
			q.PartitionBy.Exprs = append(q.PartitionBy.Exprs, l.raise(o.Expr))
		}
	}
}

// raiseItem raises one item of a select list. Stars and ->* were kept when they were
// lowered; the latter only lacks its operand.
func (l *lowering) raiseItem(item sqlparser.SelectExpr) ast.SelectItem {
	switch item := item.(type) {
	case *sqlparser.StarExpr:
		return l.items[number2tok(item.TableName.Name.String())]
	case *sqlparser.AliasedExpr:
		if f, ok := item.Expr.(*sqlparser.FuncExpr); ok {
			if all, ok := l.items[number2tok(f.Name.String())].(*ast.AllFields); ok {
				all.Operand = l.raiseArgs(f.Exprs)[0]
				return all
			}
		}
		n := &ast.Single{Expr: l.raise(item.Expr)}
		if !item.As.IsEmpty() {
			n.Alias = l.names[number2tok(item.As.String())]
		}
		n.Span = n.Expr.Place().To(n.Alias.Span)
		return n
	default:
		panic(fmt.Sprintf("unknown select item %T", item))
	}
}

// raiseRelation raises what a query reads. Every join has its ON right behind its
// source, so sqlparser's tree leans to the left as ours does.
func (l *lowering) raiseRelation(r sqlparser.TableExpr) ast.Relation {
	switch r := r.(type) {
	case *sqlparser.AliasedTableExpr:
		n, _ := l.raiseSource(r)
		return n
	case *sqlparser.JoinTableExpr:
		right, tok := l.raiseSource(r.RightExpr.(*sqlparser.AliasedTableExpr))
		n := l.joins[tok]
		n.Left, n.Right = l.raiseRelation(r.LeftExpr), right
		n.On = l.raise(r.Condition.On)
		n.Span = n.Left.Place().To(n.On.Place())
		return n
	default:
		panic(fmt.Sprintf("unknown relation %T", r))
	}
}

// raiseSource returns a source and its token.
func (l *lowering) raiseSource(r *sqlparser.AliasedTableExpr) (*ast.Source, int) {
	tok := number2tok(r.Expr.(sqlparser.TableName).Name.String())
	n := &ast.Source{Name: l.names[tok], Topic: l.topics[tok]}
	if !r.As.IsEmpty() {
		n.Alias = l.names[number2tok(r.As.String())]
	}
	n.Span = n.Name.To(n.Alias.Span)
	if n.Topic != nil {
		n.Span = l.toks[tok].span().To(n.Topic.Span).To(n.Alias.Span)
	}
	return n, tok
}

// raise turns one expression into ours.
func (l *lowering) raise(e sqlparser.Expr) ast.Expr {
	switch e := e.(type) {
	case *sqlparser.SQLVal:
		return l.build(number2tok(string(e.Val)), nil)
	case *sqlparser.ColName:
		return l.build(number2tok(e.Name.String()), nil)
	case *sqlparser.FuncExpr:
		return l.build(number2tok(e.Name.String()), l.raiseArgs(e.Exprs))
	case *sqlparser.ParenExpr:
		return l.raise(e.Expr)
	case *sqlparser.NotExpr:
		x := l.raise(e.Expr)
		return &ast.Not{Span: l.before(x), Operand: x}
	case *sqlparser.UnaryExpr:
		x := l.raise(e.Expr)
		return &ast.Unary{Span: l.before(x), Op: ast.Op(e.Operator), Operand: x}
	case *sqlparser.BinaryExpr:
		return l.raiseBinary(e)
	case *sqlparser.AndExpr:
		return l.raiseLogical(ast.And, e.Left, e.Right)
	case *sqlparser.OrExpr:
		return l.raiseLogical(ast.Or, e.Left, e.Right)
	case *sqlparser.RangeCond:
		return l.raiseBetween(e)
	case *sqlparser.ComparisonExpr:
		return l.raiseComparison(e)
	case *sqlparser.CaseExpr:
		return l.raiseCase(e)
	default:
		panic(fmt.Sprintf("unknown expression %T", e))
	}
}

// before returns the place of an operand with the word or sign before it and
// before its brackets.
func (l *lowering) before(x ast.Expr) source.Span {
	i := l.tokenAt(x.Place().Start)
	for i > 1 && l.toks[i-1].is("(") {
		i--
	}
	return l.toks[max(i-1, 0)].span().To(x.Place())
}

// behind returns the place of an operand with the word behind it and behind its
// brackets.
func (l *lowering) behind(x ast.Expr) source.Span {
	i := l.tokenAt(x.Place().End)
	for l.toks[i].is(")") {
		i++
	}
	return x.Place().To(l.toks[i].span())
}

// tokenAt returns the first token at or behind an offset.
func (l *lowering) tokenAt(off int) int {
	return sort.Search(len(l.toks)-1, func(i int) bool { return l.toks[i].off >= off })
}

// raiseAll raises a list of expressions.
func (l *lowering) raiseAll(list sqlparser.Exprs) []ast.Expr {
	var all []ast.Expr
	for _, e := range list {
		all = append(all, l.raise(e))
	}
	return all
}

// raiseArgs returns the arguments of a call; a star is none.
func (l *lowering) raiseArgs(list sqlparser.SelectExprs) []ast.Expr {
	var all []ast.Expr
	for _, item := range list {
		if a, ok := item.(*sqlparser.AliasedExpr); ok {
			all = append(all, l.raise(a.Expr))
		}
	}
	return all
}

// build makes the node of the construct at a source token.
func (l *lowering) build(tok int, args []ast.Expr) ast.Expr { return l.leaves[tok](args) }

// raiseLogical raises AND and OR.
func (l *lowering) raiseLogical(op ast.Op, left, right sqlparser.Expr) ast.Expr {
	a, b := l.raise(left), l.raise(right)
	return &ast.Logical{Span: a.Place().To(b.Place()), Op: op, Left: a, Right: b}
}

// raiseBinary raises arithmetic; the bitwise or stands for ||, which binds looser
// than + and - in both languages.
func (l *lowering) raiseBinary(e *sqlparser.BinaryExpr) ast.Expr {
	a, b := l.raise(e.Left), l.raise(e.Right)
	op := ast.Op(e.Operator)
	if e.Operator == sqlparser.BitOrStr {
		op = ast.Concat
	}
	return &ast.Binary{Span: a.Place().To(b.Place()), Op: op, Left: a, Right: b}
}

// raiseBetween raises [NOT] BETWEEN.
func (l *lowering) raiseBetween(e *sqlparser.RangeCond) ast.Expr {
	x, low, high := l.raise(e.Left), l.raise(e.From), l.raise(e.To)
	return &ast.Between{
		Span: x.Place().To(high.Place()), Operand: x, Not: e.Operator == sqlparser.NotBetweenStr,
		Low: low, High: high,
	}
}

// raiseComparison raises the predicates that sqlparser calls comparisons: those of
// two values, IN, LIKE, and what REGEXP and <=> stand for.
func (l *lowering) raiseComparison(e *sqlparser.ComparisonExpr) ast.Expr {
	x := l.raise(e.Left)
	switch e.Operator {
	case sqlparser.InStr, sqlparser.NotInStr:
		return l.raiseIn(x, e)
	case sqlparser.LikeStr, sqlparser.NotLikeStr:
		return l.raiseLike(x, e)
	}
	y := l.raise(e.Right)
	op := ast.Op(e.Operator)
	switch e.Operator {
	case sqlparser.NotEqualStr:
		op = ast.NotEqual
	case sqlparser.RegexpStr:
		op = ast.Distinct
	case sqlparser.NullSafeEqualStr:
		op = ast.NotDistinct
	}
	return &ast.Comparison{Span: x.Place().To(y.Place()), Op: op, Left: x, Right: y}
}

// raiseIn raises IN, and IS NULL, which was written as IN with a list argument.
func (l *lowering) raiseIn(x ast.Expr, e *sqlparser.ComparisonExpr) ast.Expr {
	negated := e.Operator == sqlparser.NotInStr
	if null, ok := e.Right.(sqlparser.ListArg); ok {
		at := l.toks[number2tok(string(null))].span()
		return &ast.IsNull{Span: x.Place().To(at), Operand: x, Not: negated}
	}
	list := e.Right.(sqlparser.ValTuple)
	members := l.raiseAll(sqlparser.Exprs(list))
	at := x.Place().To(members[len(members)-1].Place())
	return &ast.In{Span: at, Operand: x, Not: negated, List: members}
}

// raiseLike raises [NOT] LIKE. Lowering has seen to it that the escape character is a
// string and nothing but that.
func (l *lowering) raiseLike(x ast.Expr, e *sqlparser.ComparisonExpr) ast.Expr {
	pattern := l.raise(e.Right)
	n := &ast.Like{
		Span: x.Place().To(pattern.Place()), Operand: x,
		Not: e.Operator == sqlparser.NotLikeStr, Pattern: pattern,
	}
	if e.Escape != nil {
		n.Escape = l.raise(e.Escape).(*ast.String)
		n.Span = n.Span.To(n.Escape.Span)
	}
	return n
}

// raiseCase raises both forms of CASE. Its own words do not come back, but they
// stand next to what does.
func (l *lowering) raiseCase(e *sqlparser.CaseExpr) ast.Expr {
	n := &ast.Case{}
	for _, w := range e.Whens {
		n.Whens = append(n.Whens, ast.When{Condition: l.raise(w.Cond), Result: l.raise(w.Val)})
	}
	first, last := n.Whens[0].Condition, n.Whens[len(n.Whens)-1].Result
	when := l.before(first)
	n.Span = l.toks[l.tokenAt(when.Start)-1].span()
	if e.Expr != nil {
		n.Operand = l.raise(e.Expr)
		n.Span = l.before(n.Operand)
	}
	if e.Else != nil {
		n.Else = l.raise(e.Else)
		last = n.Else
	}
	n.Span = n.Span.To(l.behind(last))
	return n
}

// number2tok returns the source token that a MySQL name or argument stands for.
func number2tok(text string) int {
	digits := strings.TrimLeft(text[strings.LastIndexByte(text, '#')+1:], ":v")
	tok, err := strconv.Atoi(digits)
	if err != nil {
		panic(fmt.Sprintf("unknown name in sqlparser's tree: %q", text))
	}
	return tok
}
