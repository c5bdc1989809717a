package conformance

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

// This file reads and runs the cases of sql-tests, as `ksqlite test` does for users.

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

// scriptCases returns the cases of a script.
func scriptCases(path, text string) []*Case {
	var all []*Case
	for _, t := range sqltest.Parse(path, text) {
		all = append(all, &Case{Kind: SQL, File: path, Name: t.Name, Test: t})
	}
	return all
}

// runScript runs a case of sql-tests.
func runScript(ctx context.Context, c *Case) Outcome {
	err := sqltest.Run(ctx, c.Test, c.options(time.Now)).Err
	if err == nil {
		return Outcome{Status: Pass}
	}
	step, ok := errors.AsType[*sqltest.StepError](err)
	if !ok {
		return failed("%s", err)
	}
	f := &failure{stage: executing, err: step.Err, statement: step.Statement()}
	surprise, ok := errors.AsType[*sqltest.ExpectationError](err)
	if !ok {
		return failed("%s", f.reason()).withDetail("%s", f.err)
	}
	expected := surprise.Expected
	switch {
	case f.unsupported():
		return failed("%s", f.reason()).withDetail("expected %s", expected)
	case surprise.Surprise == sqltest.OtherMessage:
		return Outcome{Status: TextDiffers, Reason: line("says: " + f.reason())}.withDetail("got: %s\nexpected: %s", f.err, expected)
	}
	return failed("fails by another kind of error: %s", f.reason()).withDetail("expected %s", expected)
}
