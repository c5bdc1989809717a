package parser

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

// TestGolden runs the files of testdata. Their commands:
//
//	lower       a query or, with values, a list of VALUES, as MySQL
//	expr        an expression as a tree, then as it is printed
//	parse       statements, printed; or the error as a terminal shows it
//	tree        statements as trees
//	test        like parse, with the statements of the test runner
//	split       the parts and directives of a script
//	substitute  a text with the variables given as arguments: name=(value)
//	tokens      the tokens of a text
//	lexemes     the same as shells colour them
//	expect      what could follow a text that breaks off
func TestGolden(t *testing.T) {
	t.Parallel()
	commands := map[string]func(*datadriven.TestData) string{
		"lower": goldenLower, "expr": goldenExpr, "tree": goldenTree, "tokens": goldenTokens,
		"split": goldenSplit, "substitute": goldenSubstitute, "lexemes": goldenLexemes, "expect": goldenExpect,
		"parse": func(d *datadriven.TestData) string { return goldenParse(Parse, d.Input) },
		"test":  func(d *datadriven.TestData) string { return goldenParse(ParseTest, d.Input) },
	}
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		if !strings.HasSuffix(path, ".ddt") {
			return
		}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			run, ok := commands[d.Cmd]
			if !ok {
				d.Fatalf(t, "unknown command %s", d.Cmd)
			}
			return strings.TrimRight(run(d), " \n") + "\n"
		})
	})
}

// goldenLower shows what sqlparser is given, with the error, if any, that
// follows from it.
func goldenLower(d *datadriven.TestData) string {
	p, err := newParser(&lexer{text: d.Input}, forms)
	if err != nil {
		return err.Error()
	}
	l := p.lower()
	if d.HasArg("values") {
		l.valueList()
	} else {
		l.query()
	}
	l.run()
	text, _ := l.mysql()
	text = strings.TrimSuffix(text, " ")
	if err := p.err(); err != nil {
		text += "\n" + err.Error()
	}
	return text
}

func goldenExpr(d *datadriven.TestData) string {
	var b strings.Builder
	for line := range strings.Lines(d.Input) {
		e, err := ParseExpr(strings.TrimSuffix(line, "\n"))
		if err != nil {
			b.WriteString(source.Render(err) + "\n")
			continue
		}
		fmt.Fprintf(&b, "%s\n  %s\n", tree(e), ast.Format(e))
	}
	return b.String()
}

func goldenParse(parse func(string) ([]Parsed, error), text string) string {
	all, err := parse(text)
	if err != nil {
		return source.Render(err)
	}
	if len(all) == 0 {
		return "no statements"
	}
	var b strings.Builder
	for _, one := range all {
		fmt.Fprintf(&b, "%s;\n", ast.Format(one.Statement))
	}
	return b.String()
}

func goldenTree(d *datadriven.TestData) string {
	all, err := ParseTest(d.Input)
	if err != nil {
		return source.Render(err)
	}
	var b strings.Builder
	for _, one := range all {
		b.WriteString(tree(one.Statement) + "\n")
	}
	return b.String()
}

func goldenTokens(d *datadriven.TestData) string {
	kinds := map[kind]string{
		keyword: "keyword", stringToken: "string", integer: "integer", decimal: "decimal",
		float: "float", name: "name", digitName: "digit name", quotedName: "quoted name",
		variable: "variable", punctuation: "mark", bad: "bad",
	}
	var b strings.Builder
	l := &lexer{text: d.Input}
	for t := l.next(); t.kind != end; t = l.next() {
		fmt.Fprintf(&b, "%s %s %q\n", source.PositionOf(d.Input, t.off), kinds[t.kind], t.text)
	}
	return b.String()
}

func goldenSplit(d *datadriven.TestData) string {
	var b strings.Builder
	s := Split(d.Input)
	for i, p := range s.Parts {
		fmt.Fprintf(&b, "%s %q", source.PositionOf(d.Input, p.Start), p.Text)
		for _, c := range s.Before(i) {
			fmt.Fprintf(&b, " after %q", c.Text)
		}
		b.WriteString("\n")
	}
	for _, c := range s.Directives {
		fmt.Fprintf(&b, "%s directive %q\n", source.PositionOf(d.Input, c.Start), c.Text)
	}
	fmt.Fprintf(&b, "complete: %v", s.Complete)
	if s.Left != nil {
		b.WriteString(", left")
	}
	return b.String()
}

func goldenSubstitute(d *datadriven.TestData) string {
	variables := map[string]string{}
	for _, a := range d.CmdArgs {
		variables[a.Key] = strings.Join(a.Vals, ", ")
	}
	text, err := Substitute(d.Input, variables)
	if err != nil {
		return source.Render(err)
	}
	return text
}

// tree prints a node and what is in it as an s-expression; what is absent is
// left out.
func tree(n ast.Node) string { return treeValue(reflect.ValueOf(n)) }

func treeValue(v reflect.Value) string {
	if n, ok := reflect.TypeAssert[ast.Name](v); ok {
		return treeName(n)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return treeValue(v.Elem())
	case reflect.String:
		return fmt.Sprintf("%q", v.String())
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = treeValue(v.Index(i))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case reflect.Struct:
		return treeStruct(v)
	default:
		return fmt.Sprint(v.Interface())
	}
}

func treeName(n ast.Name) string {
	if n.Quoted {
		return "`" + n.Text + "`"
	}
	return n.Text
}

func treeStruct(v reflect.Value) string {
	parts := []string{v.Type().Name()}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		switch {
		case f.Name == "Span" || f.Name == "RoleSpan" || v.Field(i).IsZero():
		case f.Type.Kind() == reflect.Bool:
			parts = append(parts, strings.ToLower(f.Name))
		default:
			parts = append(parts, treeValue(v.Field(i)))
		}
	}
	return "(" + strings.Join(parts, " ") + ")"
}
