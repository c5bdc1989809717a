package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ksqlite/ksqlite"
)

// This file tells the completion scripts of shells what the values of flags can be, and which topics there are.

// completeWords offers the words for a flag.
func completeWords(c *cobra.Command, flag string, words []string) {
	must(c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)))
}

// completeFiles offers files for a flag, those with one of the endings if there are any.
func completeFiles(c *cobra.Command, flag string, endings ...string) {
	must(c.MarkFlagFilename(flag, endings...))
}

// completeFolders offers folders for a flag.
func completeFolders(c *cobra.Command, flag string) { must(c.MarkFlagDirname(flag)) }

// completeNothing offers nothing for flags whose values nobody can guess, instead of files.
func completeNothing(c *cobra.Command, flags ...string) {
	for _, flag := range flags {
		must(c.RegisterFlagCompletionFunc(flag, cobra.NoFileCompletions))
	}
}

// askTimeout is how long a shell that completes a line may wait for a Kafka.
const askTimeout = time.Second

// topics completes the name of a topic of the Kafka that the line names already. It asks for no password. The
// Kafka of a data folder is left alone: another process may have it, and a TAB must not make one.
func (f *kafkaFlags) topics(c *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if !f.foreign() || f.dataDir != "" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(c.Context(), askTimeout)
	defer cancel()
	names, err := f.listTopics(ctx)
	if err != nil { // the command itself will tell
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, begun) }), cobra.ShellCompDirectiveNoFileComp
}

// listTopics asks the Kafka for the names of its topics.
func (f *kafkaFlags) listTopics(ctx context.Context) ([]string, error) {
	options, err := f.given()
	if err != nil {
		return nil, err
	}
	connection, err := ksqlite.Connect(ctx, options...)
	if err != nil {
		return nil, err
	}
	names, err := connection.Topics(ctx)
	return names, errors.Join(err, connection.Close())
}

// completeTopics offers topics for a flag.
func (f *kafkaFlags) completeTopics(c *cobra.Command, flag string) {
	must(c.RegisterFlagCompletionFunc(flag, f.topics))
}

// must panics on the error of a declaration: of a flag that the command does not have.
func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("declaring the command line: %v", err))
	}
}

// plainDescriptions takes the quotes out of what flags say of themselves, where a completion script asks: they mark the name of
// the value for --help.
func plainDescriptions(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) { f.Usage = strings.ReplaceAll(f.Usage, "`", "") })
	for _, sub := range c.Commands() {
		plainDescriptions(sub)
	}
}
