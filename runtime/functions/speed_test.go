package functions_test

import (
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// calls are calls that allocate nothing once the arena has grown.
var calls = []struct {
	name     string
	overload int
	args     []data.Value
}{
	{"LEN", 0, []data.Value{data.String("Principal Engineer")}},
	{"LCASE", 0, []data.Value{data.String("Principal Engineer")}},
	{"UCASE", 0, []data.Value{data.String("Principal Engineer")}},
	{"TRIM", 0, []data.Value{data.String("  Principal Engineer ")}},
	{"SUBSTRING", 1, []data.Value{data.String("Principal Engineer"), data.Int(3), data.Int(7)}},
	{"CONCAT", 0, []data.Value{data.String("Principal"), data.String(" "), data.String("Engineer")}},
	{"REPLACE", 0, []data.Value{data.String("Principal Engineer"), data.String("i"), data.String("1")}},
	{"INSTR", 0, []data.Value{data.String("Principal Engineer"), data.String("Eng")}},
	{"ROUND", 2, []data.Value{data.Double(12.345)}},
	{"ABS", 1, []data.Value{data.Bigint(-12)}},
	{"COALESCE", 0, []data.Value{data.Null, data.String("Engineer")}},
	{"TIMESTAMPADD", 0, []data.Value{data.String("HOURS"), data.Int(3), data.Timestamp(0)}},
}

func bindCall(tb testing.TB, registry *functions.Registry, name string, overload int, args []data.Value) functions.Func {
	tb.Helper()
	binding := functions.Binding{Args: make([]*types.Type, len(args))}
	f, err := registry.Lookup(name).Overloads[overload].Bind(binding)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// TestNoAllocations checks that simple functions allocate nothing. It is not
// parallel: what runs beside it would be counted.
func TestNoAllocations(t *testing.T) {
	registry := functions.New()
	env := &functions.Env{Arena: &data.Arena{}}
	for _, c := range calls {
		f := bindCall(t, registry, c.name, c.overload, c.args)
		allocations := testing.AllocsPerRun(100, func() {
			env.Arena.Reset()
			if _, err := f(env, c.args); err != nil {
				t.Fatal(err)
			}
		})
		if allocations != 0 {
			t.Errorf("%s allocates %v times", c.name, allocations)
		}
	}
}

func BenchmarkCall(b *testing.B) {
	registry := functions.New()
	env := &functions.Env{Arena: &data.Arena{}}
	for _, c := range calls {
		b.Run(c.name, func(b *testing.B) {
			f := bindCall(b, registry, c.name, c.overload, c.args)
			b.ReportAllocs()
			for b.Loop() {
				env.Arena.Reset()
				if _, err := f(env, c.args); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
