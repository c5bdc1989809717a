package sqltest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Suite is the tests of some files.
type Suite struct {
	// Tests are in the order of the paths, and of each file.
	Tests []*Test
	// Scripts are the paths of files in folders that hold neither a test directive nor an
	// assertion: scripts that tests run, and no tests.
	Scripts []string
}

// Read reads the tests of files, and of all files with the ending .sql below folders.
func Read(paths ...string) (Suite, error) {
	var s Suite
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return s, fmt.Errorf("there is no file or folder %s", path)
		case err != nil:
			return s, fmt.Errorf("%s: %w", path, errors.Unwrap(err)) // without the name of the system call
		}
		if info.IsDir() {
			err = s.addFolder(path)
		} else {
			err = s.addFile(path, false)
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *Suite) addFolder(folder string) error {
	found := len(s.Tests)
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.EqualFold(filepath.Ext(path), ".sql") {
			return err
		}
		return s.addFile(path, true)
	})
	if err == nil && len(s.Tests) == found {
		err = fmt.Errorf("there is no test in %s: tests are files *.sql with lines --@test: name, or with ASSERT", folder)
	}
	return err
}

// addFile adds the tests of a file. One that was only found may hold none.
func (s *Suite) addFile(path string, found bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	tests := Parse(path, string(text))
	script := len(tests) == 0 || len(tests) == 1 && !tests[0].opened() && !tests[0].Asserts()
	switch {
	case script && found:
		s.Scripts = append(s.Scripts, path)
		return nil
	case len(tests) == 0:
		return fmt.Errorf("there is no test in %s", path)
	}
	s.Tests = append(s.Tests, tests...)
	return nil
}

// opened reports whether a directive opens the test; else it is all of its file.
func (t *Test) opened() bool { return t.span.Start > 0 || t.fault != nil }

// Choose keeps the tests for which choose says so.
func (s *Suite) Choose(choose func(*Test) bool) {
	s.Tests = slices.DeleteFunc(s.Tests, func(t *Test) bool { return !choose(t) })
}

// Run runs the tests, as many at a time as there are processors, and shows the results
// in their order as soon as they are there. An error of show, or the end of ctx, ends that.
func (s *Suite) Run(ctx context.Context, o Options, show func(*Result) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]chan *Result, len(s.Tests))
	for i := range results {
		results[i] = make(chan *Result, 1)
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(s.Tests)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(s.Tests); i = int(next.Add(1)) - 1 {
				results[i] <- Run(ctx, s.Tests[i], o)
			}
		})
	}
	defer workers.Wait()
	for _, result := range results {
		r := <-result
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := show(r); err != nil {
			cancel(err)
			return err
		}
	}
	return nil
}
