package functions

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestManyNames checks objects with more names than are looked up one by one.
func TestManyNames(t *testing.T) {
	t.Parallel()
	var document strings.Builder
	for i := range 100 {
		fmt.Fprintf(&document, `,"n%d":%d`, i, i)
	}
	n, err := parseJSON("{" + document.String()[1:] + `,"n50":"again"}`)
	if err != nil {
		t.Fatal(err)
	}
	if len(n.names) != 100 || n.field("n99").text != "99" || n.field("n50").text != "again" || n.field("n100").kind != jsonMissing {
		t.Errorf("%d names, n99 is %s, n50 is %s", len(n.names), n.field("n99").text, n.field("n50").text)
	}
}

// TestDeepNesting checks that JSON may be nested, but not without end.
func TestDeepNesting(t *testing.T) {
	t.Parallel()
	for depth, fails := range map[int]bool{jsonDepth: false, 10_000: true, 1_000_000: true} {
		if _, err := parseJSON(strings.Repeat("[", depth) + strings.Repeat("]", depth)); (err != nil) != fails {
			t.Errorf("%d levels: %v", depth, err)
		}
	}
}

// FuzzParseJSON checks against encoding/json what is JSON, and what is written of it.
func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{`{"a": [1, -2.5e3, true, null, "x\u00e9\ud83d\ude00\n"]}`, `[[[]]]`, `"\ud83d"`, `01`, ` {"a":1,"a":{}} `} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := parseJSON(s)
		valid := err == nil && n.kind != jsonMissing
		if valid != json.Valid([]byte(s)) && !errors.Is(err, errJSONDepth) {
			t.Fatalf("%q: valid is %v (%v)", s, valid, err)
		}
		if !valid {
			return
		}
		out := n.append(nil)
		again, err := parseJSON(string(out))
		if err != nil || string(again.append(nil)) != string(out) {
			t.Fatalf("%q became %q, which became %q (%v)", s, out, again.append(nil), err)
		}
	})
}
