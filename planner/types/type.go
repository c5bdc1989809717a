// Package types says what can be said about data before any arrives: SQL types,
// decimals as literals, columns and schemas. Everything here is immutable once
// made and safe to share between goroutines.
package types

import (
	"fmt"
	"strings"
)

// Kind names a family of SQL types. The zero Kind is that of an untyped NULL.
type Kind uint8

// The kinds of SQL types. Null is the type of the literal NULL alone; no column has it.
const (
	KindNull Kind = iota
	KindBoolean
	KindInt
	KindBigint
	KindDouble
	KindDecimal
	KindString
	KindBytes
	KindDate
	KindTime
	KindTimestamp
	KindArray
	KindMap
	KindStruct
)

var kindNames = [...]string{
	KindNull: "NULL", KindBoolean: "BOOLEAN", KindInt: "INTEGER", KindBigint: "BIGINT", KindDouble: "DOUBLE",
	KindDecimal: "DECIMAL", KindString: "STRING", KindBytes: "BYTES", KindDate: "DATE", KindTime: "TIME",
	KindTimestamp: "TIMESTAMP", KindArray: "ARRAY", KindMap: "MAP", KindStruct: "STRUCT",
}

// String returns the SQL name of the kind, such as INTEGER.
func (k Kind) String() string { return kindNames[k] }

// Numeric reports whether values of the kind are numbers.
func (k Kind) Numeric() bool { return k >= KindInt && k <= KindDecimal }

// Temporal reports whether values of the kind are dates or times.
func (k Kind) Temporal() bool { return k >= KindDate && k <= KindTimestamp }

// Nested reports whether values of the kind hold other values.
func (k Kind) Nested() bool { return k >= KindArray }

// Type is a SQL type. Types are compared with [Type.Equal], not with ==.
type Type struct {
	kind             Kind
	precision, scale int
	key, elem        *Type
	fields           []Field
}

// Field is a member of a STRUCT. Names keep their case.
type Field struct {
	Name string
	Type *Type
}

// The types without parameters. Null is the type of the literal NULL.
var (
	Null      = &Type{kind: KindNull}
	Boolean   = &Type{kind: KindBoolean}
	Int       = &Type{kind: KindInt}
	Bigint    = &Type{kind: KindBigint}
	Double    = &Type{kind: KindDouble}
	String    = &Type{kind: KindString}
	Bytes     = &Type{kind: KindBytes}
	Date      = &Type{kind: KindDate}
	Time      = &Type{kind: KindTime}
	Timestamp = &Type{kind: KindTimestamp}
)

// DecimalOf returns DECIMAL(precision, scale). The caller has checked that
// precision ≥ 1 and 0 ≤ scale ≤ precision (see [CheckDecimal]).
func DecimalOf(precision, scale int) *Type {
	return &Type{kind: KindDecimal, precision: precision, scale: scale}
}

// ArrayOf returns ARRAY<elem>.
func ArrayOf(elem *Type) *Type { return &Type{kind: KindArray, elem: elem} }

// MapOf returns MAP<key, value>.
func MapOf(key, value *Type) *Type { return &Type{kind: KindMap, key: key, elem: value} }

// StructOf returns STRUCT<fields…>.
func StructOf(fields ...Field) *Type { return &Type{kind: KindStruct, fields: fields} }

// CheckDecimal says what is wrong with DECIMAL(precision, scale), or nil.
func CheckDecimal(precision, scale int) error {
	switch {
	case precision < 1:
		return fmt.Errorf("DECIMAL precision must be >= 1: DECIMAL(%d,%d)", precision, scale)
	case scale < 0:
		return fmt.Errorf("DECIMAL scale must be >= 0: DECIMAL(%d,%d)", precision, scale)
	case scale > precision:
		return fmt.Errorf("DECIMAL precision must be >= scale: DECIMAL(%d,%d)", precision, scale)
	}
	return nil
}

// Kind returns the type's family.
func (t *Type) Kind() Kind { return t.kind }

// Precision returns the number of digits of a DECIMAL.
func (t *Type) Precision() int { return t.precision }

// Scale returns the number of digits behind the point of a DECIMAL, 0 for every other type.
func (t *Type) Scale() int { return t.scale }

// Key returns the key type of a MAP, else nil.
func (t *Type) Key() *Type { return t.key }

// Elem returns the element type of an ARRAY or the value type of a MAP, else nil.
func (t *Type) Elem() *Type { return t.elem }

// Fields returns the members of a STRUCT in order. The caller must not change them.
func (t *Type) Fields() []Field { return t.fields }

// FieldIndex returns the position of the STRUCT member of exactly that name, or -1.
func (t *Type) FieldIndex(name string) int {
	for i, f := range t.fields {
		if f.Name == name {
			return i
		}
	}
	return -1
}

// Equal reports whether both are the same type: decimals of the same precision
// and scale, structs of the same fields in the same order.
func (t *Type) Equal(u *Type) bool {
	if t == u {
		return true
	}
	if t == nil || u == nil || t.kind != u.kind || t.precision != u.precision || t.scale != u.scale ||
		len(t.fields) != len(u.fields) {
		return false
	}
	for i, f := range t.fields {
		if f.Name != u.fields[i].Name || !f.Type.Equal(u.fields[i].Type) {
			return false
		}
	}
	return t.key.Equal(u.key) && t.elem.Equal(u.elem)
}

// String returns the type in SQL, with the names that ksqlDB prints: INTEGER,
// DECIMAL(4, 2), MAP<STRING, BIGINT>, STRUCT<`A` INTEGER>.
func (t *Type) String() string {
	switch t.kind {
	case KindDecimal:
		return fmt.Sprintf("DECIMAL(%d, %d)", t.precision, t.scale)
	case KindArray:
		return "ARRAY<" + t.elem.String() + ">"
	case KindMap:
		return "MAP<" + t.key.String() + ", " + t.elem.String() + ">"
	case KindStruct:
		return t.structString(func(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" })
	}
	return t.kind.String()
}

func (t *Type) structString(quote func(string) string) string {
	if len(t.fields) == 0 {
		return "STRUCT< >" // <> is an operator
	}
	parts := make([]string, len(t.fields))
	for i, f := range t.fields {
		parts[i] = quote(f.Name) + " " + f.Type.String()
	}
	return "STRUCT<" + strings.Join(parts, ", ") + ">"
}

// Contains reports whether the type is of kind k or holds a type of kind k at any depth.
func (t *Type) Contains(k Kind) bool {
	if t == nil {
		return false
	}
	if t.kind == k || t.key.Contains(k) || t.elem.Contains(k) {
		return true
	}
	for _, f := range t.fields {
		if f.Type.Contains(k) {
			return true
		}
	}
	return false
}
