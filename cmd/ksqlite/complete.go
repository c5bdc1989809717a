package main

import (
	"fmt"

	"github.com/spf13/cobra"
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
