package functions

import (
	"errors"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds the functions that put texts together, and those that choose
// among several.

func stringJoins() []Function {
	return []Function{
		{
			Name: "CONCAT", Doc: "Puts texts or bytes one behind the other. NULL arguments are left out; if all are NULL, the result is empty. The operator || does the same.",
			Args: []Arg{{"inputs", "The texts or bytes to join."}},
			Overloads: []Overload{
				call("(inputs STRING...) STRING", concatText).passNulls(),
				call("(inputs BYTES...) BYTES", concatBytes).passNulls(),
			},
			Examples: []Example{
				{"CONCAT('ab', NULL, 'cd')", "'abcd'"},
				{"CONCAT(TO_BYTES('ab', 'utf8'), TO_BYTES('cd', 'utf8'))", "TO_BYTES('abcd', 'utf8')"},
			},
		},
		{
			Name: "CONCAT_WS", Elsewhere: []string{"STRING_JOIN"}, Doc: "Puts texts or bytes one behind the other with a separator, the first argument, between them. NULLs are left out; a NULL separator gives NULL.",
			Args: []Arg{{"inputs", "The separator, followed by what to join."}},
			Overloads: []Overload{
				call("(inputs STRING...) STRING", joinText).passNulls(),
				call("(inputs BYTES...) BYTES", joinBytes).passNulls(),
			},
			Examples: []Example{
				{"CONCAT_WS(', ', 'apple', NULL, 'pear')", "'apple, pear'"},
				{"CONCAT_WS(CAST(NULL AS STRING), 'apple', 'pear')", "NULL"},
				{"CONCAT_WS(', ')", Fails},
			},
		},
		{
			Name: "ELT", Doc: "Returns the text at a position of a list, 1 for the first; NULL if there is no such position.",
			Args:      []Arg{{"n", "The position; a NULL is an error."}, {"args", "The list."}},
			Overloads: []Overload{call("(n INT, args STRING...) STRING", element).passNulls()},
			Examples:  []Example{{"ELT(2, 'red', 'green')", "'green'"}, {"ELT(3, 'red', 'green')", "NULL"}},
		},
		{
			Name: "FIELD", Doc: "Returns the position of a text in a list, 1 for the first; 0 if it is NULL or not there.",
			Args:      []Arg{{"str", "The text to find."}, {"args", "The list."}},
			Overloads: []Overload{call("(str STRING, args STRING...) INT", field).passNulls()},
			Examples:  []Example{{"FIELD('green', 'red', 'green')", "2"}, {"FIELD('blue', 'red', 'green')", "0"}},
		},
	}
}

var errNothingToJoin = errors.New("CONCAT_WS expects at least two input arguments")

func concatText(env *Env, args []data.Value) (data.Value, error) {
	out, err := join(env, nil, args)
	return data.StringBytes(out), err
}

func concatBytes(env *Env, args []data.Value) (data.Value, error) {
	out, err := join(env, nil, args)
	return data.Bytes(out), err
}

func joinText(env *Env, args []data.Value) (data.Value, error) {
	if len(args) < 2 {
		return data.Null, errNothingToJoin
	}
	if args[0].IsNull() {
		return data.Null, nil
	}
	out, err := join(env, args[0].Raw(), args[1:])
	return data.StringBytes(out), err
}

func joinBytes(env *Env, args []data.Value) (data.Value, error) {
	if len(args) < 2 {
		return data.Null, errNothingToJoin
	}
	if args[0].IsNull() {
		return data.Null, nil
	}
	out, err := join(env, args[0].Raw(), args[1:])
	return data.Bytes(out), err
}

// join joins the values that are not NULL.
func join(env *Env, separator []byte, values []data.Value) ([]byte, error) {
	size := 0
	for _, v := range values {
		if !v.IsNull() {
			size += len(v.Raw()) + len(separator)
		}
	}
	if err := checkSize(size); err != nil {
		return nil, err
	}
	out := buffer(env, size)
	first := true
	for _, v := range values {
		if v.IsNull() {
			continue
		}
		if !first {
			out = append(out, separator...)
		}
		out, first = append(out, v.Raw()...), false
	}
	return out, nil
}

// element is ELT. Its index is a Java int in ksqlDB, which is why a NULL is an error.
func element(_ *Env, args []data.Value) (data.Value, error) {
	if args[0].IsNull() {
		return data.Null, errNull
	}
	n := args[0].Int64()
	if n < 1 || n >= int64(len(args)) {
		return data.Null, nil
	}
	return args[n], nil
}

// field is FIELD, which never gives NULL.
func field(_ *Env, args []data.Value) (data.Value, error) {
	if args[0].IsNull() {
		return data.Int(0), nil
	}
	for i, a := range args[1:] {
		if !a.IsNull() && a.Text() == args[0].Text() {
			return data.Int(int32(i + 1)), nil
		}
	}
	return data.Int(0), nil
}
