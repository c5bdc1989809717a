package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/datagen"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

const datagenHelp = `Write made-up records to a topic, until there are --count of them or CTRL-C.

KIND is %s.
A missing topic is created. All columns are in the value; one of them is the key as well.
With --seed, keys and values are the same each time, at the same --rate: the present
in them begins with the year 2026, and what lies in the past, such as the registertime
of users, up to 1,000 days before that. The time of a record stays when it was written,
since a topic drops what is older than its retention; --timestamp sets it.

Records count as written when the Kafka has acknowledged them. When it does so no more,
that is told, and the command fails after delivery.timeout.ms, 9 seconds. After CTRL-C
it waits 3 seconds for what is on its way; a second one ends it at once.

The arguments of ksqlDB's own generator are taken too: quickstart, schema, topic, key,
key-format, format, value-format, valueDelimiter, timestamp, iterations, msgRate,
printRows, bootstrap-server, propertiesFile and schemaRegistryUrl, with its defaults.`

const datagenExamples = `  ksqlite datagen users --count 100 --data-dir ./data
  ksqlite datagen orders --rate 50 --bootstrap-server localhost:9092 --format AVRO --schema-registry http://localhost:8081
  ksqlite datagen quickstart=pageviews topic=pageviews iterations=1000`

// datagenFlags is what the command line of datagen says.
type datagenFlags struct {
	topicFlags
	writer    datagen.Writer
	delimiter string
	schema    string
	registry  string
	print     bool
	older     bool // the arguments are those of ksqlDB's generator
}

func newDatagen() *cobra.Command {
	f := &datagenFlags{}
	c := &cobra.Command{
		Use:               "datagen KIND | datagen quickstart=KIND [NAME=VALUE...]",
		Short:             "Write made-up records to a topic",
		Long:              fmt.Sprintf(datagenHelp, strings.Join(datagen.Names(), ", ")),
		Example:           datagenExamples,
		ValidArgsFunction: cobra.FixedCompletions(datagen.Names(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.read(c, args); err != nil {
				return usage(c, err)
			}
			return f.generate(c)
		},
	}
	set, w := c.Flags(), &f.writer
	set.SortFlags = false
	set.StringVar(&w.Topic, "topic", "", "the `TOPIC` to write to; by default it is called like the kind")
	set.Int64Var(&w.Count, "count", 0, "end after `N` records")
	set.Float64Var(&w.Rate, "rate", 0, "write `N` records a second; by default as many as possible")
	set.Uint64Var(&w.Seed, "seed", 0, "a `NUMBER` that makes the same keys and values each time")
	set.StringVar(&w.Key, "key", "", "the `COLUMN` that is the key")
	set.StringVar(&w.KeyFormat, "key-format", "KAFKA", "the `FORMAT` of keys")
	set.StringVar(&w.ValueFormat, "format", "JSON", "the `FORMAT` of values: "+strings.Join(serde.New().Names(), ", "))
	set.StringVar(&f.delimiter, "delimiter", "", "the `CHARACTER` between the fields of DELIMITED, such as TAB, SPACE or \\t; by default a comma")
	set.StringVar(&w.Timestamp, "timestamp", "", "the `COLUMN` that gives the records their time; by default it is when they are written")
	set.StringVar(&f.schema, "schema", "", "a `FILE` with an Avro schema, in the place of KIND")
	set.BoolVar(&f.print, "print", false, "show each record")
	set.StringVar(&f.registry, "schema-registry", "", "the `URL` of the schema registry")
	f.topicFlags.declare(c)
	completeWords(c, "key-format", serde.New().Names())
	completeWords(c, "format", serde.New().Names())
	completeWords(c, "delimiter", []string{"TAB", "SPACE"})
	completeFiles(c, "schema", "avsc", "avro", "json")
	f.completeTopics(c, "topic")
	completeNothing(c, "count", "rate", "seed", "key", "timestamp", "schema-registry")
	return c
}

// olderArguments are the names of ksqlDB's generator and the flags that they are here.
// Those without a flag have no meaning.
var olderArguments = map[string]string{
	"quickstart": "", "schema": "schema", "topic": "topic", "key": "key", "key-format": "key-format", "format": "format",
	"value-format": "format", "valueDelimiter": "delimiter", "timestamp": "timestamp", "iterations": "count",
	"msgRate": "rate", "nThreads": "", "printRows": "print", "bootstrap-server": "bootstrap-server",
	"propertiesFile": "config-file", "schemaRegistryUrl": "schema-registry",
}

// read reads the arguments and reports nonsense.
func (f *datagenFlags) read(c *cobra.Command, args []string) error {
	kind, err := f.arguments(c, args)
	if err != nil {
		return err
	}
	if err := f.choose(kind); err != nil {
		return err
	}
	w := &f.writer
	w.KeyFormat, w.ValueFormat, w.Clock = strings.ToUpper(w.KeyFormat), strings.ToUpper(w.ValueFormat), time.Now
	w.Seeded = c.Flags().Changed("seed")
	if !w.Seeded {
		w.Seed = uint64(time.Now().UnixNano())
	}
	if w.Key == "" && w.KeyFormat != "NONE" {
		w.Key = w.Kind.Key
	}
	f.defaults(c)
	switch {
	case w.Count < 0:
		return errors.New("--count must not be negative")
	case w.Count == 0 && c.Flags().Changed("count"):
		return errors.New("--count must not be 0; without it records are written until CTRL-C")
	case w.Rate < 0:
		return errors.New("--rate must not be negative")
	}
	if w.Delimiter, err = delimiter(f.delimiter); err != nil {
		return err
	}
	return f.check("datagen")
}

// arguments returns the kind that the arguments name, and sets the flags that those of
// ksqlDB's generator are.
func (f *datagenFlags) arguments(c *cobra.Command, args []string) (kind string, err error) {
	for _, arg := range args {
		name, value, named := strings.Cut(arg, "=")
		flag, known := olderArguments[name]
		switch {
		case !named && kind != "":
			return "", fmt.Errorf("datagen makes one kind of records: %s or %s?", kind, arg)
		case !named:
			kind = arg
			continue
		case !known:
			return "", unknownArgument(name)
		case name == "quickstart":
			kind = value
		case flag != "":
			err := c.Flags().Set(flag, value)
			if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
				err = valueFault(invalid)
			}
			if err != nil {
				return "", fmt.Errorf("invalid argument %s=%s: %w", name, value, err)
			}
		}
		f.older = true
	}
	return kind, nil
}

func unknownArgument(name string) error {
	var names []string
	for known := range olderArguments {
		names = append(names, known)
	}
	slices.Sort(names)
	if near := source.Similar(name, names); near != "" {
		return fmt.Errorf("unknown argument %s: did you mean %s?", name, near)
	}
	return fmt.Errorf("unknown argument %s: there are %s", name, strings.Join(names, ", "))
}

// choose finds the kind of records.
func (f *datagenFlags) choose(kind string) error {
	switch {
	case kind != "" && f.schema != "":
		return fmt.Errorf("either %s or the schema in %s", kind, f.schema)
	case f.schema != "":
		return f.chooseSchema()
	case kind == "":
		return fmt.Errorf("datagen needs a kind of records: %s", strings.Join(datagen.Names(), ", "))
	}
	var ok bool
	if f.writer.Kind, ok = datagen.Find(kind); !ok {
		if near := source.Similar(kind, datagen.Names()); near != "" {
			return fmt.Errorf("unknown kind of records %s: did you mean %s?", kind, near)
		}
		return fmt.Errorf("unknown kind of records %s: there are %s", kind, strings.Join(datagen.Names(), ", "))
	}
	return nil
}

// chooseSchema makes a kind of the schema in a file.
func (f *datagenFlags) chooseSchema() error {
	text, err := os.ReadFile(f.schema)
	if err != nil {
		return err
	}
	if f.writer.Kind, err = datagen.FromAvro(text); err != nil {
		return fmt.Errorf("%s: %w", f.schema, err)
	}
	return nil
}

// defaults fills in what ksqlDB's generator has as defaults, or what we have.
func (f *datagenFlags) defaults(c *cobra.Command) {
	w := &f.writer
	if f.older {
		f.print = f.print || !c.Flags().Changed("print")
		if !f.foreign() && f.dataDir == "" {
			f.servers = "localhost:9092"
		}
		if w.Topic == "" {
			name := w.Kind.Name
			if name == "clickstream_users" {
				name = "webusers"
			}
			w.Topic = strings.TrimSuffix(name, "_") + "_kafka_topic_" + strings.ToLower(w.ValueFormat)
		}
	}
	if w.Topic == "" {
		w.Topic = w.Kind.Name
	}
}

// delimiter reads what stands between fields.
func delimiter(text string) (rune, error) {
	if text == "" {
		return 0, nil
	}
	between := separator(text)
	r, size := utf8.DecodeRuneInString(between)
	if size != len(between) {
		return 0, fmt.Errorf("--delimiter %s is not one character, TAB or SPACE", text)
	}
	return r, nil
}

// generate writes the records.
func (f *datagenFlags) generate(c *cobra.Command) (err error) {
	ctx, stop := untilSignal(c.Context(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	c.SetContext(ctx)
	var options []ksqlite.Option
	if f.registry != "" {
		options = append(options, ksqlite.WithProperties(map[string]string{"schema.registry.url": f.registry}))
	}
	connection, err := f.connect(c, options...)
	if err != nil {
		return stoppedOr(ctx, err)
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	w := &f.writer
	w.Cluster, w.Formats = connection.Cluster(), connection.Formats()
	if err := w.Check(); errors.Is(err, serde.ErrNoRegistry) {
		return errors.New("the format needs a schema registry: give --schema-registry URL, or schema.registry.url in the file of --config-file")
	} else if err != nil {
		return err
	}
	if _, err := f.provide(ctx, w.Cluster, w.Topic); err != nil {
		return stoppedOr(ctx, err)
	}
	return connection.Explain(ctx, f.write(c))
}

// write writes the records and tells how many there were.
func (f *datagenFlags) write(c *cobra.Command) error {
	w := &f.writer
	if f.print {
		w.Show = f.show(c)
	}
	finish := func() {}
	if !f.print && isTerminal(os.Stderr) && os.Getenv("TERM") != "dumb" {
		finish = showProgress(os.Stderr, w.Written, w.Count)
	}
	err := w.Write(c.Context())
	finish()
	_, stopped := errors.AsType[*stoppedError](err)
	if err != nil && !stopped && w.Written()+w.Unwritten() == 0 {
		return err
	}
	c.PrintErrf("%s written to %s", display.Counted(w.Written(), "record"), w.Topic)
	if unwritten := w.Unwritten(); unwritten > 0 {
		c.PrintErrf(", %s not acknowledged", display.Count(unwritten))
	}
	c.PrintErrln()
	if !f.older && (err == nil || stopped) {
		c.PrintErrln(cells.EscapedLines(w.Declaration()))
	}
	return err
}

// show returns what shows a record as ksqlDB's generator does.
func (f *datagenFlags) show(c *cobra.Command) func(data.Value, data.Row, int64) error {
	columns := f.writer.Kind.Columns()
	keyType := types.String
	if at := slices.IndexFunc(columns, func(c types.Column) bool { return strings.EqualFold(c.Name, f.writer.Key) }); at >= 0 {
		keyType = columns[at].Type
	}
	return func(key data.Value, row data.Row, at int64) error {
		values := make([]string, len(row))
		for i, v := range row {
			values[i] = display.Text(v, columns[i].Type)
		}
		_, err := fmt.Fprintf(c.OutOrStdout(), "%s --> (%s) ts:%d\n", display.Text(key, keyType), strings.Join(values, " | "), at)
		return err
	}
}
