package functions

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func stringCase() []Function {
	return []Function{
		{
			Name: "LCASE", Elsewhere: []string{"LOWER", "TOLOWER"}, Doc: "Converts text to lower case.",
			Args:      []Arg{{"str", "The text to convert."}},
			Overloads: []Overload{env1("(str STRING) STRING", lower)},
			Examples:  []Example{{"LCASE('Ab')", "'ab'"}, {"LCASE('ΣΟΦΟΣ')", "'σοφος'"}, {"LCASE(NULL)", "NULL"}},
		},
		{
			Name: "UCASE", Elsewhere: []string{"UPPER", "TOUPPER"}, Doc: "Converts text to upper case.",
			Args:      []Arg{{"str", "The text to convert."}},
			Overloads: []Overload{env1("(str STRING) STRING", upper)},
			Examples:  []Example{{"UCASE('Ab')", "'AB'"}, {"UCASE('Maß')", "'MASS'"}},
		},
		{
			Name: "INITCAP", Doc: "Converts the first letter of each word to upper case and its others to lower case. Words are separated by white space.",
			Args:      []Arg{{"str", "The text to convert."}},
			Overloads: []Overload{env1("(str STRING) STRING", capitalize)},
			Examples:  []Example{{"INITCAP('the Quick  br0wn fOx')", "'The Quick  Br0wn Fox'"}},
		},
		{
			Name: "TRIM", Doc: "Removes blanks and control characters, up to U+0020, from both ends of text.",
			Args:      []Arg{{"input", "The text to trim."}},
			Overloads: []Overload{fn1("(input STRING) STRING", trim)},
			Examples:  []Example{{"TRIM('  two words ')", "'two words'"}},
		},
		{
			Name: "LEN", Elsewhere: []string{"LENGTH", "CHAR_LENGTH", "CHARACTER_LENGTH", "OCTET_LENGTH"}, Doc: "Returns the length of text in UTF-16 code units, or the number of bytes.",
			Args: []Arg{{"str", "The text or bytes to measure."}},
			Overloads: []Overload{
				fn1("(str STRING) INT", length),
				fn1("(str BYTES) INT", func(b []byte) int32 { return int32(len(b)) }),
			},
			Examples: []Example{{"LEN('Zürich')", "6"}, {"LEN('😀')", "2"}, {"LEN(TO_BYTES('ü', 'utf8'))", "2"}},
		},
	}
}

// lower returns s in lower case; nothing is made if it is already.
func lower(env *Env, s string) string {
	if !ascii(s) {
		return lowerUnicode(s)
	}
	return mapASCII(env, s, 'A', 'Z', 'a'-'A')
}

// upper returns s in upper case; nothing is made if it is already.
func upper(env *Env, s string) string {
	if !ascii(s) {
		return upperUnicode(s)
	}
	return mapASCII(env, s, 'a', 'z', 0x100-('a'-'A'))
}

// mapASCII adds shift, modulo 256, to the letters of s between first and last.
func mapASCII(env *Env, s string, first, last byte, shift int) string {
	for i := range len(s) {
		if s[i] < first || s[i] > last {
			continue
		}
		out := env.Arena.Bytes(len(s))
		copy(out, s[:i])
		for ; i < len(s); i++ {
			c := s[i]
			if first <= c && c <= last {
				c += byte(shift)
			}
			out[i] = c
		}
		return text(out)
	}
	return s
}

// longUpper is the letters whose upper case is more than one letter, those of
// Unicode's SpecialCasing that occur in text people write.
var longUpper = map[rune]string{
	'ß': "SS", 'ŉ': "ʼN", 'ǰ': "J̌", 'ΐ': "Ϊ́", 'ΰ': "Ϋ́", 'և': "ԵՒ", 'ẖ': "H̱", 'ẗ': "T̈", 'ẘ': "W̊", 'ẙ': "Y̊",
	'ﬀ': "FF", 'ﬁ': "FI", 'ﬂ': "FL", 'ﬃ': "FFI", 'ﬄ': "FFL", 'ﬅ': "ST", 'ﬆ': "ST",
}

// upperUnicode raises letter by letter; one may become several.
func upperUnicode(s string) string {
	var out strings.Builder
	for _, r := range s {
		if long, ok := longUpper[r]; ok {
			out.WriteString(long)
			continue
		}
		out.WriteRune(unicode.ToUpper(r))
	}
	return out.String()
}

// lowerUnicode lowers with the two rules that concern more than one letter: a
// sigma that ends a word, and the dotted capital I.
func lowerUnicode(s string) string {
	var out strings.Builder
	for i, r := range s {
		switch {
		case r == 'Σ' && endsWord(s, i):
			out.WriteRune('ς')
		case r == 'İ':
			out.WriteString("i̇")
		default:
			out.WriteRune(unicode.ToLower(r))
		}
	}
	return out.String()
}

// endsWord reports whether the letter at offset i follows a letter and is not followed by one.
func endsWord(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	_, size := utf8.DecodeRuneInString(s[i:])
	after, _ := utf8.DecodeRuneInString(s[i+size:])
	return unicode.IsLetter(before) && !unicode.IsLetter(after)
}

// capitalize is INITCAP.
func capitalize(env *Env, s string) string {
	out := buffer(env, len(s))
	start := true
	for _, r := range s {
		switch {
		case start:
			out = utf8.AppendRune(out, unicode.ToUpper(r))
		default:
			out = utf8.AppendRune(out, unicode.ToLower(r))
		}
		start = unicode.IsSpace(r)
	}
	return text(out)
}

// trim is Java's trim, which knows no white space beyond ASCII but takes control characters for it.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
}
