package parser

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

// seeds are texts for the fuzzing engine to start from, beside those in
// testdata/fuzz.
var seeds = []string{
	"CREATE OR REPLACE STREAM s (id INT KEY, v ARRAY<STRUCT<a INT>>, h HEADER('x')) WITH (kafka_topic='t', x=-1.5);",
	"CREATE TABLE t AS SELECT a, COUNT(*) n FROM s x WINDOW HOPPING (SIZE 2 HOURS, ADVANCE BY 1 HOUR) " +
		"WHERE NOT a = b OR c IS NOT NULL GROUP BY (a, b) HAVING d LIKE 'x' ESCAPE '!' EMIT FINAL;",
	"SELECT *, s.*, x->*, -a[1]->f AS q, f(a, (x, y) => x) FROM s FULL JOIN t WITHIN (1 DAY, 2 DAYS) ON a = b PARTITION BY c LIMIT 3;",
	"INSERT INTO s (a) VALUES (MAP('k' := 1e3), STRUCT(f := DECIMAL '1.0'), CAST(NULL AS MAP<STRING, DECIMAL(4, 2)>));",
	"ALTER TABLE t ADD COLUMN a INT, ADD b STRING ARRAY; EXPLAIN EXPLAIN x; EXPLAIN RECORD 't'/0/1 FOR q; PRINT 'a' FROM BEGINNING LIMIT 3;",
	"SELECT a BETWEEN 1 AND -2 AND b NOT IN (1, 'x') AND CASE c WHEN 1 THEN 2 ELSE .5 END IS DISTINCT FROM d || e FROM s;",
	"ASSERT NULL VALUES s (k) KEY (1); ASSERT SCHEMA SUBJECT s ID 3 TIMEOUT 1 MINUTE; SET 'a'='b'; DEFINE x = '${y}';",
	"SELECT 'é", "-- \n;", "/* ", "SELECT a = b = c FROM s;", "SELECT ${x} FROM `${y}`;", "\xff\x00",
}

// FuzzParse wants of any bytes: no panic, an error whose place is in the text,
// and of statements that printing and parsing again gives the same tree.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := ParseTest(text)
		if err != nil {
			checkFault(t, text, err)
			return
		}
		for _, one := range all {
			if place := one.Statement.Place(); one.In(text) != one.Text || !strings.Contains(one.Text, place.In(text)) {
				t.Errorf("statement at %v, its tree at %v", one.Span, place)
			}
			checkRoundTrip(t, one.Statement)
		}
	})
}

// checkFault wants an error about a place in the text that can be shown.
func checkFault(t *testing.T, text string, err error) {
	t.Helper()
	var e *source.Error
	if !errors.As(err, &e) {
		t.Fatalf("error of type %T: %v", err, err)
	}
	if e.Span.Start < 0 || e.Span.End > len(text) || e.Span.Start > e.Span.End {
		t.Errorf("%v is not in the text of %d bytes", e.Span, len(text))
	}
	if e.Text != "" && e.Position().Line < 1 {
		t.Errorf("%v has position %v", e.Span, e.Position())
	}
	if shown := source.Render(err); utf8.ValidString(text) && !utf8.ValidString(shown) {
		t.Errorf("rendered %q", shown)
	}
}

// FuzzExpr is FuzzParse for expressions.
func FuzzExpr(f *testing.F) {
	for _, s := range []string{
		"-a[1]->f + f(x, y => y) || 'z'", "NOT a = b AND c OR d IS NULL", "ARRAY[MAP('a' := 1), STRUCT(b := -1.5)]",
		"CASE a WHEN 1 THEN 2 END", "a LIKE b ESCAPE '!'", "a BETWEEN b AND c", "- - -1", "a AT TIME ZONE 'x'",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ParseExpr(text)
		if err != nil {
			checkFault(t, text, err)
			return
		}
		printed := ast.Format(e)
		again, err := ParseExpr(printed)
		if err != nil {
			t.Fatalf("%q is printed as %q: %v", text, printed, err)
		}
		if reprinted := ast.Format(again); reprinted != printed {
			t.Errorf("%q is printed as %q, that as %q", text, printed, reprinted)
		}
	})
}

// FuzzSplit wants the parts of a text to be the statements that Parse finds in
// it.
func FuzzSplit(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		script := Split(text)
		for _, p := range script.Parts {
			if p.In(text) != p.Text {
				t.Errorf("part %v is %q", p.Span, p.Text)
			}
		}
		all, err := Parse(text)
		if err != nil {
			return
		}
		if len(all) != len(script.Parts) || !script.Complete {
			t.Fatalf("%d statements, %d parts, complete: %v", len(all), len(script.Parts), script.Complete)
		}
		for i, p := range script.Parts {
			one, err := p.Parse(text, nil)
			if err != nil || one.Text != all[i].Text {
				t.Errorf("part %d: %q, %v", i, one.Text, err)
			}
		}
	})
}

// FuzzSubstitute wants that a value, whatever it is, never changes the number
// of statements or what a statement does.
func FuzzSubstitute(f *testing.F) {
	for _, s := range []string{"x", "'x'", "1; DROP STREAM s", "a -- ", "`a`", "-1", "'a' OR 'b'", "/*", "''", "${v}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, text := range []string{
			"SELECT a FROM ${v};", "SELECT a FROM s WHERE b = ${v};",
			"SELECT '${v}' FROM s;", "SELECT `${v}` FROM s;", "SET 'a' = '${v}';",
		} {
			done, err := Substitute(text, map[string]string{"V": value})
			if err != nil {
				continue
			}
			all, err := Parse(done)
			if err != nil && strings.Contains(err.Error(), "Syntax") && !strings.Contains(done, "${") {
				t.Fatalf("%q became %q: %v", text, done, err)
			}
			if err == nil && len(all) != 1 {
				t.Fatalf("%q became %d statements: %q", text, len(all), done)
			}
		}
	})
}
