package main

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ksqlite/ksqlite/parser/source"
)

// usageError is a fault in the command line.
type usageError struct {
	command string // whose help tells what is right
	err     error
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// usage makes a fault in the command line of c of an error.
func usage(c *cobra.Command, err error) error { return &usageError{c.CommandPath(), err} }

// noArgs refuses words that are neither a flag nor a command.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage(c, fmt.Errorf("unknown command %q: %s", args[0], advice(c, args[0])))
}

// flagError words a fault in the flags. Those of a mistyped command look wrong
// since they are no flags of ksqlite itself: then the command is what is wrong.
func flagError(c *cobra.Command, err error) error {
	if c.HasSubCommands() {
		if words := noArgs(c, c.Flags().Args()); words != nil {
			return words
		}
	}
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok && len(unknown.GetSpecifiedName()) > 1 {
		name := "--" + unknown.GetSpecifiedName()
		if near := meant(c, name); near != "" {
			return usage(c, fmt.Errorf("unknown flag: %s: did you mean %s?", name, near))
		}
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		err = fmt.Errorf("invalid argument %q for --%s: %w", invalid.GetValue(), invalid.GetFlag().Name, valueFault(invalid))
	}
	return usage(c, err)
}

// valueFault says what the value of a flag has to be, where Go's words for it would be shown.
func valueFault(invalid *pflag.InvalidValueError) error {
	wrong, ok := errors.AsType[*strconv.NumError](invalid.Unwrap())
	if !ok {
		return invalid.Unwrap()
	}
	if errors.Is(wrong, strconv.ErrRange) {
		return errors.New("the number is out of range")
	}
	switch kind := invalid.GetFlag().Value.Type(); {
	case kind == "bool":
		return errors.New("it has to be true or false")
	case strings.HasPrefix(kind, "float"):
		return errors.New("it has to be a number")
	case strings.HasPrefix(kind, "uint"):
		return errors.New("it has to be a whole number that is not negative")
	}
	return errors.New("it has to be a whole number")
}

// advice says what a word that is no command was most likely meant as.
func advice(c *cobra.Command, word string) string {
	if strings.HasSuffix(word, ".properties") {
		return "a file of properties is given with --config-file"
	}
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	if near := source.Similar(word, names); near != "" {
		return "did you mean " + near + "?"
	}
	if _, _, err := net.SplitHostPort(word); err == nil || strings.Contains(word, "://") {
		return "ksqlite needs no server, its engine runs in this process; --bootstrap-server HOST:PORT names a Kafka to work on"
	}
	return "statements are given with -e, scripts with -f"
}

// otherFlags are what other programs for Kafka call a flag, and what it is here.
var otherFlags = map[string]string{
	"--command-config": "--config-file", "--consumer.config": "--config-file", "--producer.config": "--config-file",
	"--consumer-config": "--config-file", "--producer-config": "--config-file", "--config": "--config-file", "--properties": "--config-file",
	"--bootstrap-servers": "--bootstrap-server", "--broker-list": "--bootstrap-server", "--brokers": "--bootstrap-server", "--broker": "--bootstrap-server",
}

// meant says which flag of a command an unknown one was most likely meant as, "" for none.
func meant(c *cobra.Command, unknown string) string {
	if here, ok := otherFlags[unknown]; ok && c.Flags().Lookup(here[2:]) != nil {
		return here
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return source.Similar(unknown, names)
}

// check reports nonsense in the flags.
func (f *flags) check() error {
	switch {
	case f.rowLimit < 0:
		return errors.New("--query-row-limit must not be negative")
	case f.minRows < 0:
		return errors.New("--min-rows must not be negative")
	case f.rowLimit > 0 && f.minRows > f.rowLimit:
		return errors.New("--query-row-limit ends a query before it has --min-rows")
	case f.timeout < 0:
		return errors.New("--query-timeout must not be negative")
	case f.ephemeral && !f.foreign():
		return errors.New("--ephemeral is for a Kafka; of its own Kafka ksqlite keeps nothing unless --data-dir says so")
	}
	return f.kafkaFlags.check()
}
