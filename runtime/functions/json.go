package functions

import (
	"errors"
	"slices"
	"strconv"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

func jsonFunctions() []Function {
	document := Arg{"json", "The JSON document; what is none is an error, unless said otherwise."}
	return []Function{
		{
			Name: "EXTRACTJSONFIELD", Elsewhere: []string{"JSON_VALUE", "JSON_EXTRACT", "JSON_QUERY", "GET_JSON_OBJECT"}, Doc: "Returns the value at a path of a JSON document: a text without its quotes, all else as JSON. NULL if there is nothing there; a null in the document gives the text null.",
			Args:      []Arg{{"input", "The JSON document."}, {"path", "The path: $ and then .name, [n] or [\"name\"]."}},
			Overloads: []Overload{bound("(input STRING, path STRING) STRING", extractJSON)},
			Examples: []Example{
				{`EXTRACTJSONFIELD('{"a": {"b": [1, "x"]}}', '$.a.b[1]')`, "'x'"},
				{`EXTRACTJSONFIELD('{"a": {"b": [1, "x"]}}', '$.a')`, `'{"b":[1,"x"]}'`},
				{`EXTRACTJSONFIELD('{"a": null}', '$.a')`, "'null'"},
				{`EXTRACTJSONFIELD('{"a": 1}', '$.b')`, "NULL"},
				{`EXTRACTJSONFIELD('{"a": 1', '$.a')`, Fails},
			},
		},
		{
			Name: "IS_JSON_STRING", Doc: "Tells whether text is a JSON document. FALSE for NULL and for empty text.",
			Args:      []Arg{{"input", "The text."}},
			Overloads: []Overload{call("(input STRING) BOOLEAN", isJSON).passNulls()},
			Examples:  []Example{{"IS_JSON_STRING('[1, 2]')", "TRUE"}, {"IS_JSON_STRING('abc')", "FALSE"}, {"IS_JSON_STRING(NULL)", "FALSE"}},
		},
		{
			Name: "JSON_ARRAY_CONTAINS", Doc: "Tells whether a JSON array holds a value: a number without a fraction for an INT or BIGINT, one with a fraction for a DOUBLE, a text, a truth value or null. FALSE for what is no JSON array.",
			Args:      []Arg{{"jsonArray", "The JSON array."}, {"val", "The value to find."}},
			Overloads: []Overload{bound("(jsonArray STRING, val T) BOOLEAN", containsJSON).passNulls()},
			Examples:  []Example{{`JSON_ARRAY_CONTAINS('[1, 2, "x"]', 2)`, "TRUE"}, {`JSON_ARRAY_CONTAINS('[1, 2, "x"]', '2')`, "FALSE"}},
		},
		{
			Name: "JSON_ARRAY_LENGTH", Doc: "Returns the number of elements of a JSON array, NULL for any other document.",
			Args:      []Arg{document},
			Overloads: []Overload{call("(json STRING) INT", jsonArrayLength)},
			Examples:  []Example{{"JSON_ARRAY_LENGTH('[1, [2, 3]]')", "2"}, {"JSON_ARRAY_LENGTH('7')", "NULL"}},
		},
		{
			Name: "JSON_CONCAT", Doc: "Merges JSON objects, the last of several values of the same name counting; or else joins arrays, to which all other documents count as arrays of one element. A NULL gives NULL.",
			Args:      []Arg{{"jsonStrings", "The JSON documents."}},
			Overloads: []Overload{call("(jsonStrings STRING...) STRING", concatJSON)},
			Examples: []Example{
				{`JSON_CONCAT('{"a": 1}', '{"a": 2, "b": 3}')`, `'{"a":2,"b":3}'`},
				{`JSON_CONCAT('[1, 2]', '{"a": 1}', '3')`, `'[1,2,{"a":1},3]'`},
			},
		},
		{
			Name: "JSON_ITEMS", Doc: "Returns the elements of a JSON array, each as JSON. A document that is no array is an error.",
			Args:      []Arg{{"jsonItems", "The JSON array."}},
			Overloads: []Overload{call("(jsonItems STRING) ARRAY<STRING>", jsonItems)},
			Examples:  []Example{{`JSON_ITEMS('[1, "x", {"a": null}]')`, `ARRAY['1', '"x"', '{"a":null}']`}, {"JSON_ITEMS('1')", Fails}},
		},
		{
			Name: "JSON_KEYS", Doc: "Returns the names of a JSON object in order, NULL for any other document.",
			Args:      []Arg{{"jsonObj", "The JSON object."}},
			Overloads: []Overload{call("(jsonObj STRING) ARRAY<STRING>", jsonKeys)},
			Examples:  []Example{{`JSON_KEYS('{"b": 1, "a": {}}')`, "ARRAY['b', 'a']"}, {"JSON_KEYS('[]')", "NULL"}},
		},
		{
			Name: "JSON_RECORDS", Doc: "Returns a JSON object as a map: a text without its quotes, all else as JSON. NULL for any other document.",
			Args:      []Arg{{"jsonObj", "The JSON object."}},
			Overloads: []Overload{call("(jsonObj STRING) MAP<STRING, STRING>", jsonRecords)},
			Examples:  []Example{{`JSON_RECORDS('{"a": 1, "b": "x"}')`, "MAP('a' := '1', 'b' := 'x')"}},
		},
		{
			Name: "TO_JSON_STRING", Doc: "Returns any value as JSON: fields and map entries in the order of their names, dates and times as text, a TIME without its milliseconds, BYTES in base64. NULL gives the text null.",
			Args:      []Arg{{"val", "The value."}},
			Overloads: []Overload{bound("(val T) STRING", toJSON).passNulls()},
			Examples:  []Example{{"TO_JSON_STRING(ARRAY[1, 2])", "'[1,2]'"}, {"TO_JSON_STRING(CAST('12:30' AS TIME))", `'"12:30"'`}, {"TO_JSON_STRING(NULL)", "'null'"}},
		},
	}
}

// textOf returns a text without quotes, and anything else as JSON.
func textOf(env *Env, n *jsonNode) data.Value {
	if n.kind == jsonText {
		return data.String(n.text)
	}
	return data.StringBytes(n.append(buffer(env, 64)))
}

// extractJSON is EXTRACTJSONFIELD. Its path hardly ever changes from row to row.
func extractJSON(*Binding) (Func, error) {
	paths := newMemo(compileJSONPath)
	return func(env *Env, args []data.Value) (data.Value, error) {
		path, err := paths.of(args[1].Text())
		if err != nil {
			return data.Null, err
		}
		document, err := parseJSON(args[0].Text())
		if err != nil {
			return data.Null, err
		}
		if n := path.find(&document); n.kind != jsonMissing {
			return textOf(env, n), nil
		}
		return data.Null, nil
	}, nil
}

func isJSON(_ *Env, args []data.Value) (data.Value, error) {
	if args[0].IsNull() {
		return data.Boolean(false), nil
	}
	n, err := parseJSON(args[0].Text())
	return data.Boolean(err == nil && n.kind != jsonMissing), nil
}

// containsJSON is JSON_ARRAY_CONTAINS for a type of value.
func containsJSON(b *Binding) (Func, error) {
	kind := b.Args[1].Kind()
	return func(_ *Env, args []data.Value) (data.Value, error) {
		if args[0].IsNull() {
			return data.Boolean(false), nil
		}
		document, err := parseJSON(args[0].Text())
		found := err == nil && document.kind == jsonArray && slices.ContainsFunc(document.elems, func(n jsonNode) bool {
			return sameJSON(&n, args[1], kind)
		})
		return data.Boolean(found), nil
	}, nil
}

// sameJSON reports whether a JSON value is a value of that kind.
func sameJSON(n *jsonNode, v data.Value, kind types.Kind) bool {
	if v.IsNull() {
		return n.kind == jsonNull
	}
	switch kind {
	case types.KindBoolean:
		return n.kind == jsonTrue && v.Bool() || n.kind == jsonFalse && !v.Bool()
	case types.KindString:
		return n.kind == jsonText && n.text == v.Text()
	case types.KindInt, types.KindBigint:
		i, err := strconv.ParseInt(n.text, 10, 64)
		return n.kind == jsonNumber && err == nil && i == v.Int64()
	case types.KindDouble:
		if _, err := strconv.ParseInt(n.text, 10, 64); err == nil || n.kind != jsonNumber {
			return false
		}
		f, err := strconv.ParseFloat(n.text, 64)
		return err == nil && f == v.Float64()
	}
	return false
}

func jsonArrayLength(_ *Env, args []data.Value) (data.Value, error) {
	n, err := parseJSON(args[0].Text())
	if err != nil || n.kind != jsonArray {
		return data.Null, err
	}
	return data.Int(int32(len(n.elems))), nil
}

var (
	errNoJSON  = errors.New("empty text is no JSON document")
	errNoArray = errors.New("the JSON document is no array")
)

// concatJSON is JSON_CONCAT: one document that is no object makes the result an array.
func concatJSON(env *Env, args []data.Value) (data.Value, error) {
	if len(args) == 0 {
		return data.Null, nil
	}
	documents := make([]jsonNode, len(args))
	result := jsonNode{kind: jsonObject}
	for i, a := range args {
		var err error
		if documents[i], err = parseJSON(a.Text()); err != nil {
			return data.Null, err
		}
		switch documents[i].kind {
		case jsonMissing:
			return data.Null, errNoJSON
		case jsonObject:
		default:
			result.kind = jsonArray
		}
	}
	for i := range documents {
		result.merge(&documents[i])
	}
	return data.StringBytes(result.append(buffer(env, 64))), nil
}

// merge adds what is in m, an object to an object, anything to an array.
func (n *jsonNode) merge(m *jsonNode) {
	switch {
	case n.kind == jsonObject:
		for i, name := range m.names {
			n.set(name, m.elems[i])
		}
	case m.kind == jsonArray:
		n.elems = append(n.elems, m.elems...)
	default:
		n.elems = append(n.elems, *m)
	}
}

func jsonItems(env *Env, args []data.Value) (data.Value, error) {
	n, err := parseJSON(args[0].Text())
	if err != nil {
		return data.Null, err
	}
	if n.kind != jsonArray {
		return data.Null, errNoArray
	}
	items := env.Arena.Values(len(n.elems))
	for i := range n.elems {
		items[i] = data.StringBytes(n.elems[i].append(buffer(env, 64)))
	}
	return data.Array(items), nil
}

func jsonKeys(env *Env, args []data.Value) (data.Value, error) {
	n, err := parseJSON(args[0].Text())
	if err != nil || n.kind != jsonObject {
		return data.Null, err
	}
	return texts(env, n.names), nil
}

func jsonRecords(env *Env, args []data.Value) (data.Value, error) {
	n, err := parseJSON(args[0].Text())
	if err != nil || n.kind != jsonObject {
		return data.Null, err
	}
	entries := make([]data.Entry, len(n.names))
	for i, name := range n.names {
		entries[i] = data.Entry{Key: data.String(name), Value: textOf(env, &n.elems[i])}
	}
	return data.Map(entries), nil
}
