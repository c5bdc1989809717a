package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/repl"
)

// newHelp returns the command that helps with the other commands, and as the shell's help does with
// statements, functions and properties.
func newHelp(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command | statement | function | property]",
		Short: "Help on a command, a statement, a function or a property",
		Long: "help describes a command of ksqlite, or what stands in SQL: a statement, a\n" +
			"function, or a property, as help in the shell does.",
		Example: "  ksqlite help doctor\n  ksqlite help create stream\n  ksqlite help auto.offset.reset",
		RunE: func(c *cobra.Command, args []string) error {
			root := c.Root()
			if found, rest, err := root.Find(args); len(args) == 0 || err == nil && found != root && len(rest) == 0 {
				return found.Help()
			}
			return f.shellHelp(c, args)
		},
	}
}

// shellHelp shows what the shell's help has about some words.
func (f *flags) shellHelp(c *cobra.Command, words []string) (err error) {
	engine, err := ksqlite.Open(c.Context()) // it knows the functions
	if err != nil {
		return fmt.Errorf("opening the engine: %w", err)
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	options := repl.Options{Display: f.display(c.ErrOrStderr()), Pages: pages(c.Root())}
	_, options.HelpPager = pagers()
	return repl.NewShell(engine.NewSession(), options).Help(c.Context(), words)
}

// pages are the commands of the program as help in the shell knows them.
func pages(root *cobra.Command) []repl.Page {
	var all []repl.Page
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			text := func() string {
				return strings.TrimSpace(cmp.Or(c.Long, c.Short)) + "\n\n" + strings.TrimSpace(c.UsageString())
			}
			all = append(all, repl.Page{Name: c.Name(), About: c.Short, Text: text})
		}
	}
	return all
}
