package exec

import (
	"context"
	"errors"
	"fmt"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// This file is an engine that reads alone. Statements that always write are refused
// before anything is done; the others meet the cluster and the registry, which take
// nothing. So declarations of what exists are possible where nothing keeps them.

// checkReadOnly refuses a statement that writes whatever it says.
func (e *Engine) checkReadOnly(n ast.Statement) error {
	if !e.options.ReadOnly || !writes(n) {
		return nil
	}
	return source.Errorf(n.Place(), "%s is refused: the session is read-only", statementName(n))
}

// writes reports whether a statement changes something for others in any case.
func writes(n ast.Statement) bool {
	switch n := n.(type) {
	case *ast.CreateSourceAs, *ast.InsertQuery, *ast.InsertValues, *ast.Terminate, *ast.Pause, *ast.Resume:
		return true
	case *ast.DropSource:
		return n.DeleteTopic
	default:
		return false
	}
}

// toldReadOnly tells which statement would have written, if that is what is wrong with it.
func toldReadOnly(n ast.Statement, err error) error {
	kept, ok := errors.AsType[*broker.ReadOnlyError](err)
	if !ok {
		return err
	}
	return source.Errorf(n.Place(), "%s is refused: the session is read-only", statementName(n)).
		WithDetail("Otherwise %s.", kept.Change)
}

// statementName returns the words by which a statement that writes is known.
func statementName(n ast.Statement) string {
	switch n := n.(type) {
	case *ast.CreateSource:
		return "CREATE " + n.Kind.String()
	case *ast.CreateSourceAs:
		return "CREATE " + n.Kind.String() + " ... AS SELECT"
	case *ast.AlterSource:
		return "ALTER " + n.Kind.String()
	case *ast.DropSource:
		if n.DeleteTopic {
			return "DROP " + n.Kind.String() + " ... DELETE TOPIC"
		}
		return "DROP " + n.Kind.String()
	case *ast.InsertQuery:
		return "INSERT INTO ... SELECT"
	case *ast.InsertValues:
		return "INSERT INTO ... VALUES"
	case *ast.CreateType:
		return "CREATE TYPE"
	case *ast.DropType:
		return "DROP TYPE"
	case *ast.Terminate:
		return "TERMINATE"
	case *ast.Pause:
		return "PAUSE"
	case *ast.Resume:
		return "RESUME"
	default:
		return "The statement"
	}
}

// readOnlyRegistry knows the schemas of a registry and refuses to change it.
type readOnlyRegistry struct{ serde.Registry }

// Register implements serde.Registry.
func (readOnlyRegistry) Register(_ context.Context, subject string, _ registry.Schema) (int, error) {
	return 0, &broker.ReadOnlyError{Change: fmt.Sprintf("a schema of the subject %s would be registered", subject)}
}

// Delete implements serde.Registry.
func (readOnlyRegistry) Delete(_ context.Context, subject string) error {
	return &broker.ReadOnlyError{Change: fmt.Sprintf("the subject %s would be deleted", subject)}
}
