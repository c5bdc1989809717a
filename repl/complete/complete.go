package complete

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/repl/prompt"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// completer completes one text. What is possible where is known by the parser; which
// names there are, by the session.
type completer struct {
	names *exec.Names
	// topics returns the names of the topics that are known by now, and a note if Kafka
	// has not answered.
	topics func() (names []string, note string)
	// toks are the tokens of the statement before the word, all those of the whole
	// statement.
	text, before string
	toks, all    []parser.Lexeme
	lower        bool // words of the grammar are typed in lower case

	word string
	prompt.Completion
}

// SQL completes the word before the cursor in a statement.
func SQL(before, after string, names *exec.Names, topics func() ([]string, string)) prompt.Completion {
	c := &completer{names: names, topics: topics, text: before + after}
	c.toks = lastStatement(parser.Lexemes(before))
	if len(c.toks) > 0 && c.toks[len(c.toks)-1].Class == parser.Comment && c.toks[len(c.toks)-1].End == len(before) {
		return prompt.Completion{}
	}
	isComment := func(l parser.Lexeme) bool { return l.Class == parser.Comment }
	c.toks = slices.DeleteFunc(c.toks, isComment)
	c.all = slices.DeleteFunc(parser.Lexemes(c.text), isComment)
	c.before = before
	if n := len(c.toks); n > 0 && c.toks[n-1].End == len(before) {
		switch last := c.toks[n-1]; last.Class {
		case parser.Word, parser.Name, parser.Number, parser.Unclosed:
			c.word, c.before, c.toks = last.In(before), before[:last.Start], c.toks[:n-1]
		}
	}
	c.Length = len(c.word)
	c.lower = c.typedInLower()
	c.find()
	slices.SortStableFunc(c.Candidates, func(a, b string) int { return cmp.Compare(strings.ToUpper(a), strings.ToUpper(b)) })
	c.Candidates = slices.Compact(c.Candidates)
	return c.Completion
}

// lastStatement returns the tokens behind the last semicolon.
func lastStatement(toks []parser.Lexeme) []parser.Lexeme {
	for i, t := range slices.Backward(toks) {
		if t.Word == ";" {
			return toks[i+1:]
		}
	}
	return toks
}

// typedInLower reports whether words of the grammar are to be written in lower case, as
// the word itself or the first word of the statement.
func (c *completer) typedInLower() bool {
	typed := strings.Trim(c.word, "'`\"")
	if typed == "" {
		for _, t := range c.toks {
			if t.Class == parser.Word {
				typed = t.In(c.text)
				break
			}
		}
	}
	return typed != "" && strings.ContainsFunc(typed, unicode.IsLower) && typed == strings.ToLower(typed)
}

// find collects the candidates.
func (c *completer) find() {
	switch {
	case strings.HasPrefix(c.word, "'"):
		c.inString()
	case strings.HasPrefix(c.word, "/"), strings.HasPrefix(c.word, `"`):
	case strings.HasSuffix(c.before, "${"):
		c.offer("}", c.names.Variables...)
	case c.last() == "." && len(c.toks) > 1:
		source := c.toks[len(c.toks)-2]
		c.offerNames(namesOf(c.columnsOf(identifier(source.In(c.text))))...)
	case c.last() == "->":
		c.offerNames(c.fields()...)
	case len(c.toks) == 0:
		c.keywords(parser.Expect("").Words)
		if text, ok := shortWords[strings.ToLower(c.word)]; ok {
			c.Candidates = []string{text}
		}
	case c.inWith():
		c.with()
	default:
		c.byGrammar()
	}
}

// shortWords are words that stand for the beginning of a statement, as in ksqlDB's shell.
var shortWords = map[string]string{
	"cs":   "CREATE STREAM ",
	"ct":   "CREATE TABLE ",
	"csas": "CREATE STREAM name AS SELECT ",
	"ctas": "CREATE TABLE name AS SELECT ",
	"ii":   "INSERT INTO ",
}

// last returns the last token if it is a word of the grammar or a mark.
func (c *completer) last() string {
	if len(c.toks) == 0 {
		return ""
	}
	return c.toks[len(c.toks)-1].Word
}

// first returns the n-th token of the statement, counted from 0, if it is a word of the grammar or a mark.
func (c *completer) first(n int) string {
	if len(c.toks) <= n {
		return ""
	}
	return c.toks[n].Word
}

// offer adds the candidates that begin with the word, each with an end.
func (c *completer) offer(end string, candidates ...string) {
	for _, candidate := range candidates {
		if HasPrefixFold(candidate, c.word) {
			c.Candidates = append(c.Candidates, candidate+end)
		}
	}
}

// keywords offers words of the grammar.
func (c *completer) keywords(words []string) {
	for _, w := range words {
		if w[0] < 'A' || w[0] > 'Z' {
			continue // a mark is typed as fast
		}
		if c.lower {
			w = strings.ToLower(w)
		}
		c.offer(" ", w)
	}
}

// offerNames offers names of the catalog, in back quotes where they need them.
func (c *completer) offerNames(names ...string) {
	word := strings.TrimPrefix(c.word, "`")
	for _, name := range names {
		text := ast.Name{Text: name}.SQL()
		switch quoted := strings.HasPrefix(text, "`"); {
		case !HasPrefixFold(name, word):
			continue
		case strings.HasPrefix(c.word, "`"):
			text = ast.Quote(name)
		case !quoted && c.word != "" && c.word == strings.ToLower(c.word):
			text = strings.ToLower(text)
		}
		c.Candidates = append(c.Candidates, text)
	}
}

// offerQuoted offers texts as strings, which may be begun already.
func (c *completer) offerQuoted(end string, texts ...string) {
	word := strings.ReplaceAll(strings.TrimPrefix(c.word, "'"), "''", "'")
	for _, text := range texts {
		if HasPrefixFold(text, word) {
			c.Candidates = append(c.Candidates, ast.QuoteString(text)+end)
		}
	}
}

// offerTopics offers topics as strings.
func (c *completer) offerTopics() {
	topics, note := c.topics()
	c.Note = note
	c.offerQuoted("", topics...)
}

// byGrammar offers what the parser takes behind the tokens before the word.
func (c *completer) byGrammar() {
	due := parser.Expect(c.before)
	if due.Text {
		c.inString()
	}
	if due.Name || due.Operand {
		c.catalogNames(due.Operand)
	} else {
		c.nameOrWord()
	}
	c.keywords(due.Words)
}

// nameOrWord offers the names that may stand beside words of the grammar.
func (c *completer) nameOrWord() {
	switch c.last() {
	case "DESCRIBE", "SUMMARIZE", "TERMINATE", "PAUSE", "RESUME", "EXPLAIN", "EXISTS":
		c.catalogNames(false)
	}
}

// inWith reports whether a property of a WITH clause is due.
func (c *completer) inWith() bool {
	words := c.bracketed()
	return len(words) > 0 && words[len(words)-1] == "WITH"
}

// bracketed returns the words since the bracket that is open, backwards and without those in brackets of
// their own; the last is the one before the bracket. It returns none where no bracket is open.
func (c *completer) bracketed() []string {
	depth := 0
	var words []string
	for i, t := range slices.Backward(c.toks) {
		switch {
		case t.Word == ")":
			depth++
		case t.Word == "(" && depth > 0:
			depth--
		case t.Word == "(" && i > 0:
			return append(words, c.toks[i-1].Word)
		case depth == 0:
			words = append(words, t.Word)
		}
	}
	return nil
}

// with offers what may stand in a WITH clause: names of properties, and their values.
func (c *completer) with() {
	switch c.last() {
	case "(", ",":
		given := c.given()
		for _, name := range config.WithNames(c.clause()) {
			if slices.Contains(given, name) {
				continue
			}
			if c.lower {
				name = strings.ToLower(name)
			}
			c.offer("=", name)
		}
	case "=":
		c.withValue()
	default:
		if !strings.HasSuffix(c.before, "(") {
			c.keywords(parser.Expect(c.before).Words)
		}
	}
}

// given returns the names of the properties that the clause has before the word, in capitals.
func (c *completer) given() []string {
	var names []string
	for i, t := range slices.Backward(c.toks) {
		switch {
		case t.Word == "(":
			return names
		case t.Word == "=" && i > 0:
			names = append(names, strings.ToUpper(identifier(c.toks[i-1].In(c.text))))
		}
	}
	return names
}

// clause says whose WITH clause it is.
func (c *completer) clause() config.Clause {
	switch as := slices.ContainsFunc(c.statement(), func(t parser.Lexeme) bool { return t.Word == "SELECT" }); {
	case c.first(0) == "ASSERT":
		return config.AssertTopic
	case c.first(0) == "INSERT":
		return config.Insert
	case as:
		return config.CreateAs
	}
	return config.Create
}

// withValue offers the values of a property.
func (c *completer) withValue() {
	if len(c.toks) < 2 {
		return
	}
	switch name := strings.ToUpper(c.toks[len(c.toks)-2].In(c.text)); {
	case name == "KAFKA_TOPIC":
		c.offerTopics()
	case name == "FORMAT" || strings.HasSuffix(name, "_FORMAT") && name != "TIMESTAMP_FORMAT":
		c.offerQuoted("", c.names.Formats...)
	case name == "WINDOW_TYPE":
		c.offerQuoted("", "TUMBLING", "HOPPING", "SESSION")
	}
}

// inString offers the texts that may stand in a string that is not closed yet.
func (c *completer) inString() {
	switch {
	case c.last() == "SET" || c.last() == "SYSTEM":
		c.offerQuoted("=", propertyNames()...)
	case c.last() == "UNSET":
		c.offerQuoted("", propertyNames()...)
	case c.first(0) == "SET" && c.last() == "=" && len(c.toks) > 2:
		c.propertyValues(identifier(c.toks[len(c.toks)-2].In(c.text)))
	case c.inWith() && c.last() == "=":
		c.withValue()
	case c.topicIsDue():
		c.offerTopics()
	case c.last() == "SCRIPT":
		c.offerQuoted("", Files(strings.TrimPrefix(c.word, "'"))...)
	}
}

// topicIsDue reports whether the name of a topic follows.
func (c *completer) topicIsDue() bool {
	switch c.last() {
	case "PRINT", "TOPIC", "RECORD":
		return parser.Expect(c.before).Name
	}
	return false
}

// propertyNames returns the names of the properties that a session can change.
func propertyNames() []string {
	var names []string
	for _, p := range config.All() {
		if !p.Fixed {
			names = append(names, p.Name)
		}
	}
	return names
}

// propertyValues offers the only values that a property takes.
func (c *completer) propertyValues(name string) {
	p, known := config.Find(strings.ToLower(name))
	switch {
	case !known:
	case len(p.Valid) > 0:
		c.offerQuoted(";", p.Valid...)
	case p.Kind == config.Flag:
		c.offerQuoted(";", "true", "false")
	}
}

// identifier returns what a name or a string in a statement means.
func identifier(text string) string {
	if len(text) > 1 && text[0] == '\'' {
		return strings.ReplaceAll(text[1:len(text)-1], "''", "'")
	}
	return ast.Unquote(text)
}

// HasPrefixFold reports whether a text begins with another, whatever the case.
func HasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

// Files returns the paths that begin with a text, folders with a slash behind them.
func Files(prefix string) []string {
	paths, err := filepath.Glob(globEscaper.Replace(prefix) + "*")
	if err != nil {
		return nil
	}
	for i, path := range paths {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			paths[i] = path + string(filepath.Separator)
		}
	}
	return paths
}

var globEscaper = strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`)

// CutPrefixFold is strings.CutPrefix without regard to case.
func CutPrefixFold(text, prefix string) (rest string, ok bool) {
	if !HasPrefixFold(text, prefix) {
		return text, false
	}
	return text[len(prefix):], true
}
