package parser_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

// TestPlaces wants the parts of a statement to know where they stand.
func TestPlaces(t *testing.T) {
	t.Parallel()
	const text = "-- first\nSHOW TOPICS; SELECT  é.`b c` AS x, f( 1,y ) FROM s  e\n JOIN t WITHIN 1 DAY ON (a = b) IS NULL EMIT CHANGES ;"
	if _, err := parser.Parse(text); err == nil {
		t.Fatal("é is no name")
	}
	fixed := strings.Replace(text, "é", "e", 1)
	all, err := parser.Parse(fixed)
	if err != nil {
		t.Fatal(source.Render(err))
	}
	q := all[1].Statement.(*ast.Query)
	join := q.From.(*ast.Join)
	for _, c := range []struct {
		at   source.Span
		want string
	}{
		{all[0].Span, "SHOW TOPICS;"},
		{all[0].Statement.Place(), "SHOW TOPICS"},
		{all[1].Span, strings.TrimPrefix(fixed, "-- first\nSHOW TOPICS; ")},
		{q.Span, strings.TrimSuffix(strings.TrimPrefix(fixed, "-- first\nSHOW TOPICS; "), " ;")},
		{q.Items[0].Place(), "e.`b c` AS x"},
		{q.Items[1].Place(), "f( 1,y )"},
		{join.Left.Place(), "s  e"},
		{join.Within.Span, "WITHIN 1 DAY"},
		{join.On.Place(), "a = b) IS NULL"},
	} {
		if got := c.at.In(fixed); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
	if all[1].Text != all[1].In(fixed) {
		t.Errorf("the text is %q", all[1].Text)
	}
}

// TestExprPlaces wants the place of operators, whose words sqlparser does not
// give back. A list's closing bracket is not part of it.
func TestExprPlaces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		" a + (b)":                        "a + (b",
		" NOT ((a))":                      "NOT ((a",
		"(- -a)":                          "- -a",
		"-(a + b)":                        "-(a + b",
		"NOT (a + b) * c = d":             "NOT (a + b) * c = d",
		"x IS NOT NULL ":                  "x IS NOT NULL",
		"CASE WHEN (a) THEN b IN (1) END": "CASE WHEN (a) THEN b IN (1) END",
		"(CASE (a) WHEN -1 THEN f(1) ELSE (2) END)":             "CASE (a) WHEN -1 THEN f(1) ELSE (2) END",
		"NOT CASE WHEN NOT CASE a WHEN b THEN c END THEN d END": "NOT CASE WHEN NOT CASE a WHEN b THEN c END THEN d END",
	} {
		e, err := parser.ParseExpr(text)
		if err != nil {
			t.Fatal(source.Render(err))
		}
		if got := e.Place().In(text); got != want {
			t.Errorf("%s stands at %q, not %q", text, got, want)
		}
	}
}

// TestPartParse wants errors in a script's part to tell the script's line.
func TestPartParse(t *testing.T) {
	t.Parallel()
	const text = "SHOW TOPICS;\nDESCRIBE ${s};\n\n  SELECT a FORM b;\nSELECT ${n} x y FROM s;\nDESCRIBE ${n};"
	variables := map[string]string{"S": "people", "n": "1"}
	script := parser.Split(text)
	if len(script.Parts) != 5 || !script.Complete {
		t.Fatalf("%d parts", len(script.Parts))
	}
	for i, want := range []string{
		"SHOW TOPICS", "DESCRIBE PEOPLE", "line 4:17: Syntax Error", "line 5:15: Syntax Error",
		"line 6:10: Illegal argument",
	} {
		one, err := script.Parts[i].Parse(text, variables)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = ast.Format(one.Statement)
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("part %d: %q, not %q", i, got, want)
		}
	}
}

// TestBrokenText wants text that is not UTF-8 to be refused where it has to be,
// and shown without harm.
func TestBrokenText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"SELECT 'x\xc3":             "line 1:8: Syntax Error",
		"SELECT a\xff FROM s;":      "line 1:9: Syntax Error",
		"SELECT '\xff\xfe' FROM s;": "",
		"\x00":                      "line 1:1: Syntax Error",
		"\ufeffSHOW TOPICS;":        "line 1:1: Syntax Error",
		"-- \xc3\nSHOW \xc3;":       "line 2:6: Syntax Error",
	} {
		_, err := parser.Parse(text)
		got := ""
		if err != nil {
			got, _, _ = strings.Cut(err.Error(), "\n")
			if shown := source.Render(err); strings.Contains(shown, "\x00") || !utf8.ValidString(shown) {
				t.Errorf("%q is shown as %q", text, shown)
			}
		}
		if got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

// TestStatements wants the table of statements to be fit for help.
func TestStatements(t *testing.T) {
	t.Parallel()
	forms := parser.Statements()
	if len(forms) != 43+2 {
		t.Errorf("%d forms, not the 43 of the language, SHOW CREATE and SUMMARIZE", len(forms))
	}
	for _, f := range forms {
		first, _, _ := strings.Cut(f.Words, " ")
		if !ast.Keyword(first) || !strings.HasPrefix(f.Synopsis, first) || !strings.HasSuffix(f.About, ".") {
			t.Errorf("form %+v", f)
		}
		_, err := parser.Parse(f.Words + " ;")
		if err != nil && strings.Contains(err.Error(), "Unknown statement") {
			t.Errorf("%s: %v", f.Words, err)
		}
	}
	if words := parser.Keywords(); !slices.Contains(words, "SELECT") || !slices.Contains(words, "TIMESTAMP") {
		t.Errorf("keywords %v", words)
	}
}

// TestParallel parses at the same time in many goroutines; the race detector
// looks on.
func TestParallel(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				text := fmt.Sprintf("SELECT a%d + %d FROM s WHERE b LIKE 'x' GROUP BY c;", i, j)
				all, err := parser.Parse(text)
				if err != nil || !strings.Contains(ast.Format(all[0].Statement), fmt.Sprintf("A%d + %d", i, j)) {
					t.Errorf("%s: %v", text, err)
				}
				if _, err := parser.Parse("SELECT a = b = c FROM s;"); err == nil {
					t.Error("a chained comparison parses")
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkParse(b *testing.B) {
	for name, text := range map[string]string{
		"show":   "SHOW TOPICS;",
		"create": "CREATE STREAM my_stream (id STRING, name STRING, title STRING) WITH (kafka_topic='fake_people', value_format='JSON');",
		"select": "SELECT * FROM my_stream EMIT CHANGES;",
		"join": "SELECT o.id, p.name AS name, o.price * o.amount AS total, CASE WHEN o.price > 10 THEN 'dear' ELSE 'cheap' END AS class " +
			"FROM orders o LEFT JOIN people p ON o.person = p.id WHERE o.state IN ('NEW', 'PAID') AND p.name IS NOT NULL EMIT CHANGES;",
		"fault": "SELECT a b c FROM s;",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = parser.Parse(text)
			}
		})
	}
}

func ExampleParse() {
	statements, err := parser.Parse("CREATE STREAM people (id STRING) WITH (kafka_topic='people', format='JSON'); SHOW TOPICS;")
	if err != nil {
		fmt.Println(source.Render(err))
		return
	}
	for _, s := range statements {
		fmt.Printf("%T: %s\n", s.Statement, s.Text)
	}
	// Output:
	// *ast.CreateSource: CREATE STREAM people (id STRING) WITH (kafka_topic='people', format='JSON');
	// *ast.ListTopics: SHOW TOPICS;
}

func ExampleParse_error() {
	_, err := parser.Parse("SELECT id nm FORM people;")
	fmt.Println(source.Render(err))
	var e *source.Error
	fmt.Println(errors.As(err, &e), e.Position())
	// Output:
	// line 1:14: Syntax Error
	// Expecting {',', 'FROM'}
	// SELECT id nm FORM people;
	//              ^^^^
	// true 1:14
}

func ExampleParseExpr() {
	e, err := parser.ParseExpr("price*(1+tax) > 100 and not sold")
	fmt.Println(ast.Format(e), err)
	// Output: PRICE * (1 + TAX) > 100 AND NOT SOLD <nil>
}

func ExampleSubstitute() {
	text, err := parser.Substitute("SELECT * FROM ${stream} WHERE name = '${name}';",
		map[string]string{"stream": "people", "name": "O'Hara"})
	fmt.Println(text, err)
	// Output: SELECT * FROM people WHERE name = 'O''Hara'; <nil>
}

func ExampleSplit() {
	script := parser.Split("SHOW TOPICS; SELECT ';' FROM")
	for _, p := range script.Parts {
		fmt.Println(p.Text)
	}
	fmt.Println("complete:", script.Complete)
	// Output:
	// SHOW TOPICS;
	// SELECT ';' FROM
	// complete: false
}
