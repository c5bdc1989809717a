package functions

import (
	"regexp"

	"github.com/ksqlite/ksqlite/runtime/data"
)

const regexDoc = " The expression is one of Java's without look-around, back references, atomic groups, possessive quantifiers and nested character classes: these are errors."

func regularExpressions() []Function {
	pattern, input := Arg{"pattern", "The regular expression."}, Arg{"input", "The text to search."}
	group := Arg{"group", "The number of the group to return; 0, the whole match, unless given."}
	return []Function{
		{
			Name: "REGEXP_EXTRACT", Elsewhere: []string{"REGEXP_SUBSTR"}, Doc: "Returns what a regular expression first matches in text, NULL if it matches nothing or has no such group." + regexDoc,
			Args: []Arg{pattern, input, group},
			Overloads: []Overload{
				withRegexp("(pattern STRING, input STRING) STRING", 0, extract),
				withRegexp("(pattern STRING, input STRING, group INT) STRING", 0, extract),
			},
			Examples: []Example{
				{"REGEXP_EXTRACT('t.st', 'a test')", "'test'"},
				{"REGEXP_EXTRACT('(\\w+) (\\w+)', 'hello world', 2)", "'world'"},
				{"REGEXP_EXTRACT('x', 'hello')", "NULL"},
				{"REGEXP_EXTRACT('(?=x)', 'hello')", Fails},
			},
		},
		{
			Name: "REGEXP_EXTRACT_ALL", Doc: "Returns everything that a regular expression matches in text, in order." + regexDoc,
			Args: []Arg{pattern, input, group},
			Overloads: []Overload{
				withRegexp("(pattern STRING, input STRING) ARRAY<STRING>", 0, extractAll),
				withRegexp("(pattern STRING, input STRING, group INT) ARRAY<STRING>", 0, extractAll),
			},
			Examples: []Example{
				{"REGEXP_EXTRACT_ALL('b.', 'bat bed')", "ARRAY['ba', 'be']"},
				{"REGEXP_EXTRACT_ALL('(\\w)=(\\d)', 'a=1, b=2', 2)", "ARRAY['1', '2']"},
			},
		},
		{
			Name: "REGEXP_REPLACE", Doc: "Replaces everything that a regular expression matches in text. In the replacement, $1 and ${name} stand for groups and \\ makes the next character stand for itself." + regexDoc,
			Args:      []Arg{{"str", "The text to replace in."}, {"regexp", "The regular expression."}, {"newStr", "The replacement."}},
			Overloads: []Overload{withRegexp("(str STRING, regexp STRING, newStr STRING) STRING", 1, replaceRegexp)},
			Examples: []Example{
				{"REGEXP_REPLACE('2024-02-29', '(\\d+)-(\\d+)-(\\d+)', '$3.$2.$1')", "'29.02.2024'"},
				{"REGEXP_REPLACE('abc', 'b', '$1')", Fails},
			},
		},
		{
			Name: "REGEXP_SPLIT_TO_ARRAY", Doc: "Splits text wherever a regular expression matches. Empty parts are kept; an empty expression splits between all characters." + regexDoc,
			Args:      []Arg{{"str", "The text to split."}, {"regexp", "The regular expression."}},
			Overloads: []Overload{withRegexp("(str STRING, regexp STRING) ARRAY<STRING>", 1, splitRegexp)},
			Examples:  []Example{{"REGEXP_SPLIT_TO_ARRAY('a1b22c', '\\d+')", "ARRAY['a', 'b', 'c']"}, {"REGEXP_SPLIT_TO_ARRAY('abc', '')", "ARRAY['a', 'b', 'c']"}},
		},
	}
}

// withRegexp is an overload whose argument at that index is a regular expression.
func withRegexp(signature string, index int, f func(env *Env, re *regexp.Regexp, args []data.Value) (data.Value, error)) Overload {
	return bound(signature, func(*Binding) (Func, error) {
		compiled := newMemo(compileRegexp)
		return func(env *Env, args []data.Value) (data.Value, error) {
			re, err := compiled.of(args[index].Text())
			if err != nil {
				return data.Null, err
			}
			return f(env, re, args)
		}, nil
	})
}

// groupOf returns the group that the third argument asks for, or 0.
func groupOf(re *regexp.Regexp, args []data.Value) (int, bool) {
	if len(args) < 3 {
		return 0, true
	}
	group := args[2].Int64()
	return int(group), group >= 0 && group <= int64(re.NumSubexp())
}

// matched returns a group of a match, NULL if it is not part of it.
func matched(s string, match []int, group int) data.Value {
	if match[2*group] < 0 {
		return data.Null
	}
	return data.String(s[match[2*group]:match[2*group+1]])
}

func extract(_ *Env, re *regexp.Regexp, args []data.Value) (data.Value, error) {
	group, ok := groupOf(re, args)
	match := re.FindStringSubmatchIndex(args[1].Text())
	if !ok || match == nil {
		return data.Null, nil
	}
	return matched(args[1].Text(), match, group), nil
}

func extractAll(env *Env, re *regexp.Regexp, args []data.Value) (data.Value, error) {
	group, ok := groupOf(re, args)
	if !ok {
		return data.Null, nil
	}
	matches := re.FindAllStringSubmatchIndex(args[1].Text(), -1)
	elems := env.Arena.Values(len(matches))
	for i, match := range matches {
		elems[i] = matched(args[1].Text(), match, group)
	}
	return data.Array(elems), nil
}

func splitRegexp(env *Env, re *regexp.Regexp, args []data.Value) (data.Value, error) {
	return texts(env, re.Split(args[0].Text(), -1)), nil
}

// replaceRegexp is REGEXP_REPLACE. Package regexp has other references to groups, so it is done by hand.
func replaceRegexp(env *Env, re *regexp.Regexp, args []data.Value) (data.Value, error) {
	s, replacement := args[0].Text(), args[2].Text()
	matches := re.FindAllStringSubmatchIndex(s, -1)
	if matches == nil {
		return args[0], nil
	}
	out := buffer(env, len(s)+len(replacement))
	end := 0
	for _, match := range matches {
		out = append(out, s[end:match[0]]...)
		var err error
		if out, err = appendReplacement(out, re, s, match, replacement); err != nil {
			return data.Null, err
		}
		if err = checkSize(len(out)); err != nil {
			return data.Null, err
		}
		end = match[1]
	}
	return data.StringBytes(append(out, s[end:]...)), nil
}
