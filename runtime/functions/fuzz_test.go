package functions

import (
	"testing"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// FuzzTexts checks that no text makes a URL, a regular expression, a
// replacement, a JSON path or the cutting of text panic.
func FuzzTexts(f *testing.F) {
	f.Add("http://a@b:1/c?d=%20#e", `[\p{Alpha}&&x]|\Qa\E\h`, 3)
	f.Add(`$.a["b"][1]`, "$1${x}\\", -2)
	f.Add("a😀b\xff", "(😀)|[^]]", 2)
	f.Fuzz(func(t *testing.T, a, b string, n int) {
		if u, err := parseURI(a); err == nil {
			_ = unescape(u.path) + unescape(u.query)
		}
		env := &Env{Arena: &data.Arena{}}
		if re, err := compileRegexp(b); err == nil {
			_, _ = replaceRegexp(env, re, []data.Value{data.String(a), data.String(b), data.String(a)})
		}
		if path, err := compileJSONPath(a); err == nil {
			path.find(&jsonNode{kind: jsonArray})
		}
		_ = substring(env, a, int32(n), int32(len(b)))
		_ = find(a, b, n, 2)
		_ = usualMask.apply(env, a, n, len(a))
		_ = lower(env, a) + upper(env, b) + capitalize(env, a)
	})
}
