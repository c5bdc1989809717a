package parser

import (
	"reflect"

	"github.com/ksqlite/ksqlite/parser/ast"
)

// bare returns a deep copy of a tree in which no name tells whether it was
// quoted, for printing quotes only names that need it. Names that are quoted
// and read the same without quotes are the same name.
func bare(n ast.Node) any {
	return bareValue(reflect.ValueOf(n)).Interface()
}

// bareValue is bare for any value of a tree.
func bareValue(v reflect.Value) reflect.Value {
	to := reflect.New(v.Type()).Elem()
	if n, ok := reflect.TypeAssert[ast.Name](v); ok {
		n.Quoted = false
		return reflect.ValueOf(n)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			to.Set(reflect.New(v.Type().Elem()))
			to.Elem().Set(bareValue(v.Elem()))
		}
	case reflect.Interface:
		if !v.IsNil() {
			to.Set(bareValue(v.Elem()))
		}
	case reflect.Slice:
		for i := range v.Len() {
			to.Set(reflect.Append(to, bareValue(v.Index(i))))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			to.Field(i).Set(bareValue(v.Field(i)))
		}
	default:
		to.Set(v)
	}
	return to
}
