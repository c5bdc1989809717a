package exec

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

// ScriptError is an error in a script that RUN SCRIPT runs: the innermost, if
// scripts run one another.
type ScriptError struct {
	Path string
	Err  error
}

// Error returns the path before the message.
func (e *ScriptError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns the error in the script.
func (e *ScriptError) Unwrap() error { return e.Err }

// inScript says which script an error is in, unless that has been said.
func inScript(path string, err error) error {
	if _, told := errors.AsType[*ScriptError](err); told || err == nil {
		return err
	}
	return &ScriptError{Path: path, Err: err}
}

// maxScripts is how deep scripts may run scripts.
const maxScripts = 16

// Script executes the statements of a text one after the other and yields the
// result of each; those of scripts that it runs come in their place. It ends
// after the first error, unless the session is to continue on errors, and when ctx
// is done, with a [LeftOutError] if there are more statements. Before the
// first statement is executed all are parsed, so that a text with a syntax error
// does nothing; to continue on errors, each is parsed when its turn has come.
//
// A statement is executed when the result before it has been dealt with: rows
// and lines that the caller has not closed by then go on beside it.
func (s *Session) Script(ctx context.Context, text string) iter.Seq2[*Result, error] {
	return func(yield func(*Result, error) bool) {
		script := parser.Split(text)
		if err := s.checkExit(text, script); err != nil {
			yield(nil, err)
			return
		}
		if !s.tolerant {
			if err := s.checkScript(text); err != nil {
				yield(nil, err)
				return
			}
		}
		for i := range script.Parts {
			if ctx.Err() != nil {
				yield(nil, leaveOut(ctx, context.Cause(ctx), script.Parts[i:]))
				return
			}
			switch run, err := s.Applies(ctx, script.Before(i)); {
			case err != nil:
				if !yield(nil, leaveOut(ctx, err, script.Parts[i:])) || !s.goesOn(ctx) {
					return
				}
			case run && !s.runPart(ctx, text, script.Parts[i:], yield):
				return
			}
		}
	}
}

// goesOn reports whether a script goes on behind a statement that failed.
func (s *Session) goesOn(ctx context.Context) bool { return s.tolerant && ctx.Err() == nil }

// runPart executes the first of the parts of a script that are left, and reports whether to go on.
func (s *Session) runPart(ctx context.Context, script string, parts []parser.Part, yield func(*Result, error) bool) bool {
	rest := parts[1:]
	if do := s.command(parts[0]); do != nil {
		err := do()
		return err == nil || yield(nil, source.Errorf(parts[0].Span, "%s", err).In(script)) && s.goesOn(ctx)
	}
	st, err := s.Prepare(script, parts[0])
	if err != nil {
		return yield(nil, err) && s.goesOn(ctx)
	}
	result, err := s.Execute(ctx, st)
	if err != nil {
		return yield(nil, leaveOut(ctx, err, rest)) && s.goesOn(ctx)
	}
	if result.Script == nil {
		return yield(result, nil)
	}
	for inner, err := range result.Script {
		if err != nil {
			err = leaveOut(ctx, err, rest)
		}
		if !yield(inner, err) || err != nil && !s.goesOn(ctx) {
			return false
		}
	}
	return true
}

// checkExit refuses an EXIT before other statements, unless scripts may be left with it.
func (s *Session) checkExit(text string, script parser.Script) error {
	at := script.Left
	if at == nil || s.leaves || len(parser.Split(strings.TrimLeft(text[at.End:], " \t;")).Parts) == 0 {
		return nil
	}
	return source.Errorf(*at, "%s is for the scripts of a shell: what stands behind it would be left out", at.In(text)).In(text)
}

// checkScript parses all statements with the variables that they will have. What
// follows a RUN SCRIPT is left for later, since that may define others.
func (s *Session) checkScript(text string) error {
	variables := maps.Clone(s.variables)
	for _, part := range parser.Split(text).Parts {
		if s.command(part) != nil {
			continue
		}
		st, err := prepare(text, part, s.substitutions(variables))
		if err != nil {
			return err
		}
		switch n := st.Statement.(type) {
		case *ast.RunScript:
			return nil
		case *ast.Define:
			variables[strings.ToUpper(n.Name.Text)] = n.Value.Value
		case *ast.Undefine:
			delete(variables, strings.ToUpper(n.Name.Text))
		default:
		}
	}
	return nil
}

// runScript is RUN SCRIPT. Nothing of the script is executed before its results
// are asked for.
func (s *Session) runScript(ctx context.Context, n *ast.RunScript) (*Result, error) {
	path := s.locate(n.Path.Value)
	if s.scripts >= maxScripts {
		return nil, source.Errorf(n.Path.Span, "%d scripts run one inside the other: %s is not run", maxScripts, path)
	}
	text, err := s.readScript(path)
	if err != nil {
		return nil, source.Errorf(n.Path.Span, "Cannot read the script: %s", err)
	}
	return &Result{Script: s.within(ctx, path, text)}, nil
}

// File executes a script that is in a file, as RUN SCRIPT does.
func (s *Session) File(ctx context.Context, path string) iter.Seq2[*Result, error] {
	text, err := s.readScript(path)
	if err != nil {
		return func(yield func(*Result, error) bool) { yield(nil, fmt.Errorf("reading the script: %w", err)) }
	}
	return s.within(ctx, path, text)
}

// readScript reads a script, without the mark that some editors put before it.
func (s *Session) readScript(path string) (string, error) {
	text, err := s.engine.options.ReadScript(path)
	return strings.TrimPrefix(string(text), "\ufeff"), err
}

// within executes the text of the script at path.
func (s *Session) within(ctx context.Context, path, text string) iter.Seq2[*Result, error] {
	return func(yield func(*Result, error) bool) {
		defer s.enter(path)()
		for result, err := range s.Script(ctx, text) {
			if !yield(result, inScript(path, err)) {
				return
			}
		}
	}
}

// locate returns the path of a script that another one names: a relative one is
// sought beside the script that names it.
func (s *Session) locate(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.folder, path)
}

// enter makes the script at path the one that runs, until the result is called.
func (s *Session) enter(path string) (leave func()) {
	outer := s.folder
	s.folder = filepath.Dir(path)
	s.scripts++
	return func() { s.folder, s.scripts = outer, s.scripts-1 }
}
