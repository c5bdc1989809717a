package exec

import (
	"maps"
	"slices"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/types"
)

// Functions is the answer of SHOW FUNCTIONS.
type Functions struct {
	Head
	// Functions are in the order of their categories and, within, their names.
	Functions []FunctionName `json:"functions"`
}

// FunctionName is one function in a list.
type FunctionName struct {
	Name     string `json:"name"`
	Type     string `json:"type"` // SCALAR, AGGREGATE or TABLE
	Category string `json:"category"`
}

// Blocks returns a table, with a blank row between categories, and a hint.
func (f *Functions) Blocks() []Block {
	table := &Table{Header: []string{"Function Name", "Category"}}
	for i, function := range f.Functions {
		if i > 0 && function.Category != f.Functions[i-1].Category {
			table.Rows = append(table.Rows, []string{"", ""})
		}
		table.Rows = append(table.Rows, []string{function.Name, function.Category})
	}
	return []Block{
		{Table: table},
		lines("For detailed information about a function, run: DESCRIBE FUNCTION <Function Name>;"),
	}
}

// Properties is the answer of SHOW PROPERTIES.
type Properties struct {
	Head
	Properties []Property `json:"properties"`
	// Overwritten are the names of those that are set, Default the names of the
	// others.
	Overwritten []string `json:"overwrittenProperties"`
	Default     []string `json:"defaultProperties"`
}

// Property is one property and its value in force.
type Property struct {
	Name  string       `json:"name"`
	Scope config.Scope `json:"scope"`
	// Value is nil for NULL.
	Value *string `json:"value"`
	// Editable says that a session can set it.
	Editable bool `json:"editable"`
	// Level says who has set it, empty for the default.
	Level config.Level `json:"level"`
}

// Blocks returns one table.
func (p *Properties) Blocks() []Block {
	table := &Table{Header: []string{"Property", "Scope", "Default override", "Effective Value"}}
	for _, property := range p.Properties {
		value := "NULL"
		if property.Value != nil {
			value = *property.Value
		}
		table.Rows = append(table.Rows, []string{property.Name, string(property.Scope), string(property.Level), value})
	}
	return []Block{{Table: table}}
}

// Fields returns the same table, in which a property without a value is NULL, as is the level of a default.
func (p *Properties) Fields() (table *Fields, beside []Block) {
	table = &Fields{Header: p.Blocks()[0].Table.Header}
	for _, property := range p.Properties {
		level := new(string(property.Level))
		if property.Level == config.Standard {
			level = nil
		}
		table.Rows = append(table.Rows, []*string{&property.Name, new(string(property.Scope)), level, property.Value})
	}
	return table, nil
}

// TypeList is the answer of SHOW TYPES.
type TypeList struct {
	Head
	// Types are what the names stand for.
	Types map[string]TypeInfo `json:"types"`

	named map[string]*types.Type
}

// Blocks returns one table.
func (t *TypeList) Blocks() []Block {
	table := &Table{Header: []string{"Type Name", "Schema"}}
	for _, name := range slices.Sorted(maps.Keys(t.named)) {
		table.Rows = append(table.Rows, []string{name, described(t.named[name])})
	}
	return []Block{{Table: table}}
}

// Variables is the answer of SHOW VARIABLES.
type Variables struct {
	Head
	Variables []Variable `json:"variables"`
}

// Variable is one variable of the session, its name as it was defined.
type Variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Blocks returns one table.
func (v *Variables) Blocks() []Block {
	table := &Table{Header: []string{"Variable Name", "Value"}}
	for _, variable := range v.Variables {
		table.Rows = append(table.Rows, []string{variable.Name, variable.Value})
	}
	return []Block{{Table: table}}
}

// Fields returns the same table, in which an empty value is an empty text.
func (v *Variables) Fields() (table *Fields, beside []Block) {
	table = &Fields{Header: v.Blocks()[0].Table.Header}
	for _, variable := range v.Variables {
		table.Rows = append(table.Rows, []*string{&variable.Name, &variable.Value})
	}
	return table, nil
}

// CreateStatements is the answer of SHOW CREATE.
type CreateStatements struct {
	Head
	// Statements end with a semicolon and stand in the order in which they are to
	// be executed.
	Statements []string `json:"statements"`
}

// Blocks returns the statements, one a line.
func (c *CreateStatements) Blocks() []Block {
	if len(c.Statements) == 0 {
		return nil
	}
	return []Block{{Text: c.Statements, Verbatim: true}}
}
