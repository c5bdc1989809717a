package functions

import (
	"strings"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds the functions that find, cut out and replace parts of text
// and bytes.

func stringParts() []Function {
	return []Function{
		{
			Name: "SUBSTRING", Elsewhere: []string{"SUBSTR", "MID"}, Doc: "Returns the part of text or bytes that starts at a position, up to its end or of a given length. " +
				"The first position is 1; a negative one counts from the end. What lies outside is left out.",
			Args: []Arg{
				{"value", "The text or bytes."},
				{"pos", "Where the part starts: 1 is the first position, -1 the last; 0 counts as 1."},
				{"length", "How long the part is at most."},
			},
			Overloads: []Overload{
				env2("(value STRING, pos INT) STRING", substringFrom),
				env3("(value STRING, pos INT, length INT) STRING", substring),
				fn2("(value BYTES, pos INT) BYTES", func(b []byte, pos int32) []byte { return b[startIndex(len(b), pos):] }),
				env3("(value BYTES, pos INT, length INT) BYTES", subBytes),
			},
			Examples: []Example{
				{"SUBSTRING('stream', 4)", "'eam'"},
				{"SUBSTRING('stream', 2, 3)", "'tre'"},
				{"SUBSTRING('stream', -3, 2)", "'ea'"},
				{"SUBSTRING('stream', 9)", "''"},
				{"SUBSTRING(TO_BYTES('stream', 'utf8'), 4)", "TO_BYTES('eam', 'utf8')"},
			},
		},
		{
			Name: "INSTR", Elsewhere: []string{"STRPOS", "POSITION", "LOCATE", "CHARINDEX"}, Doc: "Returns the position of a text within another, 0 if it is not there or an argument is NULL. " +
				"The search starts at a position, 1 for the first; from a negative position, which counts from the end, it runs backwards.",
			Args: []Arg{
				{"str", "The text to search."},
				{"substring", "The text to find."},
				{"pos", "Where to start."},
				{"occurrence", "Which of several occurrences to find, 1 for the first."},
			},
			Overloads: []Overload{
				call("(str STRING, substring STRING) INT", position).passNulls(),
				call("(str STRING, substring STRING, pos INT) INT", position).passNulls(),
				call("(str STRING, substring STRING, pos INT, occurrence INT) INT", position).passNulls(),
			},
			Examples: []Example{
				{"INSTR('corporate floor', 'or')", "2"},
				{"INSTR('corporate floor', 'or', 3)", "5"},
				{"INSTR('corporate floor', 'or', -3)", "5"},
				{"INSTR('corporate floor', 'or', 3, 2)", "14"},
				{"INSTR('corporate floor', 'our')", "0"},
			},
		},
		{
			Name: "REPLACE", Doc: "Replaces every occurrence of a text within another.",
			Args:      []Arg{{"str", "The text to replace in."}, {"oldStr", "The text to find."}, {"newStr", "The text to put in its place."}},
			Overloads: []Overload{call("(str STRING, oldStr STRING, newStr STRING) STRING", replaceAll)},
			Examples:  []Example{{"REPLACE('popcorn', 'o', '0')", "'p0pc0rn'"}},
		},
	}
}

// startIndex returns the index of a position within something of length n.
func startIndex(n int, pos int32) int {
	if pos < 0 {
		return max(n+int(pos), 0)
	}
	return max(min(int(pos)-1, n), 0)
}

func substringFrom(env *Env, s string, pos int32) string {
	n := units(s)
	return cut(env, s, startIndex(n, pos), n)
}

func substring(env *Env, s string, pos, length int32) string {
	n := units(s)
	start := startIndex(n, pos)
	return cut(env, s, start, max(min(start+int(length), n), start))
}

// subBytes is substring for bytes; the result aliases them.
func subBytes(_ *Env, b []byte, pos, length int32) []byte {
	start := startIndex(len(b), pos)
	return b[start:max(min(start+int(length), len(b)), start)]
}

// position is INSTR.
func position(_ *Env, args []data.Value) (data.Value, error) {
	if anyNull(args) {
		return data.Int(0), nil
	}
	s, sub, pos, occurrence := args[0].Text(), args[1].Text(), 1, 1
	if len(args) > 2 {
		pos = int(args[2].Int64())
	}
	if len(args) > 3 {
		occurrence = int(args[3].Int64())
	}
	if pos == 0 || occurrence < 1 {
		return data.Int(0), nil
	}
	at := find(s, sub, pos, occurrence)
	if at < 0 {
		return data.Int(0), nil
	}
	return data.Int(int32(units(s[:at]) + 1)), nil
}

// find returns the byte offset of an occurrence of sub, or -1.
func find(s, sub string, pos, occurrence int) int {
	if pos < 0 {
		return findBackwards(s, sub, units(s)+pos, occurrence)
	}
	if pos-1 > units(s) {
		return -1
	}
	at, _ := offset(s, pos-1)
	for {
		i := strings.Index(s[at:], sub)
		if i < 0 || occurrence == 1 {
			return orMissing(at, i)
		}
		if at += i + 1; at > len(s) {
			return -1
		}
		occurrence--
	}
}

func orMissing(at, i int) int {
	if i < 0 {
		return -1
	}
	return at + i
}

// findBackwards finds an occurrence that starts at code unit last or before it.
func findBackwards(s, sub string, last, occurrence int) int {
	if last < 0 {
		return -1
	}
	start, _ := offset(s, last)
	for {
		at := strings.LastIndex(s[:min(start+len(sub), len(s))], sub)
		if at < 0 || occurrence == 1 {
			return at
		}
		if start = at - 1; start < 0 {
			return -1
		}
		occurrence--
	}
}

// replaceAll is REPLACE; nothing is made if there is nothing to replace.
func replaceAll(env *Env, args []data.Value) (data.Value, error) {
	s, old, with := args[0].Text(), args[1].Text(), args[2].Text()
	n := strings.Count(s, old)
	if n == 0 {
		return args[0], nil
	}
	size := len(s) + n*(len(with)-len(old))
	if err := checkSize(size); err != nil {
		return data.Null, err
	}
	if old == "" {
		return data.String(strings.ReplaceAll(s, old, with)), nil
	}
	out := buffer(env, size)
	for range n {
		i := strings.Index(s, old)
		out = append(append(out, s[:i]...), with...)
		s = s[i+len(old):]
	}
	return data.StringBytes(append(out, s...)), nil
}
