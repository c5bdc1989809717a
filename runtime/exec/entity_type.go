package exec

import (
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// TypeInfo is a type in the form of ksqlDB's REST API.
type TypeInfo struct {
	Type string `json:"type"`
	// Fields are those of a STRUCT, else nil.
	Fields []FieldInfo `json:"fields"`
	// Member is the element of an ARRAY or the value of a MAP, else nil.
	Member *TypeInfo `json:"memberSchema"`
	// Parameters are those of a DECIMAL.
	Parameters *DecimalInfo `json:"parameters,omitempty"`
}

// DecimalInfo is the size of a DECIMAL.
type DecimalInfo struct {
	Precision int `json:"precision"`
	Scale     int `json:"scale"`
}

// FieldInfo is a column of a source or a query, or a field of a STRUCT.
type FieldInfo struct {
	Name   string   `json:"name"`
	Schema TypeInfo `json:"schema"`
	// Type is KEY or HEADER, empty for columns of the value and for fields.
	Type string `json:"type,omitempty"`
	// HeaderKey is the header that fills the column, if it is a single one.
	HeaderKey string `json:"headerKey,omitempty"`
}

// newTypeInfo describes a type for programs. That the key of a MAP is missing is
// ksqlDB's form: there it is always a STRING.
func newTypeInfo(t *types.Type) TypeInfo {
	info := TypeInfo{Type: t.Kind().String()}
	switch t.Kind() {
	case types.KindDecimal:
		info.Parameters = &DecimalInfo{Precision: t.Precision(), Scale: t.Scale()}
	case types.KindArray, types.KindMap:
		member := newTypeInfo(t.Elem())
		info.Member = &member
	case types.KindStruct:
		info.Fields = make([]FieldInfo, len(t.Fields()))
		for i, f := range t.Fields() {
			info.Fields[i] = FieldInfo{Name: f.Name, Schema: newTypeInfo(f.Type)}
		}
	default:
	}
	return info
}

// described returns the type as DESCRIBE prints it: in ksqlDB's shell a STRING is
// VARCHAR(STRING) and names stand without quotes.
func described(t *types.Type) string {
	switch t.Kind() {
	case types.KindString:
		return "VARCHAR(STRING)"
	case types.KindArray:
		return "ARRAY<" + described(t.Elem()) + ">"
	case types.KindMap:
		return "MAP<" + t.Key().String() + ", " + described(t.Elem()) + ">"
	case types.KindStruct:
		parts := make([]string, len(t.Fields()))
		for i, f := range t.Fields() {
			parts[i] = f.Name + " " + described(f.Type)
		}
		return "STRUCT<" + strings.Join(parts, ", ") + ">"
	default:
		return t.String()
	}
}
