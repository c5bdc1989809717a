package functions

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/runtime/data"
)

func stringMasks() []Function {
	masks := []Arg{
		{"input", "The text to mask."},
		{"numChars", "How many characters."},
		{"upper", "What replaces upper-case letters, X unless given; NULL keeps them."},
		{"lower", "What replaces lower-case letters, x unless given; NULL keeps them."},
		{"digit", "What replaces digits, n unless given; NULL keeps them."},
		{"other", "What replaces all other characters, - unless given; NULL keeps them."},
	}
	return []Function{
		{
			Name: "MASK", Doc: "Hides text: every character is replaced by one that shows its kind only.",
			Args: masks,
			Overloads: []Overload{
				call("(input STRING) STRING", masking(0, everything)).passNulls(),
				call("(input STRING, upper STRING, lower STRING, digit STRING, other STRING) STRING", masking(1, everything)).passNulls(),
			},
			Examples: []Example{
				{"MASK('My Test $123')", "'Xx-Xxxx--nnn'"},
				{"MASK('My Test $123', '*', NULL, '1', NULL)", "'*y *est $111'"},
				{"MASK('My Test', 'XX', 'x', 'n', '-')", Fails},
			},
		},
		{
			Name: "MASK_KEEP_LEFT", Doc: "Hides text as MASK does, but for a number of characters at its start.",
			Args: masks, Overloads: partMasks(func(n, length int) (int, int) { return n, length }),
			Examples: []Example{{"MASK_KEEP_LEFT('My Test $123', 4)", "'My Txxx--nnn'"}, {"MASK_KEEP_LEFT('a', -1)", Fails}},
		},
		{
			Name: "MASK_KEEP_RIGHT", Doc: "Hides text as MASK does, but for a number of characters at its end.",
			Args: masks, Overloads: partMasks(func(n, length int) (int, int) { return 0, length - n }),
			Examples: []Example{{"MASK_KEEP_RIGHT('My Test $123', 4)", "'Xx-Xxxx-$123'"}},
		},
		{
			Name: "MASK_LEFT", Doc: "Hides a number of characters at the start of text as MASK does.",
			Args: masks, Overloads: partMasks(func(n, _ int) (int, int) { return 0, n }),
			Examples: []Example{{"MASK_LEFT('My Test $123', 4)", "'Xx-Xest $123'"}},
		},
		{
			Name: "MASK_RIGHT", Doc: "Hides a number of characters at the end of text as MASK does.",
			Args: masks, Overloads: partMasks(func(n, length int) (int, int) { return length - n, length }),
			Examples: []Example{{"MASK_RIGHT('My Test $123', 4)", "'My Test -nnn'"}},
		},
	}
}

// hidden says which code units of a text are masked, from and up to, given the
// count argument and the length of the text.
type hidden func(n, length int) (from, to int)

func everything(_, length int) (int, int) { return 0, length }

// partMasks is the overloads of a function that masks part of a text.
func partMasks(part hidden) []Overload {
	return []Overload{
		call("(input STRING, numChars INT) STRING", counted(masking(0, part))).passNulls(),
		call("(input STRING, numChars INT, upper STRING, lower STRING, digit STRING, other STRING) STRING",
			counted(masking(2, part))).passNulls(),
	}
}

// counted checks the count argument.
func counted(f Func) Func {
	return func(env *Env, args []data.Value) (data.Value, error) {
		switch {
		case args[0].IsNull() || args[1].IsNull():
			return data.Null, nil
		case args[1].Int64() < 0:
			return data.Null, fmt.Errorf("the number of characters is %d, but must not be negative", args[1].Int64())
		}
		return f(env, args)
	}
}

// masking returns the function that masks part of a text; its masks are the
// arguments from first on, the usual ones if first is 0.
func masking(first int, part hidden) Func {
	return func(env *Env, args []data.Value) (data.Value, error) {
		if args[0].IsNull() {
			return data.Null, nil
		}
		m := usualMask
		if first > 0 {
			var err error
			if m, err = maskOf(args[first:]); err != nil {
				return data.Null, err
			}
		}
		n := 0
		if len(args) > 1 && part != nil && first != 1 {
			n = int(args[1].Int64())
		}
		s := args[0].Text()
		from, to := part(n, units(s))
		return data.StringBytes(m.apply(env, s, from, to)), nil
	}
}

// mask is what replaces each kind of character; 0 keeps it.
type mask struct{ upper, lower, digit, other rune }

var usualMask = mask{upper: 'X', lower: 'x', digit: 'n', other: '-'}

// maskOf reads the four masks; a NULL one keeps its characters.
func maskOf(args []data.Value) (mask, error) {
	var runes [4]rune
	for i, a := range args {
		if a.IsNull() {
			continue
		}
		if units(a.Text()) != 1 {
			return mask{}, fmt.Errorf("a mask is a single character, not '%s'", strings.ToValidUTF8(a.Text(), "?"))
		}
		runes[i], _ = utf8.DecodeRuneInString(a.Text())
	}
	return mask{upper: runes[0], lower: runes[1], digit: runes[2], other: runes[3]}, nil
}

// apply masks the code units from index from up to index to.
func (m mask) apply(env *Env, s string, from, to int) []byte {
	out := buffer(env, len(s))
	i := 0
	for _, r := range s {
		replacement := rune(0)
		if from <= i && i < to {
			replacement = m.replacement(r)
		}
		if replacement == 0 {
			out = utf8.AppendRune(out, r)
		}
		for range width(r) {
			if replacement != 0 {
				out = utf8.AppendRune(out, replacement)
			}
			i++
		}
	}
	return out
}

// replacement returns what replaces r, or 0. Both halves of a pair count as other characters.
func (m mask) replacement(r rune) rune {
	switch {
	case r >= 0x10000:
		return m.other
	case unicode.IsUpper(r):
		return m.upper
	case unicode.IsLower(r):
		return m.lower
	case unicode.IsDigit(r):
		return m.digit
	}
	return m.other
}
