package parser

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
)

// This file answers what people type who know the SQL of other databases. Its line
// stands behind ksqlDB's words.

// elsewhere are the statements of other databases by their first words, with what is
// done here instead.
var elsewhere = map[string]string{
	"DELETE": "There is no DELETE. A record without a value, a tombstone, deletes the row of its key: INSERT a NULL " +
		"into a stream over the table's topic with VALUE_FORMAT='KAFKA'.",
	"UPDATE": "There is no UPDATE. INSERT INTO a table writes the next row of its key.",
}

// hint returns a line about a fault that is well known, "" for others.
func (p *parser) hint(f fault) string {
	word := func(i int) string {
		if i < 0 || i >= len(p.toks) {
			return ""
		}
		return strings.ToUpper(p.toks[i].text)
	}
	before, at, behind := word(f.tok-1), word(f.tok), word(f.tok+1)
	switch {
	case f.why == unknown:
		return elsewhere[at]
	case at == "'", at == `"`, at == "`":
		return "The quote " + at + " has no end."
	case at == "ORDER" && behind == "BY", before == "ORDER" && at == "BY":
		return "There is no ORDER BY: rows come in the order of their records."
	case before == "SELECT" && at == "DISTINCT":
		return "There is no SELECT DISTINCT: GROUP BY the columns, with COUNT(*), or use COUNT_DISTINCT or COLLECT_SET."
	case p.selectsFromNothing(f):
		return "A SELECT needs a FROM."
	case f.tok == 1 && (before == "SHOW" || before == "LIST"):
		return p.meant(at)
	}
	return ""
}

// selectsFromNothing reports whether a SELECT ends before any FROM.
func (p *parser) selectsFromNothing(f fault) bool {
	t := p.toks[f.tok]
	if !p.toks[0].is("SELECT") || t.kind != end && !t.is(";") {
		return false
	}
	for _, t := range p.toks {
		if t.is("FROM") {
			return false
		}
	}
	return true
}

// meant asks for the word that may be meant behind SHOW, "" if none is like it.
func (p *parser) meant(word string) string {
	var known []string
	for _, f := range p.table {
		if shown, ok := strings.CutPrefix(f.Words, "SHOW "); ok {
			known = append(known, shown)
		}
	}
	if near := source.Similar(word, known); near != "" {
		return "Did you mean '" + near + "'?"
	}
	return ""
}
