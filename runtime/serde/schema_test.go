package serde

import (
	"strconv"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
)

// parseColumns reads columns as the goldens write them: ID BIGINT, `a` ARRAY<INT>,
// H BYTES HEADER('k').
func parseColumns(t testing.TB, text string) []types.Column {
	t.Helper()
	p := &schemaParser{t: t, rest: text}
	var columns []types.Column
	for p.rest != "" {
		c := types.Column{Name: p.name(), Type: p.typ()}
		if p.accept("HEADER('") {
			key, rest, _ := strings.Cut(p.rest, "')")
			c.Header, p.rest = types.Header{Key: key}, rest
		}
		columns = append(columns, c)
		p.accept(",")
	}
	return columns
}

type schemaParser struct {
	t    testing.TB
	rest string
}

func (p *schemaParser) accept(token string) bool {
	p.rest = strings.TrimSpace(p.rest)
	rest, ok := strings.CutPrefix(p.rest, token)
	if ok {
		p.rest = strings.TrimSpace(rest)
	}
	return ok
}

func (p *schemaParser) expect(token string) {
	if !p.accept(token) {
		p.t.Fatalf("expected %q at %q", token, p.rest)
	}
}

func (p *schemaParser) name() string {
	if p.accept("`") {
		name, rest, _ := strings.Cut(p.rest, "`")
		p.rest = strings.TrimSpace(rest)
		return name
	}
	return p.word()
}

func (p *schemaParser) word() string {
	p.rest = strings.TrimSpace(p.rest)
	end := strings.IndexFunc(p.rest, func(r rune) bool { return strings.ContainsRune(" ,<>()\n", r) })
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = strings.TrimSpace(p.rest[end:])
	return word
}

func (p *schemaParser) number() int {
	n, err := strconv.Atoi(p.word())
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func (p *schemaParser) typ() *types.Type {
	switch word := p.word(); word {
	case "DECIMAL":
		p.expect("(")
		precision := p.number()
		p.expect(",")
		scale := p.number()
		p.expect(")")
		return types.DecimalOf(precision, scale)
	case "ARRAY":
		p.expect("<")
		elem := p.typ()
		p.expect(">")
		return types.ArrayOf(elem)
	case "MAP":
		p.expect("<")
		key := p.typ()
		p.expect(",")
		value := p.typ()
		p.expect(">")
		return types.MapOf(key, value)
	case "STRUCT":
		p.expect("<")
		var fields []types.Field
		for !p.accept(">") {
			fields = append(fields, types.Field{Name: p.name(), Type: p.typ()})
			p.accept(",")
		}
		return types.StructOf(fields...)
	default:
		for _, t := range scalarTypes {
			if t.String() == word || word == "INT" && t == types.Int {
				return t
			}
		}
		p.t.Fatalf("unknown type %q", word)
		return nil
	}
}

var scalarTypes = []*types.Type{
	types.Boolean, types.Int, types.Bigint, types.Double, types.String, types.Bytes, types.Date, types.Time, types.Timestamp,
}
