package planner_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// TestPlans runs testdata: each block is a statement. It answers with the
// source, the plan or the error, and keeps what CREATE and ALTER have made for the
// blocks after it. scans=off, ranges=off and limits=off switch these off in pull queries for one block.
func TestPlans(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		p := &planner.Planner{Catalog: &catalog.Catalog{}, Functions: someFunctions{}, Formats: someFormats{}}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			statements, err := parser.Parse(d.Input)
			if err != nil {
				return source.Render(err)
			}
			var b strings.Builder
			p := switched(t, p, d)
			for _, s := range statements {
				text, err := answer(p, s.Statement)
				if err != nil {
					return source.Render(source.In(d.Input, err))
				}
				b.WriteString(text)
			}
			return b.String()
		})
	})
}

// switched returns the planner with the properties that the arguments of a block set.
func switched(t *testing.T, p *planner.Planner, d *datadriven.TestData) *planner.Planner {
	t.Helper()
	with := p
	for arg, property := range map[string]string{"scans": config.TableScan, "ranges": config.RangeScan, "limits": config.PullQueryLimit} {
		if !d.HasArg(arg) {
			continue
		}
		properties, err := with.Properties.With(property, "false")
		if err != nil {
			d.Fatalf(t, "%s", err)
		}
		copied := *with
		copied.Properties, with = properties, &copied
	}
	return with
}

func answer(p *planner.Planner, s ast.Statement) (string, error) {
	switch s := s.(type) {
	case *ast.CreateSource:
		made, err := p.Create(s)
		if err != nil {
			return "", err
		}
		p.Catalog = p.Catalog.WithSource(made.Source)
		return describe(made.Source) + topic(made), nil
	case *ast.AlterSource:
		altered, err := p.Alter(s)
		if err != nil {
			return "", err
		}
		p.Catalog = p.Catalog.WithSource(altered)
		return describe(altered), nil
	case *ast.CreateType:
		made, err := p.Type(s)
		if err != nil {
			return "", err
		}
		p.Catalog = p.Catalog.WithType(s.Name.Text, made)
		return made.String() + "\n", nil
	case *ast.Query:
		q, err := p.Query(s)
		if err != nil {
			return "", err
		}
		return explain(q), nil
	case *ast.InsertValues:
		return insert(p, s)
	case *ast.CreateSourceAs:
		q, err := p.CreateAs(s)
		if err != nil {
			return "", err
		}
		p.Catalog = p.Catalog.WithSource(q.Root.Into)
		return describe(q.Root.Into) + strings.Join(plan.Explain(q.Root), "\n") + "\n", nil
	case *ast.InsertQuery:
		q, err := p.InsertQuery(s)
		if err != nil {
			return "", err
		}
		return strings.Join(plan.Explain(q.Root), "\n") + "\n", nil
	default:
		return "", fmt.Errorf("no answer for a %T", s)
	}
}

func describe(s *catalog.Source) string {
	text := fmt.Sprintf("%s %s: %s\nkey %s value %s", s.Kind, s.Name, s.Schema, side(s.Key), side(s.Value))
	if s.Timestamp != "" {
		text += fmt.Sprintf(" timestamp %s %s", s.Timestamp, s.TimestampFormat)
	}
	if s.Windowed() {
		text += fmt.Sprintf(" window %s %s", s.Window.Type, s.Window.Size)
	}
	if s.ReadOnly {
		text += " read-only"
	}
	return text + "\n"
}

func side(f catalog.Format) string {
	text := f.Name
	if f.Delimiter != 0 {
		text += fmt.Sprintf("(%q)", f.Delimiter)
	}
	if f.Unwrapped {
		text += " unwrapped"
	}
	return text
}

func topic(c *plan.Creation) string {
	return fmt.Sprintf("topic %s partitions %d replicas %d retention %d\n", c.Source.Topic, c.Partitions, c.Replicas, c.RetentionMS)
}

func explain(q *plan.Query) string {
	kind := "pull"
	if q.Push {
		kind = "push"
	}
	return fmt.Sprintf("%s limit %d\n%s\n", kind, q.Limit, strings.Join(plan.Explain(q.Root), "\n"))
}

func insert(p *planner.Planner, s *ast.InsertValues) (string, error) {
	into, err := p.Insert(s)
	if err != nil {
		return "", err
	}
	text := func(list []expr.Expr) string {
		parts := make([]string, len(list))
		for i, e := range list {
			parts[i] = "-"
			if e != nil {
				parts[i] = fmt.Sprintf("%s %s", e, e.Type())
			}
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprintf("key (%s) value (%s) time (%s)\n", text(into.Key), text(into.Value), text([]expr.Expr{into.RowTime})), nil
}

// someFunctions are three functions; all of them are above this floor.
type someFunctions struct{}

func (someFunctions) Function(name string) *expr.Function {
	switch strings.ToUpper(name) {
	case "LCASE":
		return &expr.Function{Name: "LCASE", Kind: expr.Scalar, Overloads: []*expr.Signature{expr.MustSignature("(str STRING) STRING")}}
	case "AS_VALUE":
		return &expr.Function{Name: "AS_VALUE", Kind: expr.Scalar, Overloads: []*expr.Signature{expr.MustSignature("(x T) T")}}
	case "LEN":
		return &expr.Function{Name: "LEN", Kind: expr.Scalar, Overloads: []*expr.Signature{expr.MustSignature("(str STRING) INT")}}
	}
	return nil
}

func (someFunctions) Names() []string { return []string{"AS_VALUE", "LCASE", "LEN"} }

// someFormats are formats in name; of what they can hold, only that KAFKA holds one column.
type someFormats struct{}

func (someFormats) Names() []string {
	return []string{"AVRO", "DELIMITED", "JSON", "KAFKA", "NONE", "PROTOBUF"}
}

func (f someFormats) Features(name string) (catalog.Feature, bool) {
	features := map[string]catalog.Feature{
		"JSON":      catalog.WrapSingles | catalog.UnwrapSingles | catalog.SampledKeys | catalog.SampledValues,
		"DELIMITED": catalog.UnwrapSingles, "KAFKA": catalog.UnwrapSingles | catalog.SampledKeys,
		"AVRO":     catalog.WrapSingles | catalog.UnwrapSingles | catalog.SchemaInference | catalog.Names,
		"PROTOBUF": catalog.WrapSingles | catalog.SchemaInference | catalog.Names | catalog.Nullables,
	}
	return features[name], slices.Contains(f.Names(), name)
}

func (someFormats) Check(f catalog.Format, _ catalog.Side, columns []types.Column) error {
	if f.Name == "KAFKA" && len(columns) > 1 {
		return errors.New("one column only")
	}
	return nil
}
