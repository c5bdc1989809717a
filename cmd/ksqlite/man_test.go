package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestDescriptions holds that each command and each flag has a description, and that
// the manual pages have all of them: there is no second place to write one.
func TestDescriptions(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "man", "man1")
	root := newRoot()
	root.SetArgs([]string{"man", folder})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	pages := 0
	var check func(c *cobra.Command)
	check = func(c *cobra.Command) {
		name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Error(err)
			return
		}
		pages++
		page := strings.NewReplacer(`\-`, "-", `\e`, `\`, `\(dq`, `"`).Replace(string(text))
		if strings.Contains(page, "(default [])") {
			t.Errorf("%s tells of a default that is none", name)
		}
		if c.Short == "" || !strings.Contains(page, c.Short) {
			t.Errorf("%s does not say %q", name, c.Short)
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if _, usage := pflag.UnquoteUsage(f); usage == "" || !strings.Contains(page, "--"+f.Name) || !strings.Contains(page, usage) {
				t.Errorf("%s does not describe --%s", name, f.Name)
			}
		})
		for _, sub := range told(c) {
			if !strings.Contains(page, sub.Short) {
				t.Errorf("%s does not tell of %s", name, sub.Name())
			}
			check(sub)
		}
	}
	check(root)
	const least = 12
	if pages < least {
		t.Errorf("%d pages only", pages)
	}
	if again := filepath.Join(t.TempDir(), "again"); sameTwice(t, folder, again) {
		return
	}
	t.Error("the pages of two runs differ")
}

// sameTwice reports whether the pages are the same when they are written once more.
func sameTwice(t *testing.T, folder, again string) bool {
	t.Helper()
	root := newRoot()
	root.SetArgs([]string{"man", again})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(filepath.Join(folder, "ksqlite.1"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(filepath.Join(again, "ksqlite.1"))
	if err != nil {
		t.Fatal(err)
	}
	return string(first) == string(second)
}
