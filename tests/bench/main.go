// Command bench measures what the project promises about speed and prints one
// line a measure, with tabs between its parts:
//
//	name  value  unit  baseline_name  ratio
//
// Each measure runs in turn with its baseline, in one process and on the same
// records, seven times; the best of each counts. The ratio is ours to the
// baseline. On a machine that others use too, trust the ratios and not the values.
//
//	go run ./tests/bench                       # everything
//	go run ./tests/bench -run 'push|latency'   # some measures
//	go run ./tests/bench -n 200000             # fewer records
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"regexp"
	"runtime/pprof"
)

// measure is one line of the output. Its run returns the value, and that of the
// baseline if there is one.
type measure struct {
	name, unit string
	baseline   string // "" for none
	run        func(context.Context, *settings) (ours, base float64, err error)
}

// settings are the command's flags.
type settings struct {
	records int // of each topic that is read
	rounds  int // of which the best counts
	keys    int // of state_beyond_memory
	backlog int // MB that lie in a topic before a slow reader
}

// measures lists everything there is to be measured, in the order of the table in README.md.
func measures() []measure {
	return []measure{
		{"decode_people", "ns/record", "encoding/json", decodePeople},
		{"decode_order", "ns/record", "encoding/json", decodeOrder},
		{"decode_delimited_people", "ns/record", "encoding/csv", decodeDelimitedPeople},
		{"decode_avro_order", "ns/record", "twmb/avro", decodeAvroOrder},
		{"decode_protobuf_order", "ns/record", "dynamicpb", decodeProtobufOrder},
		{"push_filter_people", "records/s", "kgo_consume", pushPeople},
		{"push_filter_order", "records/s", "kgo_consume", pushOrder},
		{"push_filter_order_cpu", "ns/record", "kgo_consume", pushOrderCPU},
		{"allocs_filter_order", "allocs/record", "kgo_consume", pushOrderAllocs},
		{"csas_filter_order", "records/s", "kgo_consume", csasFilterOrder},
		{"hundred_queries", "ms CPU", "one_query", hundredQueries},
		{"group_by_1m_keys", "records/s", "go_map", grouped("ORDER_ID")},
		{"group_by_skewed", "records/s", "go_map", grouped("CUSTOMER")},
		{"tumbling_count", "records/s", "push_filter_order", windowed("TUMBLING (SIZE 10 SECONDS)", 1)},
		{"hopping_count", "records/s", "push_filter_order", windowed("HOPPING (SIZE 10 SECONDS, ADVANCE BY 5 SECONDS)", 2)},
		{"session_count", "records/s", "push_filter_order", windowed("SESSION (10 SECONDS)", 1)},
		{"join_stream_stream", "records/s", "push_filter_order", joined(streamStream, fillPayments)},
		{"join_stream_table", "records/s", "push_filter_order", joined(streamTable, fillCustomers)},
		{"join_table_table", "records/s", "push_filter_order", joined(tableTable, fillRegions)},
		{"join_foreign_key", "records/s", "push_filter_order", joined(foreignKey, fillPurchases)},
		{"exactly_once", "records/s", "at_least_once", exactlyOnce},
		{"restore_1m", "ms", "changelog", restore},
		{"state_beyond_memory", "records/s", "in memory", beyond},
		{"heap_beyond_memory", "MB", "state memory", beyondHeap},
		{"latency_p99", "us", "kgo_poll", latency},
		{"startup_first_row", "ms", "", startup},
		{"rss_idle", "MB", "", idleMemory},
		{"rss_backlog", "MB", "", backlogMemory},
		{"binary_mb", "MB", "", binarySize},
	}
}

func main() {
	var s settings
	only := flag.String("run", "", "measure only what this regular expression matches")
	flag.IntVar(&s.records, "n", 1_000_000, "records of each topic that is read")
	flag.IntVar(&s.rounds, "rounds", 7, "rounds, of which the best counts")
	flag.IntVar(&s.keys, "keys", 1_000_000, "keys of state_beyond_memory, each with 26 bytes of memory")
	profile := flag.String("cpuprofile", "", "file for a CPU profile of what is measured")
	flag.IntVar(&s.backlog, "backlog", 1024, "MB that lie before a slow reader in rss_backlog")
	flag.Parse()
	chosen, err := regexp.Compile(*only)
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	defer profiled(*profile)()
	for _, m := range measures() {
		if !chosen.MatchString(m.name) {
			continue
		}
		if err := m.print(ctx, &s); err != nil {
			log.Fatalf("%s: %v", m.name, err)
		}
	}
}

// profiled writes a CPU profile of what runs until the function is called, if there is a file for it.
func profiled(file string) (stop func()) {
	if file == "" {
		return func() {}
	}
	f, err := os.Create(file)
	if err == nil {
		err = pprof.StartCPUProfile(f)
	}
	if err != nil {
		log.Fatal(err)
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close() // whoever reads a cut profile will see it
	}
}

func (m measure) print(ctx context.Context, s *settings) error {
	ours, base, err := m.run(ctx, s)
	if err != nil {
		return err
	}
	baseline, ratio := "-", "-"
	if m.baseline != "" {
		baseline, ratio = m.baseline, fmt.Sprintf("%.2f", ours/base)
	}
	fmt.Printf("%s\t%s\t%s\t%s\t%s\n", m.name, number(ours), m.unit, baseline, ratio)
	return nil
}

// number prints as many digits as mean something.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 1:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.3f", v)
}
