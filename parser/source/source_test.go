package source_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/parser/source"
)

func TestPositionOf(t *testing.T) {
	t.Parallel()
	const text = "ab\r\n\té日x\n\n"
	for off, want := range map[int]string{
		-1: "1:1", 0: "1:1", 2: "1:3", 4: "2:1", 5: "2:2", 7: "2:3", 10: "2:4",
		12: "3:1", 13: "4:1", 99: "4:1",
	} {
		if got := source.PositionOf(text, off).String(); got != want {
			t.Errorf("offset %d is at %s, not %s", off, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	a, b, none := source.Span{Start: 2, End: 4}, source.Span{Start: 6, End: 9}, source.Span{}
	for _, c := range []struct{ got, want source.Span }{
		{a.To(b), source.Span{Start: 2, End: 9}},
		{b.To(a), source.Span{Start: 2, End: 9}},
		{none.To(a), a},
		{a.To(none), a},
		{a.Shift(10), source.Span{Start: 12, End: 14}},
		{a.Place(), a},
	} {
		if c.got != c.want {
			t.Errorf("%v, not %v", c.got, c.want)
		}
	}
	if got := b.In("01234567"); got != "67" {
		t.Errorf("a span that reaches over the end covers %q", got)
	}
	if got := (source.Span{Start: 5, End: 1}).In("abc"); got != "" {
		t.Errorf("a span beyond the text covers %q", got)
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	e := source.Errorf(source.Span{Start: 4, End: 5}, "no %s", "way")
	if got := e.Error(); got != "no way" {
		t.Errorf("without its text: %q", got)
	}
	err := fmt.Errorf("running x.sql: %w", e)
	if got := source.In("ab\n cd", err); !errors.Is(got, e) || e.Error() != "line 2:2: no way" {
		t.Errorf("with its text: %q", e.Error())
	}
	if got := e.In("other").WithDetail("try %d", 1).Error(); got != "line 2:2: no way\ntry 1" {
		t.Errorf("a second text, and a detail: %q", got)
	}
	if got := e.Within("\n\nab\n cd", 2).Error(); got != "line 4:2: no way\ntry 1" {
		t.Errorf("in a larger text: %q", got)
	}
	if got := source.In("x", nil); got != nil {
		t.Errorf("no error became %v", got)
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a ", 1000)
	for name, c := range map[string]struct {
		text       string
		start, end int
		want       string
	}{
		"a word":         {"SELECT x\nFROM foo;", 14, 17, "line 2:6: bad\nFROM foo;\n     ^^^"},
		"tabs":           {"\tx\ty", 3, 4, "line 1:4: bad\n\tx\ty\n\t \t^"},
		"wide":           {"日本x日", 6, 10, "line 1:3: bad\n日本x日\n    ^^^"},
		"combining":      {"e\u0301x", 3, 4, "line 1:3: bad\ne\u0301x\n ^"},
		"the end":        {"ab", 2, 2, "line 1:3: bad\nab\n  ^"},
		"several lines":  {"ab 'c\r\nd'", 3, 9, "line 1:4: bad\nab 'c\n   ^^"},
		"an escape code": {"a\x1b[2Jb", 5, 6, "line 1:6: bad\na\ufffd[2Jb\n     ^"},
		"not UTF-8":      {"a\xff\xfeb", 3, 4, "line 1:4: bad\na\ufffd\ufffdb\n   ^"},
		"a long line": {
			long, 1000, 1001,
			"line 1:1001: bad\n..." + long[:120] + "...\n" + strings.Repeat(" ", 63) + "^",
		},
	} {
		e := source.Errorf(source.Span{Start: c.start, End: c.end}, "bad").In(c.text)
		if got := source.Render(fmt.Errorf("%w", e)); got != c.want {
			t.Errorf("%s:\n%s\nnot\n%s", name, got, c.want)
		}
	}
	if got := source.Render(errors.New("plain")); got != "plain" {
		t.Errorf("an error without a place: %q", got)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	words := []string{"SELECT", "CREATE", "SET", "UNSET", "DROP"}
	for word, want := range map[string][2]string{
		"SELET":                         {"SELECT", "SELECT"},
		"seelct":                        {"SELECT", "SELECT"},
		"SELECT":                        {"SELECT", "SELECT"},
		"DORP":                          {"DROP", ""},
		"xyzzy":                         {"", ""},
		"quit":                          {"", ""},
		"use":                           {"", ""},
		"":                              {"", ""},
		strings.Repeat("a", 10_000_000): {"", ""},
	} {
		if got := source.Nearest(word, words); got != want[0] {
			t.Errorf("nearest to %.20q: %q, not %q", word, got, want[0])
		}
		if got := source.Similar(word, words); got != want[1] {
			t.Errorf("similar to %.20q: %q, not %q", word, got, want[1])
		}
	}
	if got := source.Nearest("a", nil) + source.Similar("a", nil); got != "" {
		t.Errorf("nearest of none: %q", got)
	}
}

func ExampleRender() {
	const text = "SELECT id\nFORM people;"
	err := source.Errorf(source.Span{Start: 10, End: 14}, "Syntax Error").
		WithDetail("Did you mean 'FROM'?").In(text)
	fmt.Println(source.Render(err))
	// Output:
	// line 2:1: Syntax Error
	// Did you mean 'FROM'?
	// FORM people;
	// ^^^^
}

func TestWithoutSecrets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"SET 'auto.offset.reset' = 'earliest';":                                               "SET 'auto.offset.reset' = 'earliest';",
		"SET 'ksql.persistence.default.format.key' = 'JSON';":                                 "SET 'ksql.persistence.default.format.key' = 'JSON';",
		"set 'sasl.jaas.config'='x password=\"p\";'; SHOW STREAMS;":                           "set 'sasl.jaas.config'='***************'; SHOW STREAMS;",
		"SET 'consumer.ssl.key.password' = 'it''s';":                                          "SET 'consumer.ssl.key.password' = '*****';",
		"ALTER SYSTEM 'basic.auth.user.info'='anna:geheim';":                                  "ALTER SYSTEM 'basic.auth.user.info'='***********';",
		"DEFINE token = 'abc'; DEFINE db_pass='a'; DEFINE pw = 'b'; DEFINE passengers = '5';": "DEFINE token = '***'; DEFINE db_pass='*'; DEFINE pw = '*'; DEFINE passengers = '5';",
		"DEFINE password = 'abc'; DEFINE format = 'JSON';":                                    "DEFINE password = '***'; DEFINE format = 'JSON';",
		"SET 'ssl.keystore.key' =\n 'begun, and not":                                          "SET 'ssl.keystore.key' =\n '**************",
		"SET 'ssl.truststore.password'='é'; SET 'sasl.password' = 'zwei';":                    "SET 'ssl.truststore.password'='**'; SET 'sasl.password' = '****';",
		"SET 'sasl.passwrd' = 'abc'; SET 'db.pwd' = 'x';":                                     "SET 'sasl.passwrd' = '***'; SET 'db.pwd' = '*';",
		"SET 'schema.registry.url' = 'https://anna:geh:eim@h:1';":                             "SET 'schema.registry.url' = 'https://anna:*******@h:1';",
		"SELECT 'http://h:80/a@b', 'u:p@h' FROM s;":                                           "SELECT 'http://h:80/a@b', 'u:p@h' FROM s;",
		"SELECT password FROM s WHERE password = 'x';":                                        "SELECT password FROM s WHERE password = 'x';",
		`CREATE SOURCE CONNECTOR c WITH ("connection.password"='hunter2');`:                   `CREATE SOURCE CONNECTOR c WITH ("connection.password"='*******');`,
		"WITH (`x.secret`='a', tasks='1', api_key = 'b')":                                     "WITH (`x.secret`='*', tasks='1', api_key = '*')",
		"SET 'sasl.password' 'hunter3'; SET \"sasl.password\"=\"a\"\"b\";":                    "SET 'sasl.password' '*******'; SET \"sasl.password\"=\"****\";",
		"SET 'sasl.password' -- it's\n = /* 'x' */ 'abc';":                                    "SET 'sasl.password' -- it's\n = /* 'x' */ '***';",
		"SET sasl.password = abc; define db_password 'abc':":                                  "SET sasl.password = ***; define db_password '***':",
		"INSERT INTO s (id, password) VALUES (1, 'x');":                                       "INSERT INTO s (id, password) VALUES (1, 'x');",
		"CREATE STREAM s (password STRING) WITH (format='JSON');":                             "CREATE STREAM s (password STRING) WITH (format='JSON');",
	} {
		got := source.WithoutSecrets(text)
		if got != want || len(got) != len(text) {
			t.Errorf("%s\n  is shown as %s", text, got)
		}
	}
	err := source.In("SET 'sasl.password' = 'geheim'; SELECT;", source.Errorf(source.Span{Start: 32, End: 38}, "no"))
	if got := source.Render(err); got != "line 1:33: no\nSET 'sasl.password' = '******'; SELECT;\n                                ^^^^^^" {
		t.Errorf("rendered as\n%s", got)
	}
}

// TestRenderer has errors in several texts by turns: each is shown with its own line.
func TestRenderer(t *testing.T) {
	t.Parallel()
	var r source.Renderer
	for range 2 {
		for _, text := range []string{"SET 'token' = 'a'; FAIL;", "SET 'token' = 'bc'; FAIL;"} {
			err := source.In(text, source.Errorf(source.Span{Start: len(text) - 5, End: len(text) - 1}, "no"))
			if got, want := r.Render(err), source.Render(err); got != want {
				t.Errorf("rendered as\n%s\nwant\n%s", got, want)
			}
		}
	}
}

// BenchmarkRenderer renders an error in a script of 4,000 statements, of which many fail.
func BenchmarkRenderer(b *testing.B) {
	text := strings.Repeat("DROP STREAM some_stream_that_there_is_not;\n", 4000)
	err := source.In(text, source.Errorf(source.Span{Start: 12, End: 39}, "no"))
	var r source.Renderer
	for b.Loop() {
		r.Render(err)
	}
}
