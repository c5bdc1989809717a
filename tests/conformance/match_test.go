package conformance

import (
	"math/big"
	"testing"
)

// TestMatchJSON compares JSON as a log holds it with what a case expects.
func TestMatchJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why, actual, expected string
		want                  bool
	}{
		{"null is null", `null`, `null`, true},
		{"null is nothing else", `0`, `null`, false},
		{"a value is not null", `null`, `0`, false},
		{"booleans", `true`, `true`, true},
		{"booleans differ", `true`, `false`, false},
		{"a boolean is no text", `"true"`, `true`, false},
		{"a text is no boolean", `true`, `"true"`, false},
		{"texts", `"a"`, `"a"`, true},
		{"texts keep their case", `"a"`, `"A"`, false},
		{"a number is no text", `1`, `"1"`, false},
		{"an integer is its number", `3`, `3`, true},
		{"an integer against a fraction that is cut off", `3`, `3.0`, true},
		{"cut off, not rounded", `3`, `3.9`, true},
		{"cut off towards zero", `-3`, `-3.9`, true},
		{"an integer against an exponent", `1200`, `1.2e3`, true},
		{"integers differ", `3`, `4`, false},
		{"integers of any size", `123456789012345678901`, `123456789012345678901`, true},
		{"a decimal and its text", `1.50`, `"1.50"`, true},
		{"a decimal of another scale in text", `1.5`, `"1.50"`, false},
		{"a decimal is a fraction of its scale", `1.50`, `1.50`, true},
		{"the scale counts", `1.5`, `1.50`, false},
		{"a decimal is no integer literal", `1.0`, `1`, false},
		{"a decimal without digits behind the point is an integer", `1E+3`, `1000`, true},
		{"a double prints as in Java", `1.0E12`, `1.0E12`, true},
		{"another way to print it", `1000000000000.0`, `10.0E11`, true},
		{"only where there is an exponent", `1.00`, `1.0`, false},
		{"old Java printed too many digits", `4.611686018427388E18`, `4.6116860184273879E18`, true},
		{"not a number is a text", `"NaN"`, `"NaN"`, true},
		{"arrays", `[1,"a",null]`, `[1,"a",null]`, true},
		{"arrays keep their order", `[1,2]`, `[2,1]`, false},
		{"arrays keep their length", `[1]`, `[1,1]`, false},
		{"an empty array is not null", `[]`, `null`, false},
		{"fields in any order", `{"A":1,"B":2}`, `{"B":2,"A":1}`, true},
		{"names in lower case", `{"A":1}`, `{"a":1}`, true},
		{"names in upper case find no others", `{"a":1}`, `{"A":1}`, false},
		{"an exact name goes first", `{"a":1,"A":2}`, `{"a":1,"A":2}`, true},
		{"null fields must be listed", `{"A":1,"B":null}`, `{"A":1}`, false},
		{"and must be there", `{"A":1}`, `{"A":1,"B":null}`, false},
		{"null fits a misspelt name", `{"A":1,"B":null}`, `{"A":1,"C":null}`, true},
		{"even one that has a value", `{"A":1,"B":2}`, `{"A":1,"C":null}`, true},
		{"nothing else fits a misspelt name", `{"A":1,"B":2}`, `{"A":1,"C":2}`, false},
		{"nested", `{"A":{"B":[{"C":1.0}]}}`, `{"a":{"b":[{"c":1.0}]}}`, true},
		{"nested scale", `{"A":{"B":[{"C":1.0}]}}`, `{"a":{"b":[{"c":1.00}]}}`, false},
		{"an object is no text", `{"A":1}`, `"{\"A\":1}"`, false},
		{"a text is no object", `"{}"`, `{}`, false},
	} {
		actual, err := jsonCodec{exact: true}.decode([]byte(c.actual))
		if err != nil {
			t.Fatalf("%s: %v", c.why, err)
		}
		checkMatch(t, c.why, actual, c.expected, c.want)
	}
}

// TestMatchTyped compares values that are not JSON.
func TestMatchTyped(t *testing.T) {
	t.Parallel()
	decimal := func(unscaled int64, scale int) Decimal { return Decimal{Unscaled: big.NewInt(unscaled), Scale: scale} }
	for _, c := range []struct {
		why      string
		actual   any
		expected string
		want     bool
	}{
		{"a double and its number", 1.5, `1.5`, true},
		{"a double and an integer", 2.0, `2`, true},
		{"a double that is nearly it", 0.1 + 0.2, `0.3`, true},
		{"a double more than a millionth away", 1.000002, `1`, false},
		{"a double is no text", 1.5, `"1.5"`, false},
		{"bytes are base64", []byte("!"), `"IQ=="`, true},
		{"other bytes", []byte("?"), `"IQ=="`, false},
		{"bytes are not their text", []byte("!"), `"!"`, false},
		{"a decimal of a schema", decimal(150, 2), `"1.50"`, true},
		{"its scale counts", decimal(150, 2), `"1.5"`, false},
		{"a fraction", decimal(150, 2), `1.50`, true},
		{"a text that is no number", decimal(150, 2), `"x"`, false},
		{"an integer literal and no scale", decimal(12, 0), `12`, true},
		{"an integer literal and a negative scale", decimal(12, -1), `120`, true},
		{"an integer literal and a scale", decimal(120, 1), `12`, false},
		{"an integer literal too large for 64 bits", decimal(12, 0), `123456789012345678901`, false},
	} {
		checkMatch(t, c.why, c.actual, c.expected, c.want)
	}
}

func checkMatch(t *testing.T, why string, actual any, expected string, want bool) {
	t.Helper()
	tree, err := parseTree([]byte(expected))
	if err != nil {
		t.Fatalf("%s: %v", why, err)
	}
	if match(actual, tree) != want {
		t.Errorf("%s: match(%s, %s) is not %t", why, show(actual), expected, want)
	}
}

// TestInexact reads fractions as doubles.
func TestInexact(t *testing.T) {
	t.Parallel()
	actual, err := jsonCodec{}.decode([]byte(`{"A":1.5}`))
	if err != nil {
		t.Fatal(err)
	}
	checkMatch(t, "a scale that does not count", actual, `{"A":1.500}`, true)
}

// TestPlain writes fractions without exponents.
func TestPlain(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"1": "1", "-7": "-7", "1.0": "1.0", "0.001": "0.001", "-0.5": "-0.5", "1.0E3": "1000", "1.25E1": "12.5",
		"1E-3": "0.001", "12e2": "1200", "0.0": "0.0",
	} {
		if got := plainNumber(number); got != want {
			t.Errorf("%s is written %s, not %s", number, got, want)
		}
	}
}
