package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/repl/show"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/lines"
)

const produceHelp = `Write each line of standard input to TOPIC as a record.

The line is the value; with --key-separator the key stands before it, and with
--headers the headers stand before that:

  name:value,name:value TAB key SEPARATOR value

A missing topic is created. Records go where Kafka's own producer sends them: those
with a key to the partition that the key decides. Each line is written as soon as no
further one is there.

Lines that are no record, or that the Kafka does not take, are told with their
number and left out. When no broker acknowledges records any more, that is told, and
the command fails after delivery.timeout.ms, 9 seconds. The exit code is 0 when all
lines were written, 1 when some were not, and 130 after CTRL-C.`

const produceExamples = `  echo '{"id":1}' | ksqlite produce orders --bootstrap-server localhost:9092
  ksqlite produce users --key-separator : --data-dir ./data < users.txt
  ksqlite produce events --headers --key-separator '\t' --null NULL --data-dir ./data`

// produceFlags is what the command line of produce says.
type produceFlags struct {
	topicFlags
	headers bool
	format  lines.Format
}

func newProduce() *cobra.Command {
	f := &produceFlags{}
	c := &cobra.Command{
		Use:     "produce TOPIC",
		Short:   "Write lines to a topic",
		Long:    produceHelp,
		Example: produceExamples,
		ValidArgsFunction: func(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return f.topics(c, args, begun)
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.read(c, args); err != nil {
				return usage(c, err)
			}
			return f.produce(c, args[0])
		},
	}
	set := c.Flags()
	set.SortFlags = false
	set.StringVar(&f.format.KeySeparator, "key-separator", "", "the `TEXT` between key and value, such as :, TAB or \\t; by default there are no keys")
	set.BoolVar(&f.headers, "headers", false, "lines begin with headers")
	set.StringVar(&f.format.Headers.Delimiter, "header-delimiter", `\t`, "the `TEXT` behind the headers")
	set.StringVar(&f.format.Headers.Separator, "header-separator", ",", "the `TEXT` between two headers")
	set.StringVar(&f.format.Headers.NameSeparator, "header-name-separator", ":", "the `TEXT` between a header's name and its value")
	set.StringVar(&f.format.Null, "null", "", "the `TEXT` that stands for a key, value or header that is null")
	set.Int32Var(&f.format.Partition, "partition", 0, "the `NUMBER` of the partition for all records; by default the key decides")
	f.topicFlags.declare(c)
	completeNothing(c, "key-separator", "header-delimiter", "header-separator", "header-name-separator", "null", "partition")
	return c
}

// read reports nonsense in the command line, and finishes the format.
func (f *produceFlags) read(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return errors.New("produce needs the name of one topic")
	}
	switch given := c.Flags().Changed("partition"); {
	case !given:
		f.format.Partition = broker.AnyPartition
	case f.format.Partition < 0:
		return errors.New("--partition must not be negative")
	}
	for _, text := range []*string{
		&f.format.KeySeparator, &f.format.Headers.Delimiter, &f.format.Headers.Separator, &f.format.Headers.NameSeparator,
	} {
		*text = separator(*text)
	}
	if c.Flags().Changed("key-separator") && f.format.KeySeparator == "" {
		return errors.New("--key-separator must not be empty: leave it out for records without keys")
	}
	if c.Flags().Changed("null") && f.format.Null == "" {
		return errors.New("--null must not be empty: an empty value is an empty text, and null needs a TEXT of its own, such as --null NULL")
	}
	f.format.Null = unescaped(f.format.Null)
	h := f.format.Headers
	switch {
	case !f.headers:
		f.format.Headers = lines.HeaderFormat{}
	case h.Delimiter == "" || h.Separator == "" || h.NameSeparator == "":
		return errors.New("what separates headers must not be empty")
	}
	return f.check("produce")
}

// separator reads what separates in a flag: by the names that VALUE_DELIMITER knows too, or
// as unescaped does.
func separator(text string) string {
	if r, ok := config.NamedDelimiter(text); ok {
		return string(r)
	}
	return unescaped(text)
}

// unescaped reads \t, \x01 and the like in a flag. What is no such text is taken as it is.
func unescaped(text string) string {
	if plain, err := strconv.Unquote(`"` + text + `"`); err == nil {
		return plain
	}
	return text
}

// produce writes standard input to the topic.
func (f *produceFlags) produce(c *cobra.Command, name string) (err error) {
	ctx, stop := untilSignal(c.Context(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	c.SetContext(ctx)
	connection, err := f.connect(c)
	if err != nil {
		return stoppedOr(ctx, err)
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	topic, err := f.provide(ctx, connection.Cluster(), name)
	if err != nil {
		return stoppedOr(ctx, err)
	}
	if int(f.format.Partition) >= len(topic.Partitions) {
		return fmt.Errorf("topic %s has no partition %d: it has %d of them", name, f.format.Partition, len(topic.Partitions))
	}
	return connection.Explain(ctx, f.write(ctx, c, connection.Cluster(), name))
}

// write writes the lines and tells how many there were.
func (f *produceFlags) write(ctx context.Context, c *cobra.Command, cluster broker.Cluster, topic string) error {
	w := &lines.Writer{
		Cluster: cluster, Topic: topic, Format: f.format, Clock: time.Now,
		Broken: func(line int, err error) { c.PrintErrf("line %d: %s\n", line, cells.EscapedLines(err.Error())) },
	}
	if isTerminal(os.Stdin) {
		c.PrintErrf("Each line becomes a record of %s. CTRL-D ends it.\n", cells.Escaped(topic))
	}
	err := w.Write(ctx, c.InOrStdin())
	written, broken := w.Counts()
	c.PrintErrf("%s written to %s", display.Counted(written, "record"), topic)
	if broken > 0 {
		c.PrintErrf(", %s left out", display.Counted(broken, "line"))
	}
	c.PrintErrln()
	if err == nil && broken > 0 {
		err = &show.ShownError{Err: errors.New("lines were left out")}
	}
	return stoppedOr(ctx, err)
}
