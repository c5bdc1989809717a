package serde

import (
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file makes columns of the JSON values that were sampled.

// inference finds types for what was sampled, and tells of each field.
type inference struct {
	side  catalog.Side
	found *Inferred
}

// columns returns the columns for the members of the root.
func (i inference) columns(root *jsonSampled) []types.Column {
	var columns []types.Column
	for _, f := range i.fields("", root) {
		columns = append(columns, types.Column{Name: f.Name, Type: f.Type})
	}
	if root.rest != nil {
		i.tell(SampledField{Path: "…", Records: root.rest.records, Note: "left out: members beyond the first 1000"})
	}
	return columns
}

// fields returns the fields for the members of objects.
func (i inference) fields(path string, at *jsonSampled) []types.Field {
	var fields []types.Field
	for _, m := range at.members {
		if m.alike.areOne(path == "") {
			if m == m.alike.members[0] {
				fields = append(fields, i.oneField(path, at, m.alike))
			}
			continue
		}
		if reason := unfitName(path == "", m.name); reason != "" {
			i.tell(SampledField{Path: path + m.name, Records: m.records, Note: "left out: " + reason})
			continue
		}
		fields = append(fields, types.Field{Name: m.name, Type: i.field(path+m.name, m.alike.readBy(m))})
	}
	return fields
}

// unfitName says why a member cannot be a column or field, nothing if it can.
func unfitName(column bool, name string) string {
	_, pseudo := types.FindPseudo(name)
	switch {
	case name == "":
		return "it has no name"
	case column && pseudo:
		return "the name is reserved"
	case strings.Contains(name, "${"):
		return "the name would be read as a variable"
	}
	return ""
}

// field returns the type for a place and tells of it, and of the fields in it.
func (i inference) field(path string, at *jsonSampled) *types.Type {
	index := len(i.found.Fields)
	i.tell(SampledField{Path: path, Records: at.records})
	t, note := i.typeOf(path, at)
	i.found.Fields[index].Type, i.found.Fields[index].Note = t, note
	return t
}

func (i inference) tell(f SampledField) { i.found.Fields = append(i.found.Fields, f) }

// typeOf returns the type for a place, and what is unusual there.
func (i inference) typeOf(path string, at *jsonSampled) (t *types.Type, note string) {
	kind, ok := at.kind()
	switch {
	case !ok:
		return types.String, "no one type: " + kindCounts(at.counts)
	case kind == jsonNull:
		return types.String, "nothing but null"
	case kind == jsonDeeper:
		return types.String, jsonSampleKindNames[jsonDeeper]
	case kind == jsonArrays:
		return i.arrayOf(path, at)
	case kind == jsonObjects:
		return i.objectOf(path, at)
	}
	return [...]*types.Type{
		jsonBooleans: types.Boolean, jsonIntegers: types.Int, jsonBigints: types.Bigint, jsonDoubles: types.Double, jsonTexts: types.String,
	}[kind], ""
}

// arrayOf returns the type of arrays. Only fields of elements are told; what is unusual about
// the elements is about the array.
func (i inference) arrayOf(path string, at *jsonSampled) (t *types.Type, note string) {
	if at.elem == nil {
		return types.ArrayOf(types.String), "nothing but empty arrays"
	}
	elem, note := i.typeOf(path+"[]", at.elem)
	return types.ArrayOf(elem), note
}

// objectOf returns the type of objects.
func (i inference) objectOf(path string, at *jsonSampled) (t *types.Type, note string) {
	if i.side == catalog.ValueSide && at.isMap() {
		value, note := i.typeOf(path+"{}", at.values())
		return types.MapOf(types.String, value), note
	}
	if at.rest != nil {
		return types.String, "more than 1000 different members"
	}
	told := len(i.found.Fields)
	fields := i.fields(path+".", at)
	if len(fields) == 0 {
		i.found.Fields = slices.Delete(i.found.Fields, told, len(i.found.Fields))
		return types.String, "nothing but empty objects"
	}
	return types.StructOf(fields...), ""
}
