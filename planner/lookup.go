package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file finds the keys that the WHERE of a pull query asks its table for.

// pullsTable reports whether the query is a pull query over a table.
func (s *selection) pullsTable() bool {
	return s.source.Kind == catalog.Table && s.query.Emit == ast.NoEmit
}

// findLookup notes which rows of its table a pull query reads. Where the keys do not follow from the
// condition all rows are read, unless that is switched off: then an error says what is missing.
func (s *selection) findLookup(where expr.Expr) error {
	if !s.pullsTable() {
		return nil
	}
	if err := s.queryable(); err != nil {
		return err
	}
	s.lookup = &plan.Lookup{}
	keys, err := s.keysIn(where)
	switch {
	case err == nil:
		s.lookup.Keys = keys
	case s.Properties.Bool(config.TableScan):
	case err.ranged && !s.source.Windowed() && s.Properties.Bool(config.RangeScan):
	case err.ranged && s.source.Windowed():
		return source.Errorf(s.query.Where.Place(), "Query requires table scan to be enabled. "+
			"Table scans can be enabled by setting %s=true", config.TableScan)
	default:
		return err.at(s.query)
	}
	return nil
}

// queryable refuses tables that nothing makes, whose rows are not known to be all there.
func (s *selection) queryable() error {
	src := s.source
	if src.Derived || src.ReadOnly && s.Properties.Bool(config.SourceTables) {
		return nil
	}
	return source.Errorf(s.query.From.Place(), "The `%s` table isn't queryable. To derive a queryable table, "+
		"you can do 'CREATE TABLE QUERYABLE_%s AS SELECT * FROM %s'. See https://cnfl.io/queries for more info.", src.Name, src.Name, src.Name).
		WithDetail("Add EMIT CHANGES to the query to follow the table's changes.")
}

// noKeys says why a condition does not tell which keys are asked for.
type noKeys struct {
	message string
	ranged  bool // it asks for a range of keys
}

func (e *noKeys) at(q *ast.Query) error {
	place := q.From.Place()
	if q.Where != nil {
		place = q.Where.Place()
	}
	return source.Errorf(place, "%s", e.message).WithDetail("SET '%s'='true'; lets queries read whole tables.", config.TableScan)
}

// keysIn returns the keys that a condition asks for, or why it does not tell.
func (s *selection) keysIn(where expr.Expr) ([][]expr.Expr, *noKeys) {
	if where == nil {
		return nil, &noKeys{message: "Missing WHERE clause. See https://cnfl.io/queries for more info."}
	}
	alternatives, ok := disjuncts(where)
	if !ok {
		return nil, &noKeys{message: "The WHERE clause has too many alternatives to look up keys."}
	}
	keys := [][]expr.Expr{}
	for _, conditions := range alternatives {
		key, err := s.keyIn(conditions)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// mostAlternatives bounds how many keys are looked up: a condition that multiplies to more is not worth it.
const mostAlternatives = 1000

// disjuncts returns a condition as alternatives, in each of which several conditions have to hold; not ok
// if they would be too many.
func disjuncts(e expr.Expr) (alternatives [][]expr.Expr, ok bool) {
	switch e := e.(type) {
	case *expr.Logical:
		left, leftOK := disjuncts(e.Left)
		right, rightOK := disjuncts(e.Right)
		if !leftOK || !rightOK {
			return nil, false
		}
		if e.Op == ast.Or {
			alternatives = append(left, right...)
			return alternatives, len(alternatives) <= mostAlternatives
		}
		if len(left)*len(right) > mostAlternatives {
			return nil, false
		}
		for _, l := range left {
			for _, r := range right {
				alternatives = append(alternatives, append(slices.Clip(l), r...))
			}
		}
		return alternatives, true
	case *expr.In:
		if placeInKey(e.Operand) < 0 || e.Not {
			break
		}
		if len(e.List) > mostAlternatives {
			return nil, false
		}
		for _, member := range e.List {
			alternatives = append(alternatives, []expr.Expr{&expr.Comparison{Op: ast.Equal, Left: e.Operand, Right: member}})
		}
		return alternatives, true
	default:
	}
	return [][]expr.Expr{{e}}, true
}

// keyIn returns the key that conditions ask for which have to hold together, or why they do not tell.
func (s *selection) keyIn(conditions []expr.Expr) ([]expr.Expr, *noKeys) {
	columns := s.source.Schema.Key
	key, found, compared := make([]expr.Expr, len(columns)), 0, 0
	ranged := false
	for _, condition := range conditions {
		i, op, value, ok := comparedKey(condition)
		switch {
		case !ok:
			continue
		case len(expr.Columns(value)) > 0:
			return nil, &noKeys{message: "A comparison must be between a key column and a resolvable expression."}
		case !value.Type().Equal(columns[i].Type):
			return nil, &noKeys{message: fmt.Sprintf("A comparison must be between the key column `%s` and a value of its type, %s.",
				columns[i].Name, columns[i].Type)}
		case op == ast.Equal:
			if key[i] == nil {
				key[i] = value
				found++
			}
		case op == ast.Less, op == ast.LessOrEqual, op == ast.Greater, op == ast.GreaterOrEqual:
			ranged = true
		default:
			return nil, &noKeys{message: fmt.Sprintf("Bound on key columns '%s' must currently be '='. See https://cnfl.io/queries for more info.", described(columns))}
		}
		compared++
	}
	switch {
	case found == len(columns) && !ranged:
		return key, nil
	case compared == 0:
		return nil, &noKeys{message: "WHERE clause missing key column for disjunct: " + conjunction(conditions)}
	case len(columns) > 1:
		return nil, &noKeys{message: "Multi-column sources must specify every key in the WHERE clause. See https://cnfl.io/queries for more info."}
	case compared > 1:
		return nil, &noKeys{message: "A comparison condition on the key column cannot be combined with other comparisons such as an IN predicate"}
	}
	return nil, &noKeys{message: "The query asks for a range of keys, and range scans are disabled: " + config.RangeScan + " is false", ranged: true}
}

// comparedKey returns the key column that a condition compares, and with what: op is as if the column
// stood on the left.
func comparedKey(condition expr.Expr) (column int, op ast.Op, with expr.Expr, ok bool) {
	c, is := condition.(*expr.Comparison)
	if !is {
		return 0, op, nil, false
	}
	if column = placeInKey(c.Left); column >= 0 {
		return column, c.Op, c.Right, true
	}
	if column = placeInKey(c.Right); column >= 0 {
		return column, mirrored(c.Op), c.Left, true
	}
	return 0, op, nil, false
}

// placeInKey is the position of the key column that an expression is, perhaps of a wider type, -1 for another one.
func placeInKey(e expr.Expr) int {
	if widened, ok := e.(*expr.Cast); ok && widened.Implicit {
		e = widened.Operand
	}
	if c, ok := e.(*expr.Column); ok && c.Ref.Place == types.InKey {
		return c.Ref.Index
	}
	return -1
}

func described(columns []types.Column) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = fmt.Sprintf("`%s` %s KEY", c.Name, c.Type)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func conjunction(conditions []expr.Expr) string {
	parts := make([]string, len(conditions))
	for i, c := range conditions {
		parts[i] = c.String()
	}
	return strings.Join(parts, " AND ")
}

// checkKeyLists refuses members of IN lists that no key of the table can be, in the words that ksqlDB has for pull
// queries over tables.
func (s *selection) checkKeyLists() error {
	if !s.pullsTable() || s.query.Where == nil {
		return nil
	}
	for n := range ast.Nodes(s.query.Where) {
		in, ok := n.(*ast.In)
		if !ok || in.Not {
			continue
		}
		operand, err := expr.Build(in.Operand, s.env("WHERE"))
		if err != nil {
			return nil // the planning of the condition tells it
		}
		i := placeInKey(operand)
		if i < 0 {
			continue
		}
		for _, member := range in.List {
			if err := s.checkKey(in.Operand, s.source.Schema.Key[i], member); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkKey refuses a value with which a key column cannot be compared.
func (s *selection) checkKey(operand ast.Expr, column types.Column, member ast.Expr) error {
	if _, null := member.(*ast.Null); null {
		return source.Errorf(member.Place(), "Primary key columns can not be NULL: (%s = null)", column.Name)
	}
	if _, err := expr.Build(&ast.Comparison{Op: ast.Equal, Left: operand, Right: member}, s.env("WHERE")); err != nil {
		return source.Errorf(member.Place(), "%s can not be converted to the type of the key column: %s %s KEY",
			ast.Format(member), column.Name, column.Type)
	}
	return nil
}
