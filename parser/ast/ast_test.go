package ast_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

func expr(t *testing.T, text string) ast.Expr {
	t.Helper()
	e, err := parser.ParseExpr(text)
	if err != nil {
		t.Fatal(source.Render(err))
	}
	return e
}

func TestNameSQL(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"ID": "ID", "id": "`id`", "A_1@X": "A_1@X", "1A": "`1A`", "": "``", "A B": "`A B`", "A`B": "`A``B`",
		"SELECT": "`SELECT`", "TIMESTAMP": "TIMESTAMP", "ARRAY": "`ARRAY`", "É": "`É`", "A-B": "`A-B`",
	} {
		n := ast.Name{Text: name, Quoted: true}
		if got := n.SQL(); got != want {
			t.Errorf("%q is written %s, not %s", name, got, want)
		}
		if c := expr(t, n.SQL()).(*ast.Column); c.Name.Text != name {
			t.Errorf("%s reads as %q", n.SQL(), c.Name.Text)
		}
	}
	if (ast.Name{}).IsZero() != true || (ast.Name{Quoted: true}).IsZero() {
		t.Error("an empty name in quotes is a name, the zero name is none")
	}
}

func TestIntegerIsBig(t *testing.T) {
	t.Parallel()
	for value, want := range map[int64]bool{
		0: false, math.MaxInt32: false, math.MaxInt32 + 1: true, math.MinInt32: false, math.MinInt32 - 1: true,
	} {
		if got := (&ast.Integer{Value: value}).Big(); got != want {
			t.Errorf("%d is big: %v", value, got)
		}
	}
}

func TestDurationMillis(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		duration ast.Duration
		want     int64
		ok       bool
	}{
		{ast.Duration{Value: 2, Unit: ast.Days}, 172_800_000, true},
		{ast.Duration{Value: 2, Unit: ast.Hours}, 7_200_000, true},
		{ast.Duration{Value: 2, Unit: ast.Minutes}, 120_000, true},
		{ast.Duration{Value: -2, Unit: ast.Seconds}, -2000, true},
		{ast.Duration{Value: math.MaxInt64, Unit: ast.Milliseconds}, math.MaxInt64, true},
		{ast.Duration{Value: math.MaxInt64, Unit: ast.Seconds}, 0, false},
		{ast.Duration{Value: math.MinInt64, Unit: ast.Seconds}, 0, false},
	} {
		if got, ok := c.duration.Millis(); got != c.want || ok != c.ok {
			t.Errorf("%d %s is %d ms, %v", c.duration.Value, c.duration.Unit, got, ok)
		}
	}
}

func TestProperties(t *testing.T) {
	t.Parallel()
	all, err := parser.Parse("CREATE STREAM s WITH (a=1, 'B'=2, A='x');")
	if err != nil {
		t.Fatal(err)
	}
	with := all[0].Statement.(*ast.CreateSource).With
	if p, ok := with.Get("a"); !ok || p.Key() != "A" || ast.Format(p.Value) != "'x'" {
		t.Errorf("a is %v, %v", p, ok)
	}
	if p, ok := with.Get("b"); !ok || ast.Format(p) != "B = 2" {
		t.Errorf("b is %v, %v", ast.Format(p), ok)
	}
	if _, ok := with.Get("c"); ok {
		t.Error("c is there")
	}
	if _, ok := (*ast.Properties)(nil).Get("a"); ok {
		t.Error("no clause has a property")
	}
}

// everything is a statement in which every kind of node below a statement
// stands.
const everything = `CREATE TABLE t WITH (a = 'x') AS SELECT *, x->*, -a AS b, f(c, (k, v) => k || v),
CAST(d AS MAP<STRING, STRUCT<f ARRAY<INT>>>), ARRAY[1, 2.5], MAP('k' := 1e3), STRUCT(f := TRUE),
e[1]->f AT TIME ZONE 'z', CASE g WHEN 1 THEN NULL ELSE DECIMAL '1' END, TIMESTAMPADD(DAYS, 1, h)
FROM s JOIN t ON s.a = t.b WINDOW TUMBLING (SIZE 1 DAY)
WHERE NOT i AND j IS NULL OR k IN (1) OR l BETWEEN 1 AND 2 OR m LIKE 'n' ESCAPE '!'
GROUP BY o PARTITION BY p HAVING q <> 1;`

func TestWalk(t *testing.T) {
	t.Parallel()
	all, err := parser.Parse(everything)
	if err != nil {
		t.Fatal(source.Render(err))
	}
	kinds := map[string]int{}
	for n := range ast.Nodes(all[0].Statement) {
		kinds[strings.TrimPrefix(strings.TrimPrefix(fmt.Sprintf("%T", n), "*"), "ast.")]++
	}
	for kind, want := range map[string]int{
		"Column": 17, "Query": 1, "Grouping": 2, "Join": 1, "Source": 2, "Type": 5, "FieldDef": 1,
		"Property": 1, "Lambda": 1, "Variable": 2, "IntervalUnit": 1, "AllFields": 1, "AllColumns": 1,
	} {
		if kinds[kind] != want {
			t.Errorf("%d of %s, not %d", kinds[kind], kind, want)
		}
	}
	visited := 0
	ast.Walk(all[0].Statement, func(n ast.Node) bool {
		visited++
		_, query := n.(*ast.Query)
		return !query
	})
	if visited != 5 {
		t.Errorf("%d nodes visited down to the query, not 5", visited)
	}
	for range ast.Nodes(all[0].Statement) {
		break // must not visit on
	}
}

// TestWalkStatements wants the nodes below every statement.
func TestWalkStatements(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"CREATE STREAM s (a INT KEY, b ARRAY<INT>) WITH (x = 1);": 9,
		"ALTER STREAM s ADD a INT;":                               3,
		"CREATE TYPE t AS STRUCT<a INT>;":                         4,
		"CREATE SINK CONNECTOR c WITH (x = 1);":                   4,
		"INSERT INTO s VALUES (1, a);":                            3,
		"INSERT INTO s WITH (x = 1) SELECT a FROM t;":             8,
		"EXPLAIN q;":                    1,
		"EXPLAIN SHOW TOPICS;":          2,
		"ASSERT TOPIC t WITH (x = 1);":  4,
		"ASSERT VALUES s VALUES (1);":   2,
		"ASSERT NULL VALUES s KEY (1);": 2,
		"ASSERT STREAM s (a INT);":      3,
		"DROP STREAM s;":                1,
	} {
		all, err := parser.ParseTest(text)
		if err != nil {
			t.Fatal(source.Render(err))
		}
		count := 0
		for range ast.Nodes(all[0].Statement) {
			count++
		}
		if count != want {
			t.Errorf("%s has %d nodes, not %d", text, count, want)
		}
	}
}

// TestRewrite renames every column of an expression of each kind, and wants the
// old expression as it was.
func TestRewrite(t *testing.T) {
	t.Parallel()
	rename := func(e ast.Expr) ast.Expr {
		if c, ok := e.(*ast.Column); ok {
			return &ast.Column{Span: c.Span, Name: ast.Name{Text: "Z"}}
		}
		return e
	}
	for text, want := range map[string]string{
		"f(a, x => b + x)":                         "F(Z, X => Z + X)",
		"CAST(a AS INT)":                           "CAST(Z AS INT)",
		"ARRAY[a, 1]":                              "ARRAY[Z, 1]",
		"MAP(a := b)":                              "MAP(Z := Z)",
		"STRUCT(a := b)":                           "STRUCT(A := Z)",
		"a[b]->c AT TIME ZONE 'z'":                 "Z[Z]->C AT TIME ZONE 'z'",
		"CASE a WHEN b THEN c ELSE d END":          "CASE Z WHEN Z THEN Z ELSE Z END",
		"-a * b = c AND d OR NOT e":                "-Z * Z = Z AND Z OR NOT Z",
		"a IS NULL AND b IN (c, 1)":                "Z IS NULL AND Z IN (Z, 1)",
		"a BETWEEN b AND c OR d LIKE e ESCAPE '!'": "Z BETWEEN Z AND Z OR Z LIKE Z ESCAPE '!'",
	} {
		e := expr(t, text)
		before := ast.Format(e)
		if got := ast.Format(ast.Rewrite(e, rename)); got != want {
			t.Errorf("%s became %s, not %s", text, got, want)
		}
		if after := ast.Format(e); after != before {
			t.Errorf("%s itself became %s", before, after)
		}
		if same := ast.Rewrite(e, func(e ast.Expr) ast.Expr { return e }); same != e {
			t.Errorf("%s was copied though nothing changed", text)
		}
	}
}

func TestKeywords(t *testing.T) {
	t.Parallel()
	reserved := 0
	for _, w := range ast.Keywords() {
		if !ast.Keyword(w) {
			t.Errorf("%s is no keyword", w)
		}
		_, err := parser.ParseExpr(w + " + 1")
		if ast.Reserved(w) {
			reserved++
		}
		literal := w == "NULL" || w == "TRUE" || w == "FALSE" || w == "NOT"
		if (err != nil) != ast.Reserved(w) && !literal {
			t.Errorf("%s is reserved: %v, but %v", w, ast.Reserved(w), err)
		}
	}
	if reserved == 0 || reserved == len(ast.Keywords()) {
		t.Errorf("%d reserved words", reserved)
	}
}

func ExampleFormat() {
	statements, err := parser.Parse("select id, `Name` n from people where age>=18 emit changes;")
	if err != nil {
		fmt.Println(source.Render(err))
		return
	}
	fmt.Println(ast.Format(statements[0].Statement))
	// Output: SELECT ID, `Name` AS N FROM PEOPLE WHERE AGE >= 18 EMIT CHANGES
}
