package parser

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

const deep = 10_000

// deepTexts are statements nested deeply in every way the grammar has.
var deepTexts = map[string]string{
	"brackets":     "SELECT " + strings.Repeat("(", deep) + "a" + strings.Repeat(")", deep) + " FROM s;",
	"open":         "SELECT " + strings.Repeat("(", deep),
	"calls":        "SELECT " + strings.Repeat("f(", deep) + "a" + strings.Repeat(")", deep) + " FROM s;",
	"arrays":       "SELECT " + strings.Repeat("ARRAY[", deep) + "1" + strings.Repeat("]", deep) + " FROM s;",
	"maps":         "SELECT " + strings.Repeat("MAP('a':=", deep) + "1" + strings.Repeat(")", deep) + " FROM s;",
	"structs":      "SELECT " + strings.Repeat("STRUCT(a:=", deep) + "1" + strings.Repeat(")", deep) + " FROM s;",
	"cases":        "SELECT " + strings.Repeat("CASE WHEN a THEN ", deep) + "1" + strings.Repeat(" END", deep) + " FROM s;",
	"not":          "SELECT " + strings.Repeat("NOT ", deep) + "a FROM s;",
	"signs":        "SELECT " + strings.Repeat("- ", deep) + "a FROM s;",
	"subscripts":   "SELECT a" + strings.Repeat("[1]", deep) + " FROM s;",
	"inside":       "SELECT " + strings.Repeat("a[", deep) + "1" + strings.Repeat("]", deep) + " FROM s;",
	"fields":       "SELECT a" + strings.Repeat("->b", deep) + " FROM s;",
	"zones":        "SELECT a" + strings.Repeat(" AT TIME ZONE 'z'", deep) + " FROM s;",
	"lambdas":      "SELECT f(a, " + strings.Repeat("f(a, x => ", deep) + "x" + strings.Repeat(")", deep+1) + " FROM s;",
	"lists":        "SELECT " + strings.Repeat("a IN (", deep) + "1" + strings.Repeat(")", deep) + " FROM s;",
	"types":        "CREATE TYPE t AS " + strings.Repeat("ARRAY<", deep) + "INT" + strings.Repeat(">", deep) + ";",
	"struct types": "CREATE TYPE t AS " + strings.Repeat("STRUCT<a ", deep) + "INT" + strings.Repeat(">", deep) + ";",
	"array after":  "CREATE TYPE t AS INT" + strings.Repeat(" ARRAY", deep) + ";",
	"explain":      strings.Repeat("EXPLAIN ", deep) + "SHOW TOPICS;",
	"values":       "INSERT INTO s VALUES (" + strings.Repeat("(", deep) + "1" + strings.Repeat(")", deep) + ");",
}

func TestDeepNesting(t *testing.T) {
	t.Parallel()
	for name, text := range deepTexts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(text)
			var e *source.Error
			if !errors.As(err, &e) || !strings.HasPrefix(e.Message, "Statement is too large to parse.") {
				t.Fatalf("error %.200v", err)
			}
			if _, err := ParseTest(text); err == nil {
				t.Error("ParseTest takes it")
			}
			if shown := source.Render(err); len(shown) > 1000 {
				t.Errorf("the error is rendered in %d bytes", len(shown))
			}
		})
	}
}

// TestLongChains parses what is long without being deep.
func TestLongChains(t *testing.T) {
	t.Parallel()
	const many = 20_000
	for name, text := range map[string]string{
		"and":    "SELECT a FROM s WHERE " + strings.Repeat("a = 1 AND ", many) + "b;",
		"sum":    "SELECT " + strings.Repeat("1 + ", many) + "1 FROM s;",
		"items":  "SELECT " + strings.Repeat("a, ", many) + "b FROM s;",
		"in":     "SELECT a FROM s WHERE a IN (" + strings.Repeat("'x', ", many) + "'y');",
		"values": "INSERT INTO s VALUES (" + strings.Repeat("1, ", many) + "2);",
		"joins":  "SELECT * FROM s" + strings.Repeat(" JOIN t ON a = b", 2000) + ";",
		"whens":  "SELECT CASE" + strings.Repeat(" WHEN a THEN b", many) + " END FROM s;",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, err := Parse(text)
			if err != nil {
				t.Fatalf("%.200v", err)
			}
			if printed := ast.Format(all[0].Statement); len(printed) < len(text)/2 {
				t.Errorf("printed as %.200s", printed)
			}
		})
	}
}

// TestHugeText gives the parser 100 MB. What it keeps of a statement with very
// many words is bounded; one long string is no harm.
func TestHugeText(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	const size = 100 << 20
	for name, c := range map[string]struct {
		word string
		ok   bool
	}{
		"words":    {word: "a ", ok: false},
		"comments": {word: "/*", ok: false},
		"letters":  {word: "x", ok: true},
	} {
		head, tail := "SELECT a, ", " FROM s;"
		if c.ok {
			head, tail = "SELECT '", "' FROM s;"
		}
		text := head + strings.Repeat(c.word, size/len(c.word)) + tail
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Parse(text)
		runtime.ReadMemStats(&after)
		if (err == nil) != c.ok {
			t.Errorf("%s: error %.200v", name, err)
		}
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 600 {
			t.Errorf("%s: %d MB allocated", name, used)
		}
	}
}
