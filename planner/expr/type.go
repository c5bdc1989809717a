package expr

import (
	"maps"
	"slices"
	"strconv"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/types"
)

// simpleTypes are the types without parameters, by all of their names.
var simpleTypes = map[string]*types.Type{
	"BOOLEAN": types.Boolean, "INT": types.Int, "INTEGER": types.Int, "BIGINT": types.Bigint, "DOUBLE": types.Double,
	"STRING": types.String, "VARCHAR": types.String, "BYTES": types.Bytes,
	"DATE": types.Date, "TIME": types.Time, "TIMESTAMP": types.Timestamp,
}

// ResolveType returns the type that is written. Named finds the types made by
// CREATE TYPE; nil means that there are none.
func ResolveType(t *ast.Type, named func(name string) (*types.Type, bool)) (*types.Type, error) {
	switch t.Form {
	case ast.ArrayType:
		elems, err := resolveTypes(t.Elements, named)
		if err != nil {
			return nil, err
		}
		return types.ArrayOf(elems[0]), nil
	case ast.MapType:
		elems, err := resolveTypes(t.Elements, named)
		if err != nil {
			return nil, err
		}
		return types.MapOf(elems[0], elems[1]), nil
	case ast.StructType:
		return resolveStruct(t, named)
	}
	return resolveName(t, named)
}

// resolveTypes is ResolveType for a list.
func resolveTypes(list []*ast.Type, named func(string) (*types.Type, bool)) ([]*types.Type, error) {
	resolved := make([]*types.Type, len(list))
	for i, t := range list {
		var err error
		if resolved[i], err = ResolveType(t, named); err != nil {
			return nil, err
		}
	}
	return resolved, nil
}

// resolveStruct resolves the fields of a STRUCT.
func resolveStruct(t *ast.Type, named func(string) (*types.Type, bool)) (*types.Type, error) {
	fields := make([]types.Field, len(t.Fields))
	for i, f := range t.Fields {
		typ, err := ResolveType(f.Type, named)
		if err != nil {
			return nil, err
		}
		for _, earlier := range fields[:i] {
			if earlier.Name == f.Name.Text {
				return nil, source.Errorf(f.Span, "Duplicate field names found in STRUCT: '%s'", f.Name.Text)
			}
		}
		fields[i] = types.Field{Name: f.Name.Text, Type: typ}
	}
	return types.StructOf(fields...), nil
}

// resolveName resolves a simple type or one made by CREATE TYPE. The length in
// VARCHAR(100) is read and means nothing.
func resolveName(t *ast.Type, named func(string) (*types.Type, bool)) (*types.Type, error) {
	name := t.Name.Text
	if name == "DECIMAL" {
		return resolveDecimal(t)
	}
	if simple, ok := simpleTypes[name]; ok {
		if len(t.Params) > 0 && name != "VARCHAR" && name != "STRING" {
			return nil, source.Errorf(t.Span, "Type %s takes no parameters", name)
		}
		return simple, nil
	}
	if named != nil {
		if typ, ok := named(name); ok {
			return typ, nil
		}
	}
	err := source.Errorf(t.Span, "Cannot resolve unknown type: %s", name)
	if near := source.Similar(name, simpleTypeNames()); near != "" {
		err.WithDetail("Did you mean %s?", near)
	}
	return nil, err
}

// simpleTypeNames lists what a mistyped name may have meant.
func simpleTypeNames() []string {
	return append(slices.Sorted(maps.Keys(simpleTypes)), "DECIMAL")
}

// resolveDecimal reads the precision and the scale, both of which are required.
func resolveDecimal(t *ast.Type) (*types.Type, error) {
	if len(t.Params) != 2 {
		return nil, source.Errorf(t.Span, "DECIMAL needs a precision and a scale: DECIMAL(10, 2)")
	}
	precision, err1 := strconv.Atoi(t.Params[0])
	scale, err2 := strconv.Atoi(t.Params[1])
	if err1 != nil || err2 != nil {
		return nil, source.Errorf(t.Span, "DECIMAL needs numbers as precision and scale, not (%s, %s)", t.Params[0], t.Params[1])
	}
	if err := types.CheckDecimal(precision, scale); err != nil {
		return nil, source.Errorf(t.Span, "%s", err)
	}
	return types.DecimalOf(precision, scale), nil
}
