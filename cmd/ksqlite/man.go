package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

const manHelp = `Write a manual page for each command into DIR, which is created if it is missing. They are
made of the same descriptions as --help.`

func newMan() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Write manual pages",
		Long:    manHelp,
		Example: "  ksqlite man ~/.local/share/man/man1",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(c, errors.New("man needs one folder to write to"))
			}
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			c.Root().DisableAutoGenTag = true // the pages of two builds are equal
			header := doc.GenManHeader{Section: "1", Source: "ksqlite " + version(), Manual: "ksqlite"}
			return doc.GenManTree(c.Root(), &header, args[0])
		},
	}
}
