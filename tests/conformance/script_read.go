package conformance

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// This file reads scripts: files of many cases, each opened by a directive.

// The directives of scripts.
const (
	testDirective    = "--@test:"
	errorDirective   = "--@expected.error:"
	messageDirective = "--@expected.message:"
)

// readScripts reads the cases of all scripts.
func readScripts(folder string) ([]*Case, error) {
	root := filepath.Join(folder, "sql-tests")
	var all []*Case
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".sql" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		all = append(all, scriptCases(filepath.ToSlash(name), string(text))...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the corpus: %w", err)
	}
	return all, nil
}

// scriptCases cuts a script at its test directives.
func scriptCases(path, text string) []*Case {
	var all []*Case
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(line, testDirective); ok {
			all = append(all, &Case{Kind: SQL, File: path, Name: strings.TrimSpace(name)})
		}
		if len(all) == 0 {
			continue
		}
		c := all[len(all)-1]
		switch {
		case strings.HasPrefix(line, errorDirective):
			c.exception().Type = strings.TrimSpace(line[len(errorDirective):])
		case strings.HasPrefix(line, messageDirective):
			c.exception().Message = strings.TrimSpace(line[len(messageDirective):])
		case !strings.HasPrefix(line, testDirective):
			c.Script += line
		}
	}
	return all
}

// exception returns the case's expectation of a failure, which makes it negative.
func (c *Case) exception() *Exception {
	if c.Exception == nil {
		c.Exception = &Exception{}
	}
	return c.Exception
}
