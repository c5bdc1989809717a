package functions

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/runtime/data"
)

func stringSplits() []Function {
	return []Function{
		{
			Name: "SPLIT", Elsewhere: []string{"STRING_SPLIT", "STRING_TO_ARRAY"}, Doc: "Splits text or bytes at every delimiter. Empty parts are kept; an empty delimiter splits between all characters or bytes.",
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

// splitText is SPLIT. The parts alias the text; an empty delimiter keeps surrogate pairs together.
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

// splitToMap is SPLIT_TO_MAP. The value of an entry ends at its second key delimiter.
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
