package functions

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds the functions that cut text and bytes, and those that find
// and replace in them.

func stringParts() []Function {
	return []Function{
		{
			Name: "SUBSTRING", Doc: "Returns the part of text or bytes that starts at a position, up to its end or of a given length. " +
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
			Name: "INSTR", Doc: "Returns the position of a text within another, 0 if it is not there or an argument is NULL. " +
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
			Name: "LPAD", Doc: "Fills text or bytes up to a length from the left, or cuts what is longer off at the right. " +
				"NULL if the length is negative or the padding empty.",
			Args:      padArgs(),
			Overloads: pads(true),
			Examples:  []Example{{"LPAD('7', 3, '0')", "'007'"}, {"LPAD('stream', 3, '0')", "'str'"}, {"LPAD('7', 3, '')", "NULL"}},
		},
		{
			Name: "RPAD", Doc: "Fills text or bytes up to a length from the right, or cuts what is longer off. " +
				"NULL if the length is negative or the padding empty.",
			Args:      padArgs(),
			Overloads: pads(false),
			Examples:  []Example{{"RPAD('ab', 7, 'xyz')", "'abxyzxy'"}, {"RPAD('ab', -1, 'x')", "NULL"}},
		},
		{
			Name: "REPLACE", Doc: "Replaces every occurrence of a text within another.",
			Args:      []Arg{{"str", "The text to replace in."}, {"oldStr", "The text to find."}, {"newStr", "The text to put in its place."}},
			Overloads: []Overload{env3("(str STRING, oldStr STRING, newStr STRING) STRING", replaceAll)},
			Examples:  []Example{{"REPLACE('popcorn', 'o', '0')", "'p0pc0rn'"}},
		},
		{
			Name: "SPLIT", Doc: "Splits text or bytes at every delimiter. Empty parts are kept; an empty delimiter splits between all characters or bytes.",
			Args: []Arg{{"value", "The text or bytes to split."}, {"delimiter", "What separates the parts."}},
			Overloads: []Overload{
				env2("(value STRING, delimiter STRING) ARRAY<STRING>", splitText),
				env2("(value BYTES, delimiter BYTES) ARRAY<BYTES>", splitBytes),
			},
			Examples: []Example{
				{"SPLIT('a,,c', ',')", "ARRAY['a', '', 'c']"},
				{"SPLIT('abc', '')", "ARRAY['a', 'b', 'c']"},
				{"SPLIT('', ',')", "ARRAY['']"},
			},
		},
		{
			Name: "SPLIT_TO_MAP", Doc: "Splits text into entries, and each entry into key and value. An entry without the second delimiter is left out; " +
				"of entries with the same key the last counts. NULL if a delimiter is empty or both are the same.",
			Args: []Arg{
				{"input", "The text to split."},
				{"entryDelimiter", "What separates the entries."},
				{"kvDelimiter", "What separates key and value."},
			},
			Overloads: []Overload{env3("(input STRING, entryDelimiter STRING, kvDelimiter STRING) MAP<STRING, STRING>", splitToMap)},
			Examples: []Example{
				{"SPLIT_TO_MAP('a:1/b:2', '/', ':')", "MAP('a' := '1', 'b' := '2')"},
				{"SPLIT_TO_MAP('a:1', ':', ':')", "NULL"},
			},
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

func padArgs() []Arg {
	return []Arg{{"input", "The text or bytes to pad."}, {"targetLen", "The length of the result."}, {"padding", "What to fill up with, repeated as needed."}}
}

// longestText is the most bytes that a function fills up text or bytes to: a
// length that comes from data must not take all memory.
const longestText = 64 << 20

// pads is the overloads of LPAD and RPAD.
func pads(left bool) []Overload {
	return []Overload{
		call("(input STRING, targetLen INT, padding STRING) STRING", func(env *Env, args []data.Value) (data.Value, error) {
			s, n, padding := args[0].Text(), int(args[1].Int64()), args[2].Text()
			if n < 0 || padding == "" {
				return data.Null, nil
			}
			have := units(s)
			if n <= have {
				return data.String(cut(env, s, 0, n)), nil
			}
			whole := units(padding)
			times, rest := (n-have)/whole, cut(env, padding, 0, (n-have)%whole)
			out, err := pad(env, s, padding, rest, times, left)
			return data.String(out), err
		}),
		call("(input BYTES, targetLen INT, padding BYTES) BYTES", func(env *Env, args []data.Value) (data.Value, error) {
			b, n, padding := args[0].Raw(), int(args[1].Int64()), args[2].Raw()
			if n < 0 || len(padding) == 0 {
				return data.Null, nil
			}
			if n <= len(b) {
				return data.Bytes(b[:n]), nil
			}
			missing := n - len(b)
			rest := padding[:missing%len(padding)]
			out, err := pad(env, text(b), text(padding), text(rest), missing/len(padding), left)
			return data.Bytes(raw(out)), err
		}),
	}
}

// pad adds padding that many times, and then rest, before or behind s.
func pad(env *Env, s, padding, rest string, times int, left bool) (string, error) {
	size := len(s) + times*len(padding) + len(rest)
	if size > longestText {
		return "", fmt.Errorf("padding to %d bytes; at most %d are possible", size, longestText)
	}
	out := buffer(env, size)
	if !left {
		out = append(out, s...)
	}
	for range times {
		out = append(out, padding...)
	}
	out = append(out, rest...)
	if left {
		out = append(out, s...)
	}
	return text(out), nil
}

// replaceAll replaces within one pass; nothing is made if there is nothing to replace.
func replaceAll(env *Env, s, old, with string) string {
	if old == "" {
		return strings.ReplaceAll(s, old, with)
	}
	n := strings.Count(s, old)
	if n == 0 {
		return s
	}
	out := buffer(env, len(s)+n*(len(with)-len(old)))
	for range n {
		i := strings.Index(s, old)
		out = append(append(out, s[:i]...), with...)
		s = s[i+len(old):]
	}
	return text(append(out, s...))
}

func splitText(env *Env, s, delimiter string) data.Value {
	if delimiter == "" && s != "" {
		elems := env.Arena.Values(utf8.RuneCountInString(s))
		for i := range elems {
			_, size := utf8.DecodeRuneInString(s)
			elems[i], s = data.String(s[:size]), s[size:]
		}
		return data.Array(elems)
	}
	elems := env.Arena.Values(parts(s, delimiter))
	for i := range elems {
		part, rest, _ := strings.Cut(s, delimiter)
		elems[i], s = data.String(part), rest
	}
	return data.Array(elems)
}

// parts returns the number of parts that a delimiter makes of s.
func parts(s, delimiter string) int {
	if delimiter == "" {
		return 1
	}
	return strings.Count(s, delimiter) + 1
}

func splitBytes(env *Env, b, delimiter []byte) data.Value {
	if len(delimiter) == 0 && len(b) > 0 {
		elems := env.Arena.Values(len(b))
		for i := range b {
			elems[i] = data.Bytes(b[i : i+1])
		}
		return data.Array(elems)
	}
	elems := env.Arena.Values(parts(text(b), text(delimiter)))
	for i := range elems {
		part, rest, _ := bytes.Cut(b, delimiter)
		elems[i], b = data.Bytes(part), rest
	}
	return data.Array(elems)
}

func splitToMap(_ *Env, input, entryDelimiter, kvDelimiter string) data.Value {
	if entryDelimiter == "" || kvDelimiter == "" || entryDelimiter == kvDelimiter {
		return data.Null
	}
	var entries []data.Entry
	for entry := range strings.SplitSeq(input, entryDelimiter) {
		key, rest, ok := strings.Cut(entry, kvDelimiter)
		if !ok {
			continue
		}
		value, _, _ := strings.Cut(rest, kvDelimiter)
		entries = append(entries, data.Entry{Key: data.String(key), Value: data.String(value)})
	}
	return data.Map(entries)
}
