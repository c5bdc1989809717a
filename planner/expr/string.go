package expr

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/types"
)

// String returns the literal as it would be written: text in quotes.
func (e *Literal) String() string {
	if text, ok := e.Value.(string); ok {
		return ast.QuoteString(text)
	}
	text := e.text()
	switch e.typ.Kind() {
	case types.KindDate, types.KindTime, types.KindTimestamp, types.KindBytes:
		return ast.QuoteString(text)
	}
	return text
}

// text returns the literal as CAST(… AS STRING) does, NULL as the word null.
func (e *Literal) text() string {
	switch v := e.Value.(type) {
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return string(appendWhole(nil, v, e.typ.Kind()))
	case float64:
		return types.FormatDouble(v)
	case types.Decimal:
		return v.String()
	case string:
		return v
	case []byte:
		return base64.StdEncoding.EncodeToString(v)
	}
	return "null"
}

// appendWhole appends a whole number as a value of a kind.
func appendWhole(buf []byte, v int64, kind types.Kind) []byte {
	switch kind {
	case types.KindDate:
		return types.AppendDate(buf, v)
	case types.KindTime:
		return types.AppendTime(buf, v)
	case types.KindTimestamp:
		return types.AppendTimestamp(buf, v)
	}
	return strconv.AppendInt(buf, v, 10)
}

// String returns the column's name, with its source if it has one here.
func (e *Column) String() string {
	name := ast.Name{Text: e.Name}.SQL()
	if e.Source == "" {
		return name
	}
	return ast.Name{Text: e.Source}.SQL() + "." + name
}

// String returns (left op right).
func (e *Arithmetic) String() string { return infix(e.Left, string(e.Op), e.Right) }

// String returns -operand.
func (e *Negate) String() string { return "-" + e.Operand.String() }

// String returns (left op right).
func (e *Comparison) String() string { return infix(e.Left, string(e.Op), e.Right) }

// String returns (left op right).
func (e *Logical) String() string { return infix(e.Left, string(e.Op), e.Right) }

// infix puts an operator between its operands, in brackets: precedence needs no rule then.
func infix(left Expr, op string, right Expr) string {
	return "(" + left.String() + " " + op + " " + right.String() + ")"
}

// String returns (NOT operand).
func (e *Not) String() string { return "(NOT " + e.Operand.String() + ")" }

// String returns (operand IS [NOT] NULL).
func (e *IsNull) String() string {
	if e.Not {
		return "(" + e.Operand.String() + " IS NOT NULL)"
	}
	return "(" + e.Operand.String() + " IS NULL)"
}

// String returns (operand [NOT] IN (list)).
func (e *In) String() string {
	return "(" + e.Operand.String() + negated(e.Not) + " IN (" + list(e.List) + "))"
}

// String returns (operand [NOT] BETWEEN low AND high).
func (e *Between) String() string {
	return "(" + e.Operand.String() + negated(e.Not) + " BETWEEN " + e.Low.String() + " AND " + e.High.String() + ")"
}

// String returns (operand [NOT] LIKE pattern).
func (e *Like) String() string {
	text := "(" + e.Operand.String() + negated(e.Not) + " LIKE " + e.Pattern.String()
	if e.Escape != "" {
		text += " ESCAPE " + ast.QuoteString(e.Escape)
	}
	return text + ")"
}

// negated returns the NOT of a predicate.
func negated(not bool) string {
	if not {
		return " NOT"
	}
	return ""
}

// String returns (CASE WHEN … END).
func (e *Case) String() string {
	var b strings.Builder
	b.WriteString("(CASE")
	for _, w := range e.Whens {
		b.WriteString(" WHEN " + w.Condition.String() + " THEN " + w.Result.String())
	}
	if e.Else != nil {
		b.WriteString(" ELSE " + e.Else.String())
	}
	b.WriteString(" END)")
	return b.String()
}

// String returns CAST(operand AS type), or the operand alone if the cast is implicit.
func (e *Cast) String() string {
	if e.Implicit {
		return e.Operand.String()
	}
	return "CAST(" + e.Operand.String() + " AS " + e.typ.String() + ")"
}

// String returns NAME(arguments), or (left + right).
func (e *Call) String() string {
	if e.Plus {
		return infix(e.Args[0], string(ast.Plus), e.Args[1])
	}
	return e.Function.Name + "(" + list(e.Args) + ")"
}

// String returns (parameters) => body.
func (e *Lambda) String() string {
	params := make([]string, len(e.Params))
	for i, p := range e.Params {
		params[i] = ast.Name{Text: p}.SQL()
	}
	if len(params) == 1 {
		return params[0] + " => " + e.Body.String()
	}
	return "(" + strings.Join(params, ", ") + ") => " + e.Body.String()
}

// String returns the variable's name.
func (e *Variable) String() string { return ast.Name{Text: e.Name}.SQL() }

// String returns operand[index].
func (e *Subscript) String() string { return e.Operand.String() + "[" + e.Index.String() + "]" }

// String returns operand->field.
func (e *Field) String() string {
	return e.Operand.String() + "->" + ast.Name{Text: e.field().Name}.SQL()
}

// String returns ARRAY[elements].
func (e *Array) String() string { return "ARRAY[" + list(e.Elements) + "]" }

// String returns MAP(key:=value, …).
func (e *Map) String() string {
	entries := make([]string, len(e.Keys))
	for i, k := range e.Keys {
		entries[i] = k.String() + ":=" + e.Values[i].String()
	}
	return "MAP(" + strings.Join(entries, ", ") + ")"
}

// String returns STRUCT(name:=value, …).
func (e *Struct) String() string {
	fields := make([]string, len(e.Values))
	for i, v := range e.Values {
		fields[i] = ast.Name{Text: e.typ.Fields()[i].Name}.SQL() + ":=" + v.String()
	}
	return "STRUCT(" + strings.Join(fields, ", ") + ")"
}

// list returns expressions with commas between them.
func list(exprs []Expr) string {
	parts := make([]string, len(exprs))
	for i, e := range exprs {
		parts[i] = e.String()
	}
	return strings.Join(parts, ", ")
}
