package functions

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// This file makes regular expressions and replacements of Java's work with
// package regexp, whose syntax is RE2's.

var (
	errNestedClass  = errors.New("character classes within character classes are not supported")
	errIntersection = errors.New("intersections of character classes are not supported")
)

// javaClasses are the names for \p{…} that RE2 has under another name.
var javaClasses = map[string]string{
	"Lower": "[:lower:]", "Upper": "[:upper:]", "ASCII": "[:ascii:]", "Alpha": "[:alpha:]", "Digit": "[:digit:]", "Alnum": "[:alnum:]",
	"Punct": "[:punct:]", "Graph": "[:graph:]", "Print": "[:print:]", "Blank": "[:blank:]", "Cntrl": "[:cntrl:]", "XDigit": "[:xdigit:]", "Space": "[:space:]",
	"IsAlphabetic": `\p{L}`, "IsLetter": `\p{L}`, "IsDigit": `\p{Nd}`, "IsUppercase": `\p{Lu}`, "IsLowercase": `\p{Ll}`, "IsPunctuation": `\p{P}`,
	"IsLatin": `\p{Latin}`, "IsGreek": `\p{Greek}`, "IsCyrillic": `\p{Cyrillic}`, "IsHan": `\p{Han}`,
}

// compileRegexp compiles a regular expression of Java's. What RE2 would take
// for something else is an error, as is what it does not have.
func compileRegexp(pattern string) (*regexp.Regexp, error) {
	translated, err := translateRegexp(pattern)
	if err == nil {
		var re *regexp.Regexp
		if re, err = regexp.Compile(translated); err == nil {
			return re, nil
		}
	}
	return nil, fmt.Errorf("regular expression '%s': %w", strings.ToValidUTF8(pattern, "?"), err)
}

// translateRegexp goes through a pattern and changes what RE2 writes otherwise.
func translateRegexp(pattern string) (string, error) {
	var out strings.Builder
	inClass, first := false, false // first: right behind the [ of a class
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		startsClass := false
		switch {
		case c == '\\':
			text, n := translateEscape(pattern[i:], inClass)
			out.WriteString(text)
			i += n - 1
			first = false
			continue
		case inClass && c == '[':
			return "", errNestedClass
		case inClass && strings.HasPrefix(pattern[i:], "&&"):
			return "", errIntersection
		case inClass && c == ']' && !first:
			inClass = false
		case !inClass && c == '[':
			inClass, startsClass = true, true
		case inClass && c == '^' && first:
			startsClass = true
		}
		first = startsClass
		out.WriteByte(c)
	}
	return out.String(), nil
}

// translateEscape translates the escape at the front of s, which takes n bytes.
func translateEscape(s string, inClass bool) (text string, n int) {
	switch {
	case strings.HasPrefix(s, `\Q`) && !inClass:
		quoted, _, closed := strings.Cut(s[2:], `\E`)
		if n = 2 + len(quoted); closed {
			n += 2
		}
		return regexp.QuoteMeta(quoted), n
	case strings.HasPrefix(s, `\Z`):
		return `(?:\n?\z)`, 2
	case strings.HasPrefix(s, `\h`):
		return bracketed(`[ \t\x{A0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]`, inClass), 2
	case strings.HasPrefix(s, `\R`) && !inClass:
		return `(?:\r\n|[\n\v\f\r\x{85}\x{2028}\x{2029}])`, 2
	case strings.HasPrefix(s, `\u`) && len(s) >= 6:
		return `\x{` + s[2:6] + `}`, 6
	case strings.HasPrefix(s, `\e`):
		return `\x1b`, 2
	case strings.HasPrefix(s, `\p{`) || strings.HasPrefix(s, `\P{`):
		return translateProperty(s, inClass)
	}
	return s[:min(len(s), 2)], min(len(s), 2)
}

// bracketed removes the brackets of a class where it stands in another.
func bracketed(class string, inClass bool) string {
	if inClass {
		return class[1 : len(class)-1]
	}
	return class
}

// translateProperty translates a class \p{…}, or its opposite \P{…}, at the front of s.
func translateProperty(s string, inClass bool) (text string, n int) {
	end := strings.IndexByte(s, '}')
	if end < 0 {
		return s, len(s)
	}
	name := s[3:end]
	class, ok := javaClasses[name]
	switch {
	case !ok:
		return s[:end+1], end + 1
	case strings.HasPrefix(class, "[:"):
		if s[1] == 'P' {
			class = "[:^" + class[2:]
		}
		return bracketed("["+class+"]", inClass), end + 1
	case s[1] == 'P':
		class = `\P` + class[2:]
	}
	return class, end + 1
}

// appendReplacement appends what a replacement of Java's stands for at a match.
func appendReplacement(out []byte, re *regexp.Regexp, s string, match []int, replacement string) ([]byte, error) {
	for i := 0; i < len(replacement); i++ {
		switch c := replacement[i]; c {
		case '\\':
			if i++; i == len(replacement) {
				return nil, errors.New("the replacement ends with \\")
			}
			out = append(out, replacement[i])
		case '$':
			group, n, err := groupReference(re, replacement[i+1:])
			if err != nil {
				return nil, err
			}
			if match[2*group] >= 0 {
				out = append(out, s[match[2*group]:match[2*group+1]]...)
			}
			if err := checkSize(len(out)); err != nil {
				return nil, err
			}
			i += n
		default:
			out = append(out, c)
		}
	}
	return out, nil
}

// groupReference reads a group's number, of as many digits as give a group, or its name in braces.
func groupReference(re *regexp.Regexp, s string) (group, n int, err error) {
	if rest, ok := strings.CutPrefix(s, "{"); ok {
		name, _, closed := strings.Cut(rest, "}")
		if group = re.SubexpIndex(name); !closed || group < 0 {
			return 0, 0, fmt.Errorf("there is no group {%s}", name)
		}
		return group, len(name) + 2, nil
	}
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		next := group*10 + int(s[n]-'0')
		if n > 0 && next > re.NumSubexp() {
			break
		}
		group = next
		n++
	}
	if n == 0 || group > re.NumSubexp() {
		return 0, 0, fmt.Errorf("there is no group $%s", s[:min(len(s), 1)])
	}
	return group, n, nil
}
