package expr

import (
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/types"
)

// Expr is a typed expression, ready to be compiled. Expressions are immutable
// and may be shared.
//
//sumtype:decl
type Expr interface {
	// Type returns the type of the expression's value. It is [types.Null] for
	// the literal NULL alone.
	Type() *types.Type
	// String returns the expression as ksqlDB prints it: operators in
	// brackets, and without the casts that it did not say.
	String() string

	expr()
}

// Literal is a constant. Value is nil for NULL, a bool, an int64 (INTEGER,
// BIGINT, and days or milliseconds of DATE, TIME and TIMESTAMP), a float64, a
// [types.Decimal] at the type's scale, a string, or a []byte, which must not be changed.
type Literal struct {
	Value any
	typ   *types.Type
}

// Column is a column of the record at hand.
type Column struct {
	// Source is the alias of the column's source where names have to be told
	// apart, else empty.
	Source string
	Name   string
	// Ref is the column's place. A pseudo column lies in [types.InPseudo] and
	// its index is its [types.Pseudo].
	Ref types.Ref
	typ *types.Type
}

// NewColumn returns a reference to a column.
func NewColumn(source string, name string, ref types.Ref, typ *types.Type) *Column {
	return &Column{Source: source, Name: name, Ref: ref, typ: typ}
}

// Arithmetic is + - * / or % on two numbers. Operands of INTEGER, BIGINT and
// DOUBLE are of the result's type; DECIMALs keep their own precision and scale.
type Arithmetic struct {
	Op          ast.Op
	Left, Right Expr
	typ         *types.Type
}

// Negate is a number with its sign changed.
type Negate struct{ Operand Expr }

// Comparison is any operator of [ast.Comparison]. Both operands are of the
// same type. The result is never NULL: a comparison with NULL is FALSE, apart
// from IS [NOT] DISTINCT FROM, for which NULL is a value.
type Comparison struct {
	Op          ast.Op
	Left, Right Expr
}

// Logical is AND or OR. The right side counts, and can fail, only where the left does not decide.
type Logical struct {
	Op          ast.Op
	Left, Right Expr
}

// Not is NOT operand.
type Not struct{ Operand Expr }

// IsNull is operand IS [NOT] NULL.
type IsNull struct {
	Operand Expr
	Not     bool
}

// In is operand [NOT] IN (list). All are of the same type; NULLs never match.
type In struct {
	Operand Expr
	List    []Expr
	Not     bool
}

// Between is operand [NOT] BETWEEN low AND high. All are of the same type; a
// NULL among them makes BETWEEN false.
type Between struct {
	Operand, Low, High Expr
	Not                bool
}

// Like is operand [NOT] LIKE pattern: % stands for any text, _ for one
// character, and what follows Escape for itself.
type Like struct {
	Operand, Pattern Expr
	Escape           string // one character, or empty
	Not              bool
}

// Case is CASE with conditions. Only the result of the first true condition is
// computed; without any, and without Else, it is NULL.
type Case struct {
	Whens []When
	Else  Expr // nil if there is none
	typ   *types.Type
}

// When is one condition of a [Case] and its result.
type When struct{ Condition, Result Expr }

// Cast is a conversion to another type.
type Cast struct {
	Operand Expr
	// Implicit tells that nobody wrote it.
	Implicit bool
	typ      *types.Type
}

// Call is a call of one overload of a function.
type Call struct {
	Function *Function
	// Overload is the index of the chosen overload in Function.Overloads.
	Overload int
	// Args are of the types of the overload's parameters; a [Lambda] may be among them.
	Args []Expr
	// Plus says that it was written as +, between two texts. It is another expression
	// then than the call by name, so a GROUP BY has to be repeated as it was written.
	Plus bool
	typ  *types.Type
}

// Lambda is a function written as an argument. Its variables lie in the slots
// of the frame from First on, one for each parameter.
type Lambda struct {
	Params []string
	First  int
	Body   Expr
}

// Variable is a lambda's parameter in its body.
type Variable struct {
	Name string
	Slot int
	typ  *types.Type
}

// Subscript is an element of an ARRAY, counted from 1 or from the end with
// -1, or of a MAP. It is NULL if there is no such element.
type Subscript struct{ Operand, Index Expr }

// Field is a field of a STRUCT; that of NULL is NULL.
type Field struct {
	Operand Expr
	Index   int
}

// Array is the constructor of an ARRAY; all elements are of its element type.
type Array struct {
	Elements []Expr
	typ      *types.Type
}

// Map is the constructor of a MAP: Keys and Values go together.
type Map struct {
	Keys, Values []Expr
	typ          *types.Type
}

// Struct is the constructor of a STRUCT; Values are in the order of its fields.
type Struct struct {
	Values []Expr
	typ    *types.Type
}

// Type returns the literal's type.
func (e *Literal) Type() *types.Type { return e.typ }

// Type returns the column's type.
func (e *Column) Type() *types.Type { return e.typ }

// Type returns the type of the result.
func (e *Arithmetic) Type() *types.Type { return e.typ }

// Type returns the operand's type.
func (e *Negate) Type() *types.Type { return e.Operand.Type() }

// Type returns BOOLEAN.
func (e *Comparison) Type() *types.Type { return types.Boolean }

// Type returns BOOLEAN.
func (e *Logical) Type() *types.Type { return types.Boolean }

// Type returns BOOLEAN.
func (e *Not) Type() *types.Type { return types.Boolean }

// Type returns BOOLEAN.
func (e *IsNull) Type() *types.Type { return types.Boolean }

// Type returns BOOLEAN.
func (e *In) Type() *types.Type { return types.Boolean }

// Type returns BOOLEAN.
func (e *Between) Type() *types.Type { return types.Boolean }

// Type returns BOOLEAN.
func (e *Like) Type() *types.Type { return types.Boolean }

// Type returns the type of all results.
func (e *Case) Type() *types.Type { return e.typ }

// Type returns the type that the operand is converted to.
func (e *Cast) Type() *types.Type { return e.typ }

// Type returns the type of the call's result.
func (e *Call) Type() *types.Type { return e.typ }

// Type returns the type of the body.
func (e *Lambda) Type() *types.Type { return e.Body.Type() }

// Type returns the variable's type.
func (e *Variable) Type() *types.Type { return e.typ }

// Type returns the element type of the operand.
func (e *Subscript) Type() *types.Type { return e.Operand.Type().Elem() }

// Type returns the field's type.
func (e *Field) Type() *types.Type { return e.field().Type }

// field returns the name and type that Index stands for.
func (e *Field) field() types.Field { return e.Operand.Type().Fields()[e.Index] }

// Type returns the type of the ARRAY.
func (e *Array) Type() *types.Type { return e.typ }

// Type returns the type of the MAP.
func (e *Map) Type() *types.Type { return e.typ }

// Type returns the type of the STRUCT.
func (e *Struct) Type() *types.Type { return e.typ }

func (*Literal) expr()    {}
func (*Column) expr()     {}
func (*Arithmetic) expr() {}
func (*Negate) expr()     {}
func (*Comparison) expr() {}
func (*Logical) expr()    {}
func (*Not) expr()        {}
func (*IsNull) expr()     {}
func (*In) expr()         {}
func (*Between) expr()    {}
func (*Like) expr()       {}
func (*Case) expr()       {}
func (*Cast) expr()       {}
func (*Call) expr()       {}
func (*Lambda) expr()     {}
func (*Variable) expr()   {}
func (*Subscript) expr()  {}
func (*Field) expr()      {}
func (*Array) expr()      {}
func (*Map) expr()        {}
func (*Struct) expr()     {}

// NullOf returns a NULL of a type.
func NullOf(typ *types.Type) *Literal { return &Literal{typ: typ} }
