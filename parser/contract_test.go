package parser

import (
	"strings"
	"testing"

	"github.com/xwb1989/sqlparser"
)

// This file holds what the package relies on in sqlparser, whose version is
// pinned.

func TestSQLParserOperators(t *testing.T) {
	t.Parallel()
	// The tree is printed back with brackets that show what binds to what.
	for text, want := range map[string]string{
		"a or b and not c":                   "a or (b and (not c))",
		"a = b | c + d * - e":                "a = (b | (c + (d * (-e))))",
		"a - b - c":                          "(a - b) - c",
		"a in ::v0":                          "a in ::v0",
		"a not in ::v0 and b":                "(a not in ::v0) and b",
		"a regexp b or a <=> b":              "(a regexp b) or (a <=> b)",
		"a like b escape :v1":                "a like b escape :v1",
		"a between b and c and d":            "(a between b and c) and d",
		"- :v1":                              "-:v1",
		"`f#1` ( `x#2` , :v3 ) != `[#4` ( )": "f#1(`x#2`, :v3) != [#4()",
	} {
		s, err := sqlparser.Parse("select " + text + " from t")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := grouped(s.(*sqlparser.Select).SelectExprs[0].(*sqlparser.AliasedExpr).Expr)
		if strings.Trim(got, "()") != strings.Trim(want, "()") {
			t.Errorf("%s is %s, not %s", text, got, want)
		}
	}
}

// grouped prints an expression with brackets round every operator's operands
// that have operators themselves.
func grouped(e sqlparser.Expr) string {
	inner := func(e sqlparser.Expr) string {
		switch e.(type) {
		case *sqlparser.SQLVal, *sqlparser.ColName, *sqlparser.FuncExpr, sqlparser.ListArg:
			return sqlparser.String(e)
		default:
			return "(" + grouped(e) + ")"
		}
	}
	switch e := e.(type) {
	case *sqlparser.OrExpr:
		return inner(e.Left) + " or " + inner(e.Right)
	case *sqlparser.AndExpr:
		return inner(e.Left) + " and " + inner(e.Right)
	case *sqlparser.NotExpr:
		return "not " + inner(e.Expr)
	case *sqlparser.BinaryExpr:
		return inner(e.Left) + " " + e.Operator + " " + inner(e.Right)
	case *sqlparser.ComparisonExpr:
		if e.Escape != nil {
			return sqlparser.String(e)
		}
		return inner(e.Left) + " " + e.Operator + " " + inner(e.Right)
	default:
		return sqlparser.String(e)
	}
}

func TestSQLParserErrors(t *testing.T) {
	t.Parallel()
	nested := func(n int) string {
		return "select " + strings.Repeat("( ", n) + "a " + strings.Repeat(") ", n) + "from t "
	}
	for text, want := range map[string]string{
		"select a $ from t ":    "syntax error at position 11 near",
		"select a = b = c ":     "syntax error at position 15",
		"select a , from t ":    "syntax error at position 16 near 'from'",
		"select a = not b from": "syntax error at position 15 near 'not'",
		nested(199):             "",
		nested(200):             "max nesting level reached at position",
	} {
		_, err := sqlparser.Parse(text)
		switch {
		case want == "" && err != nil:
			t.Errorf("%.60s: %v", text, err)
		case want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)):
			t.Errorf("%.60s: error %v, not %q", text, err, want)
		}
	}
}

func TestSQLParserJoins(t *testing.T) {
	t.Parallel()
	s, err := sqlparser.Parse("select * from a join b on c straight_join d on e left join f on g right join h on i")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	from := s.(*sqlparser.Select).From[0]
	for {
		j, ok := from.(*sqlparser.JoinTableExpr)
		if !ok {
			break
		}
		if _, ok := j.RightExpr.(*sqlparser.AliasedTableExpr); !ok || j.Condition.On == nil {
			t.Errorf("%s joins %T on %v", j.Join, j.RightExpr, j.Condition.On)
		}
		kinds = append(kinds, j.Join)
		from = j.LeftExpr
	}
	if got := strings.Join(kinds, ", "); got != "right join, left join, straight_join, join" {
		t.Errorf("joins from the right: %s", got)
	}
}
