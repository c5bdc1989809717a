package exec

import (
	"fmt"
	"strconv"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// Inference is what was found in the records of a topic whose columns no statement lists.
type Inference struct {
	// Statement makes the same source without looking at the topic.
	Statement string `json:"statement"`
	// Records is how many records were looked at, those without a value included.
	Records int `json:"records"`
	// Unfit is how many values the columns cannot hold: they are no JSON objects.
	Unfit  int             `json:"unfit"`
	Fields []InferredField `json:"fields"`
	// Example is a query that names a column which has to be written in back-quotes; empty if none has to.
	Example string `json:"example,omitempty"`
}

// InferredField is a column, or a field within one.
type InferredField struct {
	// Path leads to it: address.city, items[].price.
	Path string `json:"path"`
	// Type is empty for a member that is no column.
	Type string `json:"type"`
	// Share is the part of the records that have it, from 0 to 1.
	Share float64 `json:"share"`
	// Note says what is unusual, such as types that do not go together.
	Note string `json:"note,omitempty"`
}

// newInferredFields tells of what was found in that many records.
func newInferredFields(found serde.Inferred, records int) []InferredField {
	fields := make([]InferredField, len(found.Fields))
	for i, f := range found.Fields {
		fields[i] = InferredField{Path: f.Path, Share: float64(f.Records) / float64(records), Note: f.Note}
		if f.Type != nil {
			fields[i].Type = briefType(f.Type)
		}
	}
	return fields
}

// briefType is a type without the fields of a STRUCT, which are told by themselves.
func briefType(t *types.Type) string {
	switch t.Kind() {
	case types.KindArray:
		return "ARRAY<" + briefType(t.Elem()) + ">"
	case types.KindMap:
		return "MAP<" + briefType(t.Key()) + ", " + briefType(t.Elem()) + ">"
	case types.KindDecimal:
		return t.String()
	default:
		return t.Kind().String()
	}
}

// blocks lays the inference out: the statement, and the fields with how many records have them.
func (i *Inference) blocks() []Block {
	rows := make([][]string, len(i.Fields))
	for n, f := range i.Fields {
		rows[n] = []string{f.Path, f.Type, percent(f.Share), f.Note}
	}
	about := "Columns inferred from the newest " + strconv.Itoa(i.Records) + " records; the statement that says the same:"
	if i.Records == 1 {
		about = "Columns inferred from the only record; the statement that says the same:"
	}
	blocks := []Block{
		lines(about),
		{Text: []string{i.Statement}, Verbatim: true},
		{Table: &Table{Header: []string{"Field", "Type", "Records", "Note"}, Rows: rows}},
	}
	if i.Example != "" {
		blocks = append(blocks, lines("Names with small letters or signs in them are written in back-quotes: "+i.Example))
	}
	if i.Unfit > 0 {
		blocks = append(blocks, lines(fmt.Sprintf("%d of the records cannot be read like this and will be skipped.", i.Unfit)))
	}
	return blocks
}

// percent is a share as text; one that is neither nothing nor all never looks like it.
func percent(share float64) string {
	switch {
	case share > 0 && share < 0.01:
		return "< 1 %"
	case share > 0.99 && share < 1:
		return "> 99 %"
	}
	return strconv.FormatFloat(100*share, 'f', 0, 64) + " %"
}
