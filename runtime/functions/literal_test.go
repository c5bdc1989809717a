package functions_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// This file evaluates calls over literals, with just enough overload
// resolution for examples and goldens.

// typed is a value and its type.
type typed struct {
	value data.Value
	typ   *types.Type
	unit  string // of an interval unit
}

// evaluator evaluates the text of an expression. Errors of the text itself
// panic, errors of functions are returned.
type evaluator struct {
	registry *functions.Registry
	env      *functions.Env
	rest     string
}

func newEvaluator() *evaluator {
	now := time.UnixMilli(1_700_000_000_123)
	return &evaluator{
		registry: functions.New(),
		env:      &functions.Env{Arena: &data.Arena{}, Now: func() time.Time { return now }},
	}
}

// errEvaluation is the kind of error that a function returns.
type evaluationError struct{ error }

// eval evaluates a whole text.
func (e *evaluator) eval(text string) (result typed, err error) {
	defer func() {
		if r := recover(); r != nil {
			failure, ok := r.(evaluationError)
			if !ok {
				panic(fmt.Sprintf("%s: %v", text, r))
			}
			err = failure.error
		}
	}()
	e.rest = text
	result = e.expression()
	if strings.TrimSpace(e.rest) != "" {
		panic("left over: " + e.rest)
	}
	return result, nil
}

func (e *evaluator) accept(token string) bool {
	e.rest = strings.TrimLeft(e.rest, " ")
	if !strings.HasPrefix(e.rest, token) {
		return false
	}
	e.rest = e.rest[len(token):]
	return true
}

func (e *evaluator) expect(token string) {
	if !e.accept(token) {
		panic("no " + token + " at " + e.rest)
	}
}

// take returns the longest front of the rest whose bytes are all in set.
func (e *evaluator) take(in func(byte) bool) string {
	e.rest = strings.TrimLeft(e.rest, " ")
	n := 0
	for n < len(e.rest) && in(e.rest[n]) {
		n++
	}
	word := e.rest[:n]
	e.rest = e.rest[n:]
	return word
}

func wordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func (e *evaluator) expression() typed {
	e.rest = strings.TrimLeft(e.rest, " ")
	switch c := e.rest[0]; {
	case c == '\'':
		return typed{value: data.String(e.quoted()), typ: types.String}
	case c == '-' || c >= '0' && c <= '9':
		return e.number()
	}
	switch word := e.take(wordByte); word {
	case "NULL":
		return typed{typ: types.Null}
	case "TRUE", "FALSE":
		return typed{value: data.Boolean(word == "TRUE"), typ: types.Boolean}
	case "ARRAY":
		return e.array()
	case "MAP":
		return e.mapping()
	case "CAST":
		return e.cast()
	case "NAN", "INFINITY":
		return typed{value: data.Double(map[string]float64{"NAN": math.NaN(), "INFINITY": math.Inf(1)}[word]), typ: types.Double}
	default:
		if e.accept("(") {
			return e.call(word)
		}
		return typed{value: data.String(word), typ: types.Null, unit: word}
	}
}

func (e *evaluator) quoted() string {
	var out strings.Builder
	e.rest = e.rest[1:]
	for {
		text, rest, ok := strings.Cut(e.rest, "'")
		if !ok {
			panic("text without end")
		}
		out.WriteString(text)
		e.rest = rest
		if !strings.HasPrefix(e.rest, "'") {
			return out.String()
		}
		out.WriteByte('\'')
		e.rest = e.rest[1:]
	}
}

func (e *evaluator) number() typed {
	text := e.take(func(c byte) bool { return strings.IndexByte("+-.0123456789eE", c) >= 0 })
	switch {
	case strings.ContainsAny(text, "eE"):
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			panic(err)
		}
		return typed{value: data.Double(f), typ: types.Double}
	case strings.Contains(text, "."):
		d, err := types.ParseDecimal(text)
		if err != nil {
			panic(err)
		}
		return typed{value: data.BigDecimal(d.Unscaled), typ: d.Type()}
	}
	i, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(err)
	}
	if int64(int32(i)) == i {
		return typed{value: data.Int(int32(i)), typ: types.Int}
	}
	return typed{value: data.Bigint(i), typ: types.Bigint}
}

func (e *evaluator) list(end string) []typed {
	var list []typed
	for !e.accept(end) {
		list = append(list, e.expression())
		e.accept(",")
	}
	return list
}

func (e *evaluator) array() typed {
	e.expect("[")
	elem := types.Null
	var values []data.Value
	for _, v := range e.list("]") {
		if v.typ.Kind() != types.KindNull {
			elem = v.typ
		}
		values = append(values, v.value)
	}
	return typed{value: data.Array(values), typ: types.ArrayOf(elem)}
}

func (e *evaluator) mapping() typed {
	e.expect("(")
	elem := types.Null
	var entries []data.Entry
	for !e.accept(")") {
		key := e.expression()
		e.expect(":=")
		value := e.expression()
		if value.typ.Kind() != types.KindNull {
			elem = value.typ
		}
		entries = append(entries, data.Entry{Key: key.value, Value: value.value})
		e.accept(",")
	}
	return typed{value: data.Map(entries), typ: types.MapOf(types.String, elem)}
}

func (e *evaluator) cast() typed {
	e.expect("(")
	operand := e.expression()
	e.expect("AS")
	target := e.typeName()
	e.expect(")")
	value, err := convert(operand, target)
	if err != nil {
		panic(err)
	}
	return typed{value: value, typ: target}
}

var namedTypes = map[string]*types.Type{
	"BOOLEAN": types.Boolean, "INT": types.Int, "BIGINT": types.Bigint, "DOUBLE": types.Double, "STRING": types.String,
	"BYTES": types.Bytes, "DATE": types.Date, "TIME": types.Time, "TIMESTAMP": types.Timestamp, "INTEGER": types.Int,
}

func (e *evaluator) typeName() *types.Type {
	switch name := e.take(wordByte); name {
	case "DECIMAL":
		var p, s int
		if _, err := fmt.Sscanf(e.take(func(c byte) bool { return c != ')' }), "(%d,%d", &p, &s); err != nil {
			panic(err)
		}
		e.expect(")")
		return types.DecimalOf(p, s)
	case "ARRAY":
		e.expect("<")
		elem := e.typeName()
		e.expect(">")
		return types.ArrayOf(elem)
	case "MAP":
		e.expect("<STRING, ")
		elem := e.typeName()
		e.expect(">")
		return types.MapOf(types.String, elem)
	default:
		return namedTypes[name]
	}
}

var errNoConversion = errors.New("no such conversion")

func convert(v typed, to *types.Type) (data.Value, error) {
	from := v.typ
	switch {
	case v.value.IsNull() || from.Equal(to):
		return v.value, nil
	case from.Kind() == types.KindString:
		return convertText(v.value.Text(), to)
	case from.Kind().Nested():
		return v.value, nil // of NULLs only
	case !from.Kind().Numeric() || !to.Kind().Numeric():
		return data.Null, fmt.Errorf("%w: %s to %s", errNoConversion, from, to)
	case from.Kind() == types.KindDouble:
		f := v.value.Float64()
		switch to.Kind() {
		case types.KindInt:
			return data.Int(int32(f)), nil
		case types.KindBigint:
			return data.Bigint(int64(f)), nil
		}
		return data.Null, errNoConversion
	}
	return convertExact(v, to)
}

func convertText(s string, to *types.Type) (data.Value, error) {
	var n int64
	var err error
	switch to.Kind() {
	case types.KindDate:
		n, err = types.ParseDate(s)
		return data.Date(n), err
	case types.KindTime:
		n, err = types.ParseTime(s)
		return data.Time(n), err
	case types.KindTimestamp:
		n, err = types.ParseTimestamp(s)
		return data.Timestamp(n), err
	case types.KindBytes:
		b, err := base64.StdEncoding.DecodeString(s)
		return data.Bytes(b), err
	}
	return data.Null, errNoConversion
}

// convertExact converts INTEGER, BIGINT and DECIMAL.
func convertExact(v typed, to *types.Type) (data.Value, error) {
	n := big.NewInt(0)
	if v.typ.Kind() == types.KindDecimal {
		n = v.value.BigUnscaled()
	} else {
		n = big.NewInt(v.value.Int64())
	}
	text := types.FormatDecimal(n.String(), v.typ.Scale())
	switch to.Kind() {
	case types.KindDouble:
		f, err := strconv.ParseFloat(text, 64)
		return data.Double(f), err
	case types.KindBigint:
		return data.Bigint(n.Int64()), nil
	case types.KindInt:
		return data.Int(int32(n.Int64())), nil
	}
	shift := to.Scale() - v.typ.Scale()
	if shift < 0 {
		return data.Null, errNoConversion
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(shift)), nil)
	return data.BigDecimal(new(big.Int).Mul(n, power)), nil
}

// call evaluates the arguments of a call and calls the cheapest overload.
func (e *evaluator) call(name string) typed {
	args := e.list(")")
	f, planned := e.registry.Lookup(name), e.registry.Function(name)
	if f == nil {
		panic("no function " + name)
	}
	best, bestCost := -1, 1<<30
	var letters map[string]*types.Type
	for i, s := range planned.Overloads {
		found := map[string]*types.Type{}
		if cost, ok := cost(s, args, found); ok && cost < bestCost {
			best, bestCost, letters = i, cost, found
		}
	}
	if best < 0 {
		panic("no overload of " + name)
	}
	result, err := e.invoke(f, planned.Overloads[best], best, args, letters)
	if err != nil {
		panic(evaluationError{err})
	}
	return result
}

func (e *evaluator) invoke(f *functions.Function, s *expr.Signature, index int, args []typed, letters map[string]*types.Type) (typed, error) {
	var argTypes []*types.Type
	var values []data.Value
	for i, a := range args {
		t := resolve(param(s, i).Type(), letters, a)
		v := a.value
		if a.unit == "" {
			var err error
			if v, err = convert(a, t); err != nil {
				return typed{}, err
			}
		}
		argTypes, values = append(argTypes, t), append(values, v)
	}
	result := resolve(s.Result(), letters, typed{typ: firstDecimal(argTypes)})
	if o := f.Overloads[index]; o.Result != nil {
		var err error
		if result, err = o.Result(argTypes); err != nil {
			return typed{}, err
		}
	}
	call, err := f.Overloads[index].Bind(functions.Binding{Args: argTypes, Result: result})
	if err != nil {
		return typed{}, err
	}
	value, err := call(e.env, values)
	return typed{value: value, typ: result}, err
}

// firstDecimal is the type of a DECIMAL result.
func firstDecimal(args []*types.Type) *types.Type {
	for _, t := range args {
		if t != nil && t.Kind() == types.KindDecimal {
			return t
		}
	}
	return types.Null
}

func param(s *expr.Signature, i int) expr.Param { return s.Params[min(i, len(s.Params)-1)] }

// resolve returns the type that a parameter has for an argument.
func resolve(param string, letters map[string]*types.Type, arg typed) *types.Type {
	switch {
	case letters[param] != nil:
		return letters[param]
	case len(param) == 1:
		return types.Null
	case param == "INTERVALUNIT":
		return nil
	case param == "DECIMAL" && arg.typ.Kind() == types.KindBigint:
		return types.DecimalOf(19, 0)
	case param == "DECIMAL" && arg.typ.Kind() != types.KindDecimal:
		return types.DecimalOf(10, 0)
	case param == "DECIMAL":
		return arg.typ
	case strings.HasPrefix(param, "ARRAY<"):
		return types.ArrayOf(resolve(param[6:len(param)-1], letters, typed{typ: types.Null}))
	case strings.HasPrefix(param, "MAP<STRING, "):
		return types.MapOf(types.String, resolve(param[12:len(param)-1], letters, typed{typ: types.Null}))
	case strings.HasPrefix(param, "STRUCT<"):
		return arg.typ
	}
	return namedTypes[param]
}

// cost returns how far the arguments are from a signature's parameters.
func cost(s *expr.Signature, args []typed, letters map[string]*types.Type) (int, bool) {
	last := len(s.Params) - 1
	variadic := last >= 0 && s.Params[last].Variadic
	if len(args) != len(s.Params) && (!variadic || len(args) < last) {
		return 0, false
	}
	total := 0
	if variadic {
		total = 1
	}
	for i, a := range args {
		c, ok := distance(param(s, i).Type(), a, letters)
		if !ok {
			return 0, false
		}
		total += 2 * c
	}
	return total, true
}

func distance(param string, arg typed, letters map[string]*types.Type) (int, bool) {
	t := arg.typ
	switch {
	case param == "INTERVALUNIT":
		return 0, arg.unit != ""
	case t.Kind() == types.KindNull:
		return 0, arg.unit == ""
	case len(param) == 1:
		if letters[param] == nil {
			letters[param] = t
		}
		return 0, t.Equal(letters[param])
	case strings.HasPrefix(param, "ARRAY<"):
		if t.Kind() != types.KindArray {
			return 0, false
		}
		return distance(param[6:len(param)-1], typed{typ: t.Elem()}, letters)
	case strings.HasPrefix(param, "MAP<STRING, "):
		if t.Kind() != types.KindMap {
			return 0, false
		}
		return distance(param[12:len(param)-1], typed{typ: t.Elem()}, letters)
	}
	return castDistance(param, t.Kind())
}

// castDistance is the number of implicit casts from a kind to a type.
func castDistance(param string, from types.Kind) (int, bool) {
	order := []string{"INT", "BIGINT", "DECIMAL", "DOUBLE"}
	name := from.String()
	if name == "INTEGER" {
		name = "INT"
	}
	if name == param {
		return 0, true
	}
	if from == types.KindString {
		return 1, param == "DATE" || param == "TIME" || param == "TIMESTAMP" || param == "BYTES"
	}
	i, j := indexOf(order, name), indexOf(order, param)
	return j - i, i >= 0 && j > i
}

func indexOf(list []string, s string) int {
	for i, x := range list {
		if x == s {
			return i
		}
	}
	return -1
}
