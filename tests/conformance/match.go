package conformance

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
)

// This file is the comparison of a decoded value with an expected one. A decoded
// value is nil, bool, *big.Int, float64, Decimal, string, []byte, []any or
// map[string]any; an expected one is a tree.

// match reports whether an actual value is the expected one. Nothing is forgiven
// but what the corpus itself relies on:
//
//   - null fields must be there, in any order, and no others;
//   - a name may be written in lower case where the field is in upper case;
//   - an expected null fits a field of another name, as long as the counts agree;
//   - an integer is compared after the fraction of the expected number is cut off;
//   - a double may differ by less than a millionth;
//   - a decimal must agree in digits and scale, save that a number written with
//     an exponent may be the same float64: some are old Java's, not the shortest.
func match(actual, expected any) bool { return difference("", actual, expected) == "" }

// difference says where the first difference lies and what it is, "" for none.
func difference(path string, actual, expected any) string {
	switch e := expected.(type) {
	case *Object:
		return objectDifference(path, actual, e)
	case []any:
		return arrayDifference(path, actual, e)
	}
	if scalarMatches(actual, expected) {
		return ""
	}
	return fmt.Sprintf("%s: %s, not %s", orRoot(path), show(actual), textOf(expected))
}

func orRoot(path string) string {
	if path == "" {
		return "the whole"
	}
	return strings.TrimPrefix(path, ".")
}

func objectDifference(path string, actual any, expected *Object) string {
	record, ok := actual.(map[string]any)
	if !ok {
		return fmt.Sprintf("%s: %s, not an object", orRoot(path), show(actual))
	}
	if len(record) != len(expected.Names) {
		return fmt.Sprintf("%s: %d fields, not %d: %s", orRoot(path), len(record), len(expected.Names), show(actual))
	}
	for _, name := range expected.Names {
		field := record[name]
		if field == nil {
			field = record[strings.ToUpper(name)]
		}
		if d := difference(path+"."+name, field, expected.Members[name]); d != "" {
			return d
		}
	}
	return ""
}

func arrayDifference(path string, actual any, expected []any) string {
	elems, ok := actual.([]any)
	if !ok {
		return fmt.Sprintf("%s: %s, not an array", orRoot(path), show(actual))
	}
	if len(elems) != len(expected) {
		return fmt.Sprintf("%s: %d elements, not %d: %s", orRoot(path), len(elems), len(expected), show(actual))
	}
	for i := range expected {
		if d := difference(fmt.Sprintf("%s[%d]", path, i), elems[i], expected[i]); d != "" {
			return d
		}
	}
	return ""
}

func scalarMatches(actual, expected any) bool {
	switch e := expected.(type) {
	case nil:
		return actual == nil
	case bool:
		a, ok := actual.(bool)
		return ok && a == e
	case string:
		return textMatches(actual, e)
	case json.Number:
		return numberMatches(actual, e.String())
	}
	return false
}

func textMatches(actual any, expected string) bool {
	switch a := actual.(type) {
	case string:
		return a == expected
	case []byte:
		return base64.StdEncoding.EncodeToString(a) == expected
	case Decimal:
		e, ok := parseDecimal(expected)
		return ok && a.equal(e)
	}
	return false
}

func numberMatches(actual any, expected string) bool {
	e, ok := parseDecimal(expected)
	if !ok {
		return false
	}
	switch a := actual.(type) {
	case *big.Int:
		return a.Cmp(e.truncated()) == 0
	case float64:
		return math.Abs(a-e.float()) < 1e-6
	case Decimal:
		if !isFraction(expected) && e.Unscaled.IsInt64() {
			return a.Scale <= 0 && a.truncated().Cmp(e.Unscaled) == 0
		}
		return a.equal(e) || strings.ContainsAny(expected, "eE") && a.float() == e.float()
	}
	return false
}

// show writes an actual value for people.
func show(actual any) string {
	switch a := actual.(type) {
	case nil:
		return "null"
	case string:
		return fmt.Sprintf("%q", a)
	case []byte:
		return "bytes " + base64.StdEncoding.EncodeToString(a)
	case float64:
		return fmt.Sprintf("double %v", a)
	case map[string]any:
		return showRecord(a)
	case []any:
		parts := make([]string, len(a))
		for i, elem := range a {
			parts[i] = show(elem)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(actual)
}

func showRecord(record map[string]any) string {
	parts := make([]string, 0, len(record))
	for _, name := range slices.Sorted(maps.Keys(record)) {
		parts = append(parts, name+"="+show(record[name]))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
