package exec

import (
	"errors"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/config"
)

// Confirmation is the answer of a statement that is about the session alone. It
// is a line of text.
type Confirmation struct {
	Head
	Message string `json:"message"`
}

func newConfirmation(text string) *Confirmation {
	return &Confirmation{Head: Head{Type: "confirmation"}, Message: text}
}

// Blocks returns the line.
func (c *Confirmation) Blocks() []Block { return []Block{lines(c.Message)} }

// set is SET.
func (s *Session) set(n *ast.Set) (Entity, error) {
	name := n.Property.Value
	before, again := s.properties.Override(name)
	if err := s.SetProperty(name, n.Value.Value); err != nil {
		return nil, misplaced(err, n)
	}
	value, _ := s.properties.Override(name)
	if again {
		return newConfirmation("Successfully changed local property '" + name + "' from '" + before + "' to '" + value + "'."), nil
	}
	return newConfirmation("Successfully changed local property '" + name + "' to '" + value + "'. " +
		"Use the UNSET command to revert your change."), nil
}

// misplaced tells a fault of a property at the half of the SET that has it.
func misplaced(err error, n *ast.Set) error {
	place := n.Property.Span
	if _, ok := errors.AsType[*config.ValueError](err); ok {
		place = n.Value.Span
	}
	return source.Errorf(place, "%s", err.Error())
}

// unset is UNSET. What the process has set is then in force again.
func (s *Session) unset(n *ast.Unset) (Entity, error) {
	name := n.Property.Value
	value, set := s.properties.Override(name)
	if !set {
		return nil, source.Errorf(n.Property.Span, "Cannot unset local property '%s' which was never set in the first place", name)
	}
	s.properties = s.properties.Without(name)
	return newConfirmation("Successfully unset local property '" + name + "' (value was '" + value + "')."), nil
}

// undefine is UNDEFINE.
func (s *Session) undefine(st Statement, n *ast.Undefine) Entity {
	name := strings.ToUpper(n.Name.Text)
	if _, ok := s.variables[name]; !ok {
		return newConfirmation("Cannot undefine variable '" + st.spelled(n.Name) + "' which was never defined.")
	}
	delete(s.variables, name)
	delete(s.spellings, name)
	return nil
}
