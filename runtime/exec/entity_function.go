package exec

import (
	"strings"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// FunctionDescription is the answer of DESCRIBE FUNCTION.
type FunctionDescription struct {
	Head
	Name        string `json:"name"`
	Description string `json:"description"`
	Author      string `json:"author"`
	Version     string `json:"version"`
	// Path is where ksqlDB found the function's jar: "internal" for what is
	// built in, and here everything is.
	Path       string      `json:"path"`
	Type       string      `json:"type"` // SCALAR, AGGREGATE or TABLE
	Variations []Variation `json:"functions"`
}

// Variation is one way to call a function.
type Variation struct {
	Arguments   []Argument `json:"arguments"`
	Result      string     `json:"returnType"`
	Description string     `json:"description"`
}

// Argument is an argument of a function.
type Argument struct {
	Name string `json:"name"`
	// Type is written as in a signature: a single capital letter is any type.
	Type        string `json:"type"`
	Description string `json:"description"`
	// Variadic says that there may be any number of them.
	Variadic bool `json:"isVariadic"`
}

// newFunctionDescription describes a function by its documentation and by what
// the planner knows of it.
func newFunctionDescription(f *functions.Function, planned *expr.Function) *FunctionDescription {
	d := &FunctionDescription{
		Head: Head{Type: "describe_function"}, Name: f.Name, Description: f.Doc,
		Author: "ksqlite", Path: "internal", Type: functionType(f.Kind),
	}
	for _, signature := range planned.Overloads {
		v := Variation{Arguments: []Argument{}, Result: signature.Result(), Description: f.Doc}
		for _, p := range signature.Params {
			v.Arguments = append(v.Arguments,
				Argument{Name: p.Name, Type: p.Type(), Description: f.Arg(p.Name), Variadic: p.Variadic})
		}
		d.Variations = append(d.Variations, v)
	}
	return d
}

func functionType(k expr.FunctionKind) string { return strings.ToUpper(k.String()) }

// functionWidth is how wide the labels of a function's description are.
const functionWidth = 11

// Blocks returns the description and, indented, each way to call the function.
func (d *FunctionDescription) Blocks() []Block {
	head := Block{LabelWidth: functionWidth, Labels: []Label{
		{"Name", d.Name},
		{"Author", d.Author},
		{"Overview", d.Description},
		{"Type", d.Type},
		{"Jar", d.Path},
		{"Variations", ""},
	}}
	blocks := []Block{head}
	for _, v := range d.Variations {
		blocks = append(blocks, lines(v.lines(d.Name)...))
	}
	return blocks
}

// lines returns the text about one way to call the function.
func (v Variation) lines(name string) []string {
	params := make([]string, len(v.Arguments))
	for i, a := range v.Arguments {
		params[i] = a.Name + " " + a.Type
		if a.Variadic {
			params[i] += "[]"
		}
	}
	text := []string{
		"",
		v.line("Variation", name+"("+strings.Join(params, ", ")+")"),
		v.line("Returns", v.Result),
		v.line("Description", v.Description),
	}
	for _, a := range v.Arguments {
		if a.Description != "" {
			text = append(text, v.line(a.Name, a.Description))
		}
	}
	return text
}

// line is a named value, indented as the whole variation is.
func (Variation) line(label, value string) string {
	pad := max(0, functionWidth-len(label))
	return "\t" + label + strings.Repeat(" ", pad) + " : " + value
}
