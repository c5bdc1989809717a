package complete

import (
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// This file knows which names of the catalog are meant where.

// catalogNames offers the names that are meant where a name is due, or an expression.
func (c *completer) catalogNames(operand bool) {
	if c.castsTo() {
		c.typeNames()
		return
	}
	switch kind := c.first(1); c.last() {
	case "FROM", "JOIN", "INTO":
		c.offerNames(c.sources("")...)
		return
	case "DESCRIBE", "SUMMARIZE":
		c.offerNames(c.sources("")...)
		return
	case "STREAM", "TABLE":
		if c.first(0) != "CREATE" {
			c.offerNames(c.sources(c.last())...)
		}
		return
	case "EXISTS":
		if kind == "TYPE" {
			c.offerNames(c.names.Types...)
		} else if c.first(0) == "DROP" {
			c.offerNames(c.sources(kind)...)
		}
		return
	case "FUNCTION":
		c.offer("", c.names.Functions...)
		return
	case "TYPE":
		if c.first(0) == "DROP" {
			c.offerNames(c.names.Types...)
		}
		return
	case "PRINT", "TOPIC", "RECORD":
		c.offerTopics()
		return
	case "TERMINATE", "PAUSE", "RESUME", "EXPLAIN", "ANALYZE", "FOR", "QUERY":
		c.offerNames(c.names.Queries...)
		return
	case "UNDEFINE":
		c.offer("", c.names.Variables...)
		return
	case "AS", "DEFINE", "COLUMN":
		return // a name that is new
	}
	switch {
	case c.amongValues():
		if c.word != "" {
			c.functions()
		}
	case !operand && c.first(0) == "INSERT":
		c.offerNames(c.insertable()...)
	case operand || c.first(0) == "SELECT":
		c.offerNames(c.columns()...)
		if operand && (c.word != "" || len(c.named()) == 0) {
			c.functions()
		}
	default:
		c.typeNames()
	}
}

// amongValues reports whether a value of INSERT INTO ... VALUES is due, where no column can stand.
func (c *completer) amongValues() bool {
	return c.first(0) == "INSERT" && slices.ContainsFunc(c.toks, func(t parser.Lexeme) bool { return t.Word == "VALUES" })
}

// insertable returns the names of the columns that INSERT can give values to: of the pseudo columns, ROWTIME.
func (c *completer) insertable() []string {
	return slices.DeleteFunc(c.columns(), func(name string) bool {
		at := slices.IndexFunc(types.PseudoColumns, func(column types.Column) bool { return column.Name == name })
		return at >= 0 && types.Pseudo(at) != types.RowTime
	})
}

// typeNames offers types, where the definition of a column wants one.
func (c *completer) typeNames() {
	last := c.toks[len(c.toks)-1]
	name := last.Class == parser.Name || last.Class == parser.Quoted || last.Class == parser.Word && !ast.Reserved(last.Word)
	if !name && last.Word != "<" && !c.castsTo() {
		return
	}
	for kind := types.KindBoolean; kind <= types.KindStruct; kind++ {
		c.keywords([]string{kind.String()})
	}
	c.offerNames(c.names.Types...)
}

// castsTo reports whether the type of a CAST is due: behind its AS.
func (c *completer) castsTo() bool {
	words := c.bracketed()
	return len(words) > 0 && words[len(words)-1] == "CAST" && slices.Contains(words, "AS")
}

// functions offers functions with the bracket that follows.
func (c *completer) functions() {
	for _, name := range c.names.Functions {
		if c.lower {
			name = strings.ToLower(name)
		}
		c.offer("(", name)
	}
}

// sources returns the names of the streams, the tables, or, for another kind, of both.
func (c *completer) sources(kind string) []string {
	var names []string
	for _, s := range c.names.Sources {
		if kind == "STREAM" && s.Table || kind == "TABLE" && !s.Table {
			continue
		}
		names = append(names, s.Name)
	}
	return names
}

// columns returns the names of the columns of the sources that the statement names, or
// of all if it names none yet.
func (c *completer) columns() []string {
	var names []string
	for _, s := range c.meant() {
		names = append(names, namesOf(s.columns)...)
	}
	return names
}

// meant returns the sources that the statement names, or all if it names none yet.
func (c *completer) meant() []namedSource {
	named := c.named()
	if len(named) > 0 {
		return named
	}
	for _, s := range c.names.Sources {
		named = append(named, namedSource{alias: s.Name, columns: s.Columns})
	}
	return named
}

func namesOf(columns []types.Column) []string {
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.Name
	}
	return names
}

// columnsOf returns the columns of a source by its name or alias.
func (c *completer) columnsOf(name string) []types.Column {
	for _, s := range c.meant() {
		if s.alias == name {
			return s.columns
		}
	}
	return nil
}

// fields returns the names of the fields of the STRUCT that the tokens before the word lead to, the last
// of which is an arrow: column->field->, source.column->, column[1]->.
func (c *completer) fields() []string {
	typ := c.typeOf(c.toks[:len(c.toks)-1])
	if typ == nil {
		return nil
	}
	var names []string
	for _, f := range typ.Fields() {
		names = append(names, f.Name)
	}
	return names
}

// typeOf returns the type of the column, field or element at the end of some tokens, nil if it is not
// known.
func (c *completer) typeOf(toks []parser.Lexeme) *types.Type {
	if len(toks) == 0 {
		return nil
	}
	last := len(toks) - 1
	if toks[last].Word == "]" {
		of := c.typeOf(toks[:opening(toks)])
		if of == nil {
			return nil
		}
		return of.Elem()
	}
	name := identifier(toks[last].In(c.text))
	switch before := toks[:last]; {
	case last > 0 && before[last-1].Word == "->":
		if of := c.typeOf(before[:last-1]); of != nil {
			if i := of.FieldIndex(name); i >= 0 {
				return of.Fields()[i].Type
			}
		}
		return nil
	case last > 1 && before[last-1].Word == ".":
		return typeIn(c.columnsOf(identifier(before[last-2].In(c.text))), name)
	}
	for _, s := range c.meant() {
		if typ := typeIn(s.columns, name); typ != nil {
			return typ
		}
	}
	return nil
}

// opening returns the index of the bracket that the last of some tokens closes, 0 if there is none.
func opening(toks []parser.Lexeme) int {
	depth := 0
	for i, t := range slices.Backward(toks) {
		switch t.Word {
		case "]":
			depth++
		case "[":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return 0
}

// typeIn returns the type of the column of that name, nil if there is none.
func typeIn(columns []types.Column, name string) *types.Type {
	for _, column := range columns {
		if column.Name == name {
			return column.Type
		}
	}
	return nil
}

// namedSource is a source that a statement names, by the name that columns have before
// them.
type namedSource struct {
	alias   string
	columns []types.Column
}

// named returns the sources that the whole statement names, what follows the cursor
// included.
func (c *completer) named() []namedSource {
	var named []namedSource
	for i, t := range c.statement() {
		rest := c.statement()[i+1:]
		if t.Word != "FROM" && t.Word != "JOIN" && t.Word != "INTO" || len(rest) == 0 {
			continue
		}
		name := identifier(rest[0].In(c.text))
		at := slices.IndexFunc(c.names.Sources, func(s exec.SourceNames) bool { return s.Name == name })
		if at < 0 {
			continue
		}
		source := namedSource{alias: name, columns: c.names.Sources[at].Columns}
		if rest = rest[1:]; len(rest) > 0 && rest[0].Word == "AS" {
			rest = rest[1:]
		}
		if len(rest) > 0 && (rest[0].Class == parser.Name || rest[0].Class == parser.Quoted) {
			source.alias = identifier(rest[0].In(c.text))
		}
		named = append(named, source)
	}
	return named
}

// statement returns the tokens of the statement that the cursor is in.
func (c *completer) statement() []parser.Lexeme {
	start := len(c.text)
	if len(c.toks) > 0 {
		start = c.toks[0].Start
	}
	from := slices.IndexFunc(c.all, func(t parser.Lexeme) bool { return t.Start >= start })
	if from < 0 {
		return nil
	}
	toks := c.all[from:]
	if end := slices.IndexFunc(toks, func(t parser.Lexeme) bool { return t.Word == ";" }); end >= 0 {
		toks = toks[:end]
	}
	return toks
}
