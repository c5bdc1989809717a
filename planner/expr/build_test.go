package expr_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/expr/exprtest"
	"github.com/ksqlite/ksqlite/planner/types"
)

// library is functions for tests, which need no code here.
type library map[string]*expr.Function

func (l library) Function(name string) *expr.Function { return l[strings.ToUpper(name)] }
func (l library) Names() []string                     { return slices.Sorted(maps.Keys(l)) }

func newLibrary() library {
	l := library{}
	add := func(name string, kind expr.FunctionKind, signatures ...string) {
		f := &expr.Function{Name: name, Kind: kind}
		for _, s := range signatures {
			f.Overloads = append(f.Overloads, expr.MustSignature(s))
		}
		l[name] = f
	}
	add("CONCAT", expr.Scalar, "(parts STRING...) STRING", "(parts BYTES...) BYTES")
	add("LEN", expr.Scalar, "(str STRING) INT", "(bytes BYTES) INT")
	add("ABS", expr.Scalar, "(x INT) INT", "(x BIGINT) BIGINT", "(x DOUBLE) DOUBLE", "(x DECIMAL) DECIMAL")
	add("SQRT", expr.Scalar, "(x INT) DOUBLE", "(x BIGINT) DOUBLE", "(x DOUBLE) DOUBLE")
	add("GREATEST", expr.Scalar, "(x INT, rest INT...) INT", "(x BIGINT, rest BIGINT...) BIGINT",
		"(x DOUBLE, rest DOUBLE...) DOUBLE", "(x STRING, rest STRING...) STRING", "(x DATE, rest DATE...) DATE")
	add("COALESCE", expr.Scalar, "(first T, rest T...) T")
	add("FROM_DAYS", expr.Scalar, "(days INT) DATE")
	add("DATEADD", expr.Scalar, "(unit INTERVALUNIT, n INT, d DATE) DATE")
	add("ARRAY_CONTAINS", expr.Scalar, "(a ARRAY<T>, x T) BOOLEAN")
	add("AS_MAP", expr.Scalar, "(keys ARRAY<STRING>, values ARRAY<T>) MAP<STRING, T>")
	add("TRANSFORM", expr.Scalar, "(a ARRAY<T>, f LAMBDA(T) => R) ARRAY<R>",
		"(m MAP<K, V>, k LAMBDA(K, V) => R, v LAMBDA(K, V) => T) MAP<R, T>")
	add("REDUCE", expr.Scalar, "(a ARRAY<T>, s S, f LAMBDA(S, T) => S) S")
	add("PICK", expr.Scalar, "(x STRING) STRING", "(x STRING, y STRING) STRING", "(x STRING, rest STRING...) STRING", "(x T, rest T...) T")
	add("FLIP", expr.Scalar, "(s STRUCT<K T, V STRING>) STRUCT<K STRING, V T>")
	add("RANDOM", expr.Scalar, "() DOUBLE")
	add("SUM", expr.Aggregate, "(x INT) INT", "(x DOUBLE) DOUBLE")
	add("COUNT", expr.Aggregate, "(x T) BIGINT")
	add("TOP", expr.Aggregate, "(x T, const k INT) ARRAY<T>", "(x T, others ANY..., const k INT) ARRAY<T>")
	add("ENTRIES", expr.Scalar, "(m MAP<STRING, INT>, sorted BOOLEAN) ARRAY<STRUCT<K STRING, V INT>>")
	round := expr.MustSignature("(x DECIMAL) DECIMAL").WithResult(func(args []*types.Type) (*types.Type, error) {
		whole := args[0].Precision() - args[0].Scale()
		if whole == 0 {
			return nil, fmt.Errorf("no digits before the point in %s", args[0])
		}
		return types.DecimalOf(whole, 0), nil
	})
	l["ROUND"] = &expr.Function{Name: "ROUND", Label: "round", Kind: expr.Scalar, Overloads: []*expr.Signature{round}}
	return l
}

// TestBuild reads expressions and prints their trees, or what is wrong with them.
//
//	columns              the schema of S, whose alias is A
//	build [clause=NAME] [tree] [windowed] [aggregates]
//	predicate …          the same for a condition
//	coerce [lax]         each line is an expression AS a type
func TestBuild(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		t.Parallel()
		schema := &types.Schema{}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "columns":
				var err error
				if schema, err = exprtest.Schema(d.Input); err != nil {
					return source.Render(err) + "\n"
				}
				return schema.String() + "\n"
			case "build", "predicate":
				return buildLines(d, schema)
			case "coerce":
				return coerceLines(t, d, schema)
			}
			t.Fatalf("unknown command %s", d.Cmd)
			return ""
		})
	})
}

// buildLines builds every line of the input.
func buildLines(d *datadriven.TestData, schema *types.Schema) string {
	env := expr.Env{Functions: newLibrary(), Scope: &expr.SourceScope{Name: "S", Alias: "A", Schema: schema, Windowed: d.HasArg("windowed")}}
	if clause, ok := d.Arg("clause"); ok {
		env.Clause = strings.Join(clause.Vals, " ")
	}
	env.Aggregates = d.HasArg("aggregates")
	if d.HasArg("nocolumns") {
		env.Scope = nil
	}
	build := expr.Build
	if d.Cmd == "predicate" {
		build = expr.BuildPredicate
	}
	var b strings.Builder
	for line := range strings.Lines(d.Input) {
		line = strings.TrimSpace(line)
		parsed, err := parser.ParseExpr(line)
		if err != nil {
			b.WriteString(source.Render(err) + "\n")
			continue
		}
		e, err := build(parsed, env)
		switch {
		case err != nil:
			b.WriteString(source.Render(source.In(line, err)) + "\n")
		case d.HasArg("tree"):
			b.WriteString(exprtest.Tree(e))
		default:
			fmt.Fprintf(&b, "%s: %s\n", e, e.Type())
		}
	}
	return b.String()
}

// coerceLines coerces every line, which is an expression AS a type.
func coerceLines(t *testing.T, d *datadriven.TestData, schema *types.Schema) string {
	mode := expr.Strict
	if d.HasArg("lax") {
		mode = expr.Lax
	}
	var b strings.Builder
	for line := range strings.Lines(d.Input) {
		text, typ, _ := strings.Cut(strings.TrimSpace(line), " AS ")
		to, err := exprtest.Schema("X " + typ)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parser.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		e, err := expr.Build(parsed, expr.Env{Functions: newLibrary(), Scope: &expr.SourceScope{Name: "S", Schema: schema}})
		if err != nil {
			t.Fatal(err)
		}
		if e, err = expr.Coerce(e, to.Value[0].Type, mode); err != nil {
			b.WriteString(err.Error() + "\n")
			continue
		}
		b.WriteString(exprtest.Tree(e))
	}
	return b.String()
}

// twins is a scope with a column of the same name in each of two sources.
type twins struct{}

func (twins) Find(source, name string) []*expr.Column {
	var found []*expr.Column
	for i, of := range []string{"L", "R"} {
		if name == "ID" && (source == "" || source == of) {
			found = append(found, expr.NewColumn(of, name, types.Ref{Place: types.InValue, Index: i}, types.Int))
		}
	}
	return found
}

func (twins) Sources() []string { return []string{"L", "R"} }

func (twins) Names() []string { return []string{"L.ID", "R.ID"} }

func TestNamesInTwoSources(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"L.ID = R.ID": "(L.ID = R.ID)",
		"ID":          "line 1:1: Column 'ID' is ambiguous. Could be L.ID or R.ID.",
		"LL.ID":       "line 1:1: 'LL' is not a valid stream/table name or alias.\nDid you mean L?",
		"L.IDD":       "line 1:1: SELECT column 'L.IDD' cannot be resolved.\nDid you mean L.ID?",
	} {
		parsed, err := parser.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		e, err := expr.Build(parsed, expr.Env{Scope: twins{}, Clause: "SELECT"})
		got := fmt.Sprint(e)
		if err != nil {
			got = source.In(text, err).Error()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestColumnsOfExpressions(t *testing.T) {
	t.Parallel()
	schema, err := exprtest.Schema("A INT, B INT, M MAP<STRING, INT>, S STRUCT<F INT>, T STRING")
	if err != nil {
		t.Fatal(err)
	}
	env := expr.Env{Scope: &expr.SourceScope{Name: "S", Schema: schema}, Functions: newLibrary()}
	for text, want := range map[string]string{
		"1 + 2":                                   "constant",
		"ARRAY[STRUCT(X := MAP('k' := 1))]":       "constant",
		"CASE WHEN NOT 1 = 2 THEN 'x' END":        "constant",
		"RANDOM()":                                "",
		"B + A * B":                               "B A",
		"CASE WHEN A = 1 THEN B ELSE -A END":      "A B",
		"T LIKE 'x' AND A IN (B, 1) OR T IS NULL": "T A B",
		"B BETWEEN 1 AND S->F":                    "B S",
		"M[T]":                                    "M T",
		"MAP(T := A)['k']":                        "T A",
		"TRANSFORM(ARRAY[A], X => X + B)":         "A B",
		"CAST(ROWTIME AS STRING)":                 "ROWTIME",
		"STRUCT(X := T, Y := A)":                  "T A",
	} {
		parsed, err := parser.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		e, err := expr.Build(parsed, env)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range expr.Columns(e, e) {
			names = append(names, c.Name)
		}
		if expr.Constant(e) {
			names = append(names, "constant")
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
