package parser

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/xwb1989/sqlparser"

	"github.com/ksqlite/ksqlite/parser/ast"
)

// lowering writes one query, list of values or expression as MySQL, so that
// sqlparser can parse it.
//
// A name, call or other construct at source token n is written as a MySQL name
// that ends in #n, a literal as the argument :vn. What they stand for is kept
// beside the text under n, so nothing is looked up by spelling, no text of the
// user's reaches sqlparser, and every node keeps its place. An operator is
// written as the MySQL operator of the same precedence.
type lowering struct {
	*parser
	// out is the MySQL text so far.
	out []piece
	// leaves build the nodes of constructs, by token.
	leaves map[int]leaf
	// items are the select items that are not plain expressions.
	items map[int]ast.SelectItem
	// names are aliases, and the names of sources.
	names map[int]ast.Name
	// topics are those that stand in place of sources, by the token of TOPIC.
	topics map[int]*ast.Topic
	// joins are what is kept of each join, by the token of its source.
	joins map[int]*ast.Join
	// params are the lambda parameters in scope.
	params []string
	// item is the first token of the select item being lowered and its depth,
	// -1 outside of the select list.
	item, itemDepth int
}

// piece is exactly one MySQL token.
type piece struct {
	text string
	// tok is the source token it stands for.
	tok int
}

// leaf builds the node of a construct; args come back from sqlparser. It is
// called once, after lowering, so it may use what is read after it was made, such
// as the type of a CAST, but never the cursor.
type leaf func(args []ast.Expr) ast.Expr

// lower starts a lowering at the cursor.
func (p *parser) lower() *lowering {
	return &lowering{
		parser: p,
		leaves: map[int]leaf{},
		items:  map[int]ast.SelectItem{},
		names:  map[int]ast.Name{},
		topics: map[int]*ast.Topic{},
		joins:  map[int]*ast.Join{},
		item:   -1,
	}
}

// emit writes MySQL tokens for a source token. After a fault nothing is written
// any more.
func (l *lowering) emit(tok int, texts ...string) {
	if l.fault != nil {
		return
	}
	for _, t := range texts {
		l.out = append(l.out, piece{text: t, tok: tok})
	}
}

// emitLeaf writes a name for the construct at a source token.
func (l *lowering) emitLeaf(tok int, label string, build leaf) {
	l.leaves[tok] = build
	l.emit(tok, label2name(label, tok))
}

// emitValue writes a literal.
func (l *lowering) emitValue(tok int, value ast.Expr) {
	l.leaves[tok] = func([]ast.Expr) ast.Expr { return value }
	l.emit(tok, ":v"+strconv.Itoa(tok))
}

// emitName writes a name that is no expression: an alias or a source.
func (l *lowering) emitName(tok int, n ast.Name) {
	l.names[tok] = n
	l.emit(tok, label2name(n.Text, tok))
}

// label2name returns the MySQL name for source token tok. The label only makes
// it readable: of what is not a short plain word nothing is kept.
func label2name(label string, tok int) string {
	const most = 32
	plain := len(label) <= most && run(label, isNameByte) == len(label)
	if !plain && !knownMark(label) {
		label = ""
	}
	return "`" + label + "#" + strconv.Itoa(tok) + "`"
}

// knownMark reports whether the label is one of those lowering gives to
// constructs without a name.
func knownMark(label string) bool {
	return label == "[" || label == "->" || label == "->*" || label == "*"
}

// wrap puts a call round the pieces written since start: MySQL's way of an
// operator behind its operand.
func (l *lowering) wrap(start, tok int, label string, build leaf) {
	if l.fault != nil {
		return
	}
	l.leaves[tok] = build
	head := []piece{{label2name(label, tok), tok}, {"(", tok}}
	tail := append(head, l.out[start:]...)
	l.out = append(l.out[:start], tail...)
}

// run has sqlparser parse what was written. If lowering found a fault, the text
// ends at its place with a mark that MySQL never accepts, so that the fault that
// comes first in the source wins, whoever finds it.
func (l *lowering) run() sqlparser.Statement {
	own := l.fault
	if own != nil {
		l.out = append(l.out, piece{text: "$", tok: own.tok})
	}
	text, ends := l.mysql()
	tree, err := sqlparser.Parse(text)
	if err == nil {
		return tree
	}
	found := l.locate(err.Error(), ends)
	if own == nil {
		l.setFault(found)
	} else if found.tok < own.tok || found.why == large {
		l.fault = &found
	}
	return nil
}

// mysql returns the text and where in it each piece ends. A blank follows each
// piece, also the last.
func (l *lowering) mysql() (text string, ends []int) {
	var b strings.Builder
	ends = make([]int, len(l.out))
	for i, p := range l.out {
		b.WriteString(p.text)
		ends[i] = b.Len()
		b.WriteByte(' ')
	}
	return b.String(), ends
}

// locate finds the place of sqlparser's error in the source. It says at which
// offset in the text it was, one behind the end of the token refused.
func (l *lowering) locate(message string, ends []int) fault {
	_, at, _ := strings.Cut(message, " at position ")
	digits, _, _ := strings.Cut(at, " ")
	offset, err := strconv.Atoi(digits)
	if err != nil {
		panic(fmt.Sprintf("unknown error of sqlparser: %q", message))
	}
	f := fault{tok: l.i}
	if strings.HasPrefix(message, "max nesting level reached") {
		f.why = large
	}
	for k, e := range ends {
		if e == offset-1 {
			f.tok = l.out[k].tok
			return f
		}
	}
	return f
}
