package query_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/serde"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// This file holds queries that remember something against references that are slow
// and plain to see, over random inputs. What is compared, after every record, is the
// table that the results make, or the results of a stream.

// input is a record of a topic. An empty key or value is none.
type input struct {
	topic      string
	time       int64
	key, value string
}

func (in input) String() string {
	return fmt.Sprintf("topic=%s @%d %s %s", in.topic, in.time, orHyphen(in.key), orHyphen(in.value))
}

func orHyphen(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// reference is what a query is to do.
type reference interface {
	// feed takes the next record.
	feed(in input)
	// table returns the rows that there are now, by their keys.
	table() map[string]string
}

// scenario is a query, what it reads, and what it is to do with it.
type scenario struct {
	ddl, query string
	inputs     []input
	memory     *state.Memory // nil is memory without a bound
	stream     bool          // the results are one: what is compared is how often each has come
	partitions int32
	cached     bool // changes are kept back, for some records at a time
	// reference returns one that has seen nothing.
	reference func() reference
}

// scenarios makes a scenario of random numbers. Another kind of query adds another function.
var scenarios = []func(*rand.Rand) scenario{groupScenario, joinScenario, chainScenario}

// TestModel runs many scenarios. The first one that fails is made as short as possible.
func TestModel(t *testing.T) {
	t.Parallel()
	runModel(t, modelSeeds, nil)
}

// All of it is so too where nothing fits into memory.
func TestModelOnDisk(t *testing.T) {
	t.Parallel()
	runModel(t, modelSeeds/50, tiny(t))
}

func runModel(t *testing.T, seeds uint64, memory *state.Memory) {
	t.Helper()
	for seed := range seeds {
		random := rand.New(rand.NewPCG(seed, 1))
		s := scenarios[random.IntN(len(scenarios))](random)
		s.memory = memory
		if s.run(t, s.inputs) == "" {
			continue
		}
		s.shrink(t)
		var lines strings.Builder
		for _, in := range s.inputs {
			fmt.Fprintln(&lines, in)
		}
		t.Fatalf("seed %d, partitions %d: %s\n%s\n%s%s", seed, s.partitions, s.ddl, s.query, &lines, s.run(t, s.inputs))
	}
}

// shrink leaves out the inputs without which the scenario still fails.
func (s *scenario) shrink(t *testing.T) {
	t.Helper()
	for again := true; again; {
		again = false
		for i := range s.inputs {
			if fewer := slices.Delete(slices.Clone(s.inputs), i, i+1); s.run(t, fewer) != "" {
				s.inputs, again = fewer, true
				break
			}
		}
	}
}

// keptBack is for how many records changes are kept back.
const keptBack = 5

// run returns how the query differs from its reference after some of the inputs, ""
// if it does not.
func (s *scenario) run(t *testing.T, inputs []input) string {
	t.Helper()
	b := &bench{
		planner: planner.Planner{Catalog: &catalog.Catalog{}, Functions: functions.New(), Formats: serde.New()},
		memory:  s.memory, partitions: s.partitions,
	}
	defer b.close()
	if fault := b.ddl(s.ddl) + b.start(s.query); fault != "" {
		t.Fatalf("%s\n%s\n%s", s.ddl, s.query, fault)
	}
	if s.cached {
		b.tasks.Cache(1 << 10)
	}
	rows := map[string]string{}
	b.taken = func(m broker.Message) {
		if s.stream {
			count(rows, string(m.Key)+" "+string(m.Value))
			return
		}
		if m.Value == nil {
			delete(rows, string(m.Key))
			return
		}
		rows[string(m.Key)] = string(m.Value)
	}
	want := s.reference()
	for i, in := range inputs {
		message := broker.Message{Time: in.time, Offset: int64(i)}
		if in.key != "" {
			message.Key = []byte(in.key)
		}
		if in.value != "" {
			message.Value = []byte(in.value)
		}
		b.tasks.Reset()
		if err := b.feed(in.topic, []broker.Message{message}); err != nil {
			return err.Error()
		}
		want.feed(in)
		wanted := want.table()
		if s.cached && (i+1)%keptBack != 0 && i+1 < len(inputs) {
			continue
		}
		if err := b.tasks.Flush(); err != nil {
			return err.Error()
		}
		if !maps.Equal(rows, wanted) {
			return fmt.Sprintf("after record %d, - want + got\n%s", i, cmp.Diff(wanted, rows))
		}
	}
	return ""
}
