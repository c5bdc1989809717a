package parser

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/parser/ast"
)

// TestMutations takes statements apart into words, changes some, and wants what
// FuzzParse wants. Unlike bytes, words often make another statement.
func TestMutations(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	words := append(ast.Keywords(), marks...)
	var statements [][]string
	for _, s := range append(seeds, mutationSeeds...) {
		one := wordsOf(s)
		statements = append(statements, one)
		words = append(words, one...)
	}
	parsed := 0
	const rounds = 20_000
	for range rounds {
		text := mutate(rng, statements[rng.IntN(len(statements))], words)
		all, err := ParseTest(text)
		if err != nil {
			checkFault(t, text, err)
			continue
		}
		parsed += len(all)
		for _, one := range all {
			checkRoundTrip(t, one.Statement)
		}
		if t.Failed() {
			t.Fatalf("text: %s", text)
		}
	}
	t.Logf("%d of %d texts parse", parsed, rounds)
	if parsed < rounds/20 {
		t.Errorf("only %d of %d texts parse", parsed, rounds)
	}
}

// mutationSeeds are statements that hold much of the grammar in few words.
var mutationSeeds = []string{
	"SELECT a, b AS c, * FROM s x JOIN t y ON a = b WHERE a AND NOT b OR c GROUP BY a, (b), f(c) PARTITION BY d HAVING e EMIT CHANGES LIMIT 3;",
	"SELECT a IS NULL, b IN (c, d), e LIKE f, g BETWEEN h AND i, (j), - k, + 1, - 2, l || m FROM s;",
	"SELECT ARRAY[a, b], MAP(c := d, e := f), STRUCT(g := h), CAST(i AS INT), j[k], l->m, n AT TIME ZONE 'o', CASE p WHEN q THEN r ELSE t END FROM s;",
	"SELECT f(a, x => x, (y, z) => y), g(DAYS, b), COUNT(*), DECIMAL '1.0', TRUE, NULL, 1.5, 1e3, 'x' FROM s;",
	"CREATE SOURCE TABLE IF NOT EXISTS t (a INT PRIMARY KEY, b MAP<STRING, INT> HEADERS) WITH (c = 'd', e = - 1);",
	"CREATE STREAM s AS SELECT * FROM t WINDOW w SESSION (1 DAY, RETENTION 2 HOURS, GRACE PERIOD 3 SECONDS) GROUP BY ();",
	"SHOW ALL TOPICS EXTENDED; LIST SOURCE CONNECTORS; DESCRIBE TABLES EXTENDED; DESCRIBE FUNCTION f; EXPLAIN SHOW; EXPLAIN RECORD 't'/0/1 FOR SELECT * FROM s; EXPLAIN ANALYZE q;",
	"DROP STREAM IF EXISTS s DELETE TOPIC; ALTER STREAM s ADD COLUMN a INT; UNSET 'a'; TERMINATE ALL; RUN SCRIPT 'x';",
	"CREATE SINK CONNECTOR IF NOT EXISTS c WITH (a = 1); CREATE TYPE t AS STRUCT<a INT, b ARRAY<DATE>>; PRINT 'a' SAMPLE 3;",
	"ASSERT NOT EXISTS TOPIC t TIMEOUT 1 DAY; ASSERT STREAM s (a INT); ASSERT VALUES s (a) VALUES (1, b = c);",
}

// wordsOf returns the tokens of a text as written.
func wordsOf(text string) []string {
	var all []string
	l := &lexer{text: text}
	for t := l.next(); t.kind != end; t = l.next() {
		all = append(all, t.text)
	}
	return all
}

// mutate returns a statement in which a few words were removed, replaced,
// inserted, doubled, or put elsewhere.
func mutate(rng *rand.Rand, statement, words []string) string {
	s := append([]string(nil), statement...)
	for range 1 + rng.IntN(2) {
		if len(s) == 0 {
			break
		}
		i, j := rng.IntN(len(s)), rng.IntN(len(s))
		switch rng.IntN(6) {
		case 0:
			s = append(s[:i], s[i+1:]...)
		case 1:
			s[i] = words[rng.IntN(len(words))]
		case 2:
			s = append(s[:i], append([]string{words[rng.IntN(len(words))]}, s[i:]...)...)
		case 3:
			s[i], s[j] = s[j], s[i]
		case 4:
			s[i] = s[j]
		case 5:
			s = append(s[:i], append([]string{"("}, s[i:]...)...)
			j = i + 1 + rng.IntN(len(s)-i)
			s = append(s[:j], append([]string{")"}, s[j:]...)...)
		}
	}
	return strings.Join(s, " ")
}
