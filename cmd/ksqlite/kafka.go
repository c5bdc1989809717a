package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/repl/cells"
)

// kafkaFlags say which Kafka a command works on.
type kafkaFlags struct {
	servers    string
	configFile string
	dataDir    string
	existing   bool // the data folder has to be there
}

// declare declares the flags.
func (f *kafkaFlags) declare(c *cobra.Command) {
	f.declareNamed(c)
	c.Flags().StringVar(&f.configFile, "config-file", "", "a `file` of properties of a Kafka client, for TLS and passwords too (see ksqlite properties), or of a server")
	completeFiles(c, "config-file", "properties")
}

// declareNamed declares those of a command that is given its properties in another way.
func (f *kafkaFlags) declareNamed(c *cobra.Command) {
	set := c.Flags()
	set.StringVar(&f.servers, "bootstrap-server", "", "the Kafka to work on: `HOST:PORT,...`")
	set.StringVar(&f.dataDir, "data-dir", "", "a `folder` that keeps the own Kafka: topics, streams, tables and queries")
	completeNothing(c, "bootstrap-server")
	completeFolders(c, "data-dir")
}

// foreign reports whether it is a Kafka of others.
func (f *kafkaFlags) foreign() bool { return f.servers != "" || f.configFile != "" }

// check reports nonsense.
func (f *kafkaFlags) check() error {
	if f.dataDir != "" && f.servers != "" {
		return errOtherKafka("--data-dir")
	}
	return checkServers(f.servers)
}

// errOtherKafka says that a flag means nothing on a Kafka of others.
func errOtherKafka(flag string) error {
	return fmt.Errorf("%s is for ksqlite's own Kafka, and another one is named", flag)
}

// checkNamed is check for a command that has nothing to do without a Kafka that stays.
func (f *kafkaFlags) checkNamed(command string) error {
	if !f.foreign() && f.dataDir == "" {
		return fmt.Errorf("%s needs a Kafka, by --bootstrap-server or --config-file, or --data-dir for ksqlite's own", command)
	}
	return f.check()
}

// options are those of an engine or a connection, with what was asked for at the
// terminal. Warnings go to messages.
func (f *kafkaFlags) options(messages io.Writer) ([]ksqlite.Option, error) {
	options, err := f.given()
	if err != nil {
		return nil, err
	}
	f.tellNew(messages)
	if f.foreign() { // of the own Kafka, errors tell all
		options = append(options, ksqlite.WithLogger(slog.New(notices{messages})))
	}
	return withSecrets(options)
}

// given are the options for what the flags and the file of properties name.
func (f *kafkaFlags) given() ([]ksqlite.Option, error) {
	options := f.named()
	if f.configFile == "" {
		return options, nil
	}
	file, err := ksqlite.LoadKafkaProperties(f.configFile)
	if err != nil {
		return nil, configFileError{err}
	}
	return append(options, ksqlite.WithKafkaPropertiesFile(file)), nil
}

// configFileError is why the file of properties could not be read.
type configFileError struct{ error }

// Unwrap implements errors.Is.
func (e configFileError) Unwrap() error { return e.error }

// tellNew says at a terminal that the data folder is not there yet: its name may be misspelt.
func (f *kafkaFlags) tellNew(messages io.Writer) {
	if f.dataDir == "" || f.existing || !isTerminal(os.Stderr) {
		return
	}
	if _, err := os.Stat(f.dataDir); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(messages, "Making the data folder %s.\n", cells.Escaped(f.dataDir))
	}
}

// named are the options for what the flags name themselves.
func (f *kafkaFlags) named() []ksqlite.Option {
	options := []ksqlite.Option{ksqlite.WithDataDir(f.dataDir)}
	if f.servers != "" {
		options = append(options, ksqlite.WithBootstrapServers(strings.Split(f.servers, ",")...))
	}
	return options
}

// checkServers reports addresses that are none.
func checkServers(servers string) error {
	if servers == "" {
		return nil
	}
	for server := range strings.SplitSeq(servers, ",") {
		if server != "" && !strings.Contains(server, ":") {
			return fmt.Errorf("--bootstrap-server %s has no port: did you mean %s:9092?", server, server)
		}
	}
	return nil
}
