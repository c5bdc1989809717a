package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const manHelp = `Write a manual page for each command into DIR, which is created if it is missing.
They are made of the same descriptions as --help.`

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
			return writePages(c.Root(), args[0])
		},
	}
}

// writePages writes the page of a command and those of the commands below it.
func writePages(c *cobra.Command, folder string) error {
	if err := os.WriteFile(filepath.Join(folder, pageName(c)+".1"), []byte(manPage(c)), 0o644); err != nil {
		return err
	}
	for _, sub := range told(c) {
		if err := writePages(sub, folder); err != nil {
			return err
		}
	}
	return nil
}

// told are the commands below one that --help tells.
func told(c *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(c.Commands()), func(sub *cobra.Command) bool {
		return !sub.IsAvailableCommand() && sub.Name() != "help"
	})
}

// pageName is the name of a command's page.
func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage is the page of a command in roff, the language of man.
func manPage(c *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1 \"\" \"%s\" ksqlite\n", roff(strings.ToUpper(pageName(c))), roff("ksqlite "+version()))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(pageName(c)), roff(c.Short))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roff(c.UseLine()))
	b.WriteString(".SH DESCRIPTION\n")
	for paragraph := range strings.SplitSeq(strings.TrimSpace(c.Long), "\n\n") {
		if strings.HasPrefix(paragraph, " ") {
			b.WriteString(verbatim(paragraph))
			continue
		}
		b.WriteString(".PP\n" + roff(paragraph) + "\n")
	}
	if below := told(c); len(below) > 0 {
		b.WriteString(".SH COMMANDS\n")
		for _, sub := range below {
			b.WriteString(".TP\n" + `\fB` + roff(sub.Name()) + `\fP` + "\n" + roff(sub.Short) + "\n")
		}
	}
	if c.HasAvailableFlags() {
		b.WriteString(".SH OPTIONS\n")
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				b.WriteString(flagEntry(f))
			}
		})
	}
	if c.HasExample() {
		b.WriteString(".SH EXAMPLES\n" + verbatim(c.Example))
	}
	if related := relatedPages(c); len(related) > 0 {
		b.WriteString(".SH SEE ALSO\n" + strings.Join(related, "\n") + "\n")
	}
	return b.String()
}

// flagEntry is a flag with what it says of itself, as --help has it.
func flagEntry(f *pflag.Flag) string {
	value, usage := pflag.UnquoteUsage(f)
	names := `\fB` + roff("--"+f.Name) + `\fP`
	if f.Shorthand != "" {
		names = `\fB` + roff("-"+f.Shorthand) + `\fP, ` + names
	}
	if value != "" {
		names += ` \fI` + roff(value) + `\fP`
	}
	if !slices.Contains([]string{"", "0", "false", "[]"}, f.DefValue) {
		usage += fmt.Sprintf(" (default %s)", f.DefValue)
	}
	return ".TP\n" + names + "\n" + roff(usage) + "\n"
}

// relatedPages are those of the commands above and below.
func relatedPages(c *cobra.Command) []string {
	var pages []string
	if c.HasParent() {
		pages = append(pages, `.BR `+roff(pageName(c.Parent()))+` (1)`)
	}
	for _, sub := range told(c) {
		pages = append(pages, `.BR `+roff(pageName(sub))+` (1)`)
	}
	for i := range pages[:max(len(pages)-1, 0)] {
		pages[i] += ","
	}
	return pages
}

// verbatim is a text whose lines stay as they are.
func verbatim(text string) string { return ".PP\n.nf\n" + roff(text) + "\n.fi\n" }

// roff is a text in which nothing is taken for a command of roff.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, `-`, `\-`, `"`, `\(dq`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
