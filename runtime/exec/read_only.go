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
	name, always := writing(n)
	if !e.options.ReadOnly || !always {
		return nil
	}
	return source.Errorf(n.Place(), "%s is refused: the session is read-only", name)
}

// toldReadOnly tells which statement would have written, if that is what is wrong with it.
func toldReadOnly(n ast.Statement, err error) error {
	kept, ok := errors.AsType[*broker.ReadOnlyError](err)
	if !ok {
		return err
	}
	name, _ := writing(n)
	return source.Errorf(n.Place(), "%s is refused: the session is read-only", name).
		WithDetail("Otherwise %s.", kept.Change)
}

// writing returns the words by which a statement that may write is known, and whether it changes something for others
// whatever it says.
func writing(n ast.Statement) (name string, always bool) {
	switch n := n.(type) {
	case *ast.CreateSource:
		return "CREATE " + n.Kind.String(), false
	case *ast.CreateSourceAs:
		return "CREATE " + n.Kind.String() + " ... AS SELECT", true
	case *ast.AlterSource:
		return "ALTER " + n.Kind.String(), false
	case *ast.DropSource:
		if n.DeleteTopic {
			return "DROP " + n.Kind.String() + " ... DELETE TOPIC", true
		}
		return "DROP " + n.Kind.String(), false
	case *ast.InsertQuery:
		return "INSERT INTO ... SELECT", true
	case *ast.InsertValues:
		return "INSERT INTO ... VALUES", true
	case *ast.CreateType:
		return "CREATE TYPE", false
	case *ast.DropType:
		return "DROP TYPE", false
	case *ast.Terminate:
		return "TERMINATE", true
	case *ast.Pause:
		return "PAUSE", true
	case *ast.Resume:
		return "RESUME", true
	default:
		return "The statement", false
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
