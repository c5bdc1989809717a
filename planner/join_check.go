package planner

import (
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
)

// This file holds what a join may be.

// condition types the condition of a join: one equality of which one side speaks of
// the source that is joined, the other of one before it.
func (j *joining) condition(l *link) error {
	equality, ok := l.On.(*ast.Comparison)
	if and, both := l.On.(*ast.Logical); both && and.Op == ast.And {
		return j.refuse(l, "joins on multiple conditions are not yet supported")
	}
	if !ok || equality.Op != ast.Equal {
		return j.refuse(l, "only equality is supported")
	}
	env := j.env()
	left, err := expr.Build(equality.Left, env)
	if err != nil {
		return err
	}
	right, err := expr.Build(equality.Right, env)
	if err != nil {
		return err
	}
	l.condition = left.String() + " = " + right.String()
	return j.sides(l, left, right)
}

// env is what the conditions may name.
func (j *joining) env() expr.Env {
	return expr.Env{Scope: &joinScope{members: j.scope.members}, Functions: j.Functions, Named: j.Catalog.Type, Clause: "JOIN ON"}
}

// refuse says why a condition is none that can be joined by.
func (j *joining) refuse(l *link, why string) error {
	on, err := expr.Build(l.On, j.env())
	if err != nil {
		return err
	}
	return source.Errorf(l.On.Place(), "Invalid join condition: %s. Got %s.", why, on)
}

// sides finds out which side of an equality speaks of which source.
func (j *joining) sides(l *link, left, right expr.Expr) error {
	ofLeft, ofRight := j.of(left), j.of(right)
	for _, side := range []struct {
		expr expr.Expr
		of   []*member
	}{{left, ofLeft}, {right, ofRight}} {
		if len(side.of) != 1 {
			return source.Errorf(l.On.Place(), "Invalid comparison expression '%s' in join '(%s)'. "+
				"Each side of the join comparision must contain references from exactly one source.", //nolint:misspell // ksqlDB's text
				side.expr, l.condition)
		}
	}
	switch {
	case ofLeft[0] == ofRight[0]:
		return source.Errorf(l.On.Place(), "Each side of the join must reference exactly one source and not the same source. Left side references %s and right references %s",
			ast.Quote(ofLeft[0].alias), ast.Quote(ofRight[0].alias))
	case ofLeft[0] != l.right && ofRight[0] != l.right:
		return source.Errorf(l.On.Place(), "A join criteria is expected to reference the source (%s) in the FROM clause, instead the right source references %s and the left source references %s",
			ast.Quote(l.right.alias), ast.Quote(ofRight[0].alias), ast.Quote(ofLeft[0].alias))
	case !left.Type().Equal(right.Type()):
		return source.Errorf(l.On.Place(), "Invalid join condition: types don't match. Got %s{%s} = %s{%s}.", left, left.Type(), right, right.Type())
	}
	l.leftOn, l.rightOn = left, right
	if ofLeft[0] == l.right {
		l.leftOn, l.rightOn = right, left
	}
	return nil
}

// of returns the members that an expression speaks of.
func (j *joining) of(e expr.Expr) []*member {
	var list []*member
	for _, m := range j.scope.members {
		for _, c := range expr.Columns(e) {
			if i := c.Ref.Index - m.first; i >= 0 && i < len(m.slots) {
				list = append(list, m)
				break
			}
		}
	}
	return list
}

// checkKinds checks that what is joined can be joined in this way.
func (j *joining) checkKinds(l *link) error {
	switch {
	case l.leftKind == catalog.Table && l.right.Kind == catalog.Stream:
		return source.Errorf(l.Span, "Invalid join order: table-stream joins are not supported; only stream-table joins. Got %s %s %s.",
			j.scope.members[0].Name, l.kind.Words(), l.right.Name)
	case l.right.Kind == catalog.Stream:
		return checkStreams(l)
	case l.Within != nil:
		return source.Errorf(l.Within.Span, "A window definition was provided for a %s-Table join. These joins are not windowed. "+
			"Please drop the window definition (ie. the WITHIN clause) and try to execute your join again.", titled(l.leftKind))
	case l.leftKind == catalog.Stream:
		return j.checkStreamTable(l)
	}
	return j.checkTables(l)
}

func titled(k catalog.Kind) string {
	if k == catalog.Table {
		return "Table"
	}
	return "Stream"
}

func checkStreams(l *link) (err error) {
	if l.Within != nil {
		l.within, err = readWithin(l.Within)
		return err
	}
	return source.Errorf(l.Span, "Stream-stream joins must have a WITHIN clause specified. None was provided.").
		WithDetail("Say how far apart in time two records may be: … JOIN %s WITHIN 1 HOUR ON ….", l.right.Name)
}

func (j *joining) checkStreamTable(l *link) error {
	switch {
	case l.rekeyRight:
		return source.Errorf(l.On.Place(), "Invalid join condition: stream-table joins require to join on the table's primary key. Got %s.", l.condition)
	case l.kind != plan.Inner && l.kind != plan.Left:
		return source.Errorf(l.Span, "Invalid join type encountered: %s. A stream is joined with a table by INNER JOIN or LEFT JOIN.", l.kind.Words())
	}
	return nil
}

func (j *joining) checkTables(l *link) error {
	if l.rekeyRight {
		return source.Errorf(l.On.Place(), "Invalid join condition: table-table joins require to join on the primary key of the right input table. Got %s.", l.condition)
	}
	if !l.rekeyLeft {
		return nil
	}
	switch {
	case l != j.links[0]:
		return source.Errorf(l.On.Place(), "Invalid join condition: foreign-key table-table joins are not supported as part of n-way joins. Got %s.", l.condition)
	case l.kind == plan.Right || l.kind == plan.Full:
		return source.Errorf(l.Span, "%s OUTER JOIN on a foreign key is not supported", l.kind)
	}
	l.foreign = true
	return nil
}

// checkWindows checks what windowed sources may be joined with.
func (j *joining) checkWindows(l *link) error {
	left := j.scope.members[0]
	if !left.Windowed() && !l.right.Windowed() {
		return nil
	}
	if family(left.Window) != family(l.right.Window) {
		return source.Errorf(l.Span, "Incompatible windowed sources.\nLeft source: %s\nRight source: %s\n"+
			"Session windowed sources can only be joined to other session windowed sources, and may still not result in expected behaviour as session bounds must be an exact match for the join to work\n"+
			"Hopping and tumbling windowed sources can only be joined to other hopping and tumbling windowed sources",
			windowName(left.Window), windowName(l.right.Window))
	}
	if l.rekeyLeft || l.rekeyRight || j.otherWindows(left, l.right) || !keyedAlike(left.Source, l.right.Source) {
		return source.Errorf(l.Span, "Implicit repartitioning of windowed sources is not supported. See https://github.com/confluentinc/ksql/issues/4385.")
	}
	return nil
}

// otherWindows reports whether the windows of two sources differ. As in ksqlDB their keys
// are then no longer of one format, unless the format has schemas in a registry.
func (j *joining) otherWindows(left, right *member) bool {
	features, _ := j.Formats.Features(left.Key.Name)
	return !left.Window.Alike(right.Window) && !features.Has(catalog.SchemaInference)
}

// family is what the windows of two sources have to have in common.
func family(w catalog.Window) catalog.WindowType {
	if w.Type == catalog.Hopping {
		return catalog.Tumbling
	}
	return w.Type
}

func windowName(w catalog.Window) string {
	if w.Type == catalog.NoWindow {
		return "not windowed"
	}
	return string(w.Type)
}
