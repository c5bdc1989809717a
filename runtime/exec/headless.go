package exec

import (
	"context"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

// Queries executes a file of queries, from which a process in headless mode has all
// that it runs. Nothing of it is executed if it has a statement that does not declare,
// start, set or assert something.
func (s *Session) Queries(ctx context.Context, text string) error {
	script := parser.Split(text)
	if at := script.Left; at != nil { // what stands behind it would be left out without a word
		return source.Errorf(*at, "%s is not possible in a file of queries.", at.In(text)).In(text)
	}
	for _, part := range script.Parts {
		st, err := s.Prepare(text, part)
		if err != nil {
			return err
		}
		if !headless(st.Statement) {
			return st.Locate(source.Errorf(st.Statement.Place(), "%s is not possible in a file of queries: "+
				"it holds CREATE STREAM, TABLE and TYPE, INSERT INTO ... SELECT, SET, UNSET, DEFINE, UNDEFINE and ASSERT.",
				shortened(st.Text)))
		}
		s.defineFor(st)
	}
	for _, err := range s.Script(ctx, text) {
		if err != nil {
			return err
		}
	}
	return nil
}

// defineFor lets the statements that follow be parsed with their variables.
func (s *Session) defineFor(st Statement) {
	if d, ok := st.Statement.(*ast.Define); ok {
		s.Define(st.spelled(d.Name), d.Value.Value)
	}
}

// headless reports whether a file of queries may have a statement.
func headless(n ast.Statement) bool {
	switch n.(type) {
	case *ast.CreateSource, *ast.CreateSourceAs, *ast.InsertQuery, *ast.CreateType,
		*ast.Set, *ast.Unset, *ast.Define, *ast.Undefine, *ast.AssertTopic, *ast.AssertSchema:
		return true
	default:
		return false
	}
}

// shortened is a statement in a message: its beginning, on one line.
func shortened(text string) string {
	line := strings.TrimSuffix(oneLine(text), ";")
	if words := strings.Fields(line); len(words) > 4 {
		return strings.Join(words[:4], " ") + " ..."
	}
	return line
}
