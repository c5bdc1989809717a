package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// This file tells the completion scripts of shells what the values of flags can be.

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
