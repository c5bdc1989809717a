package source

import (
	"regexp"
	"strings"
)

// This file keeps secrets in statements from being shown or kept. The texts are of all kinds,
// faulty ones among them, so it goes by what stands side by side rather than by the grammar, and
// hides too much rather than too little.

// secretWords are words in names of properties and variables that hold a secret.
const secretWords = `(?:passw|pass?wd|pwd|passphrase|(?:\b|_)(?:pass|pw)(?:\b|_)|secret|token|jaas|credentials|user\.info|api[._-]?key|access[._-]?key|keystore\.key|key\.pem)`

const (
	// blanks are what may stand between a name, the equals sign and a value.
	blanks = `(?:\s|--[^\n]*\n|/\*.*?\*/)*`
	// quotedSecret is the name of a secret in quotes of any kind.
	quotedSecret = "['\"`][^'\"`\\s]*" + secretWords + "[^'\"`\\s]*['\"`]"
	// bareSecret is one without quotes, where a statement names a property or a variable: columns may
	// have such names too.
	bareSecret = `(?:\b(?:DEFINE|UNSET|SET|SYSTEM)\b|[(,])` + blanks + `[\w.@-]*` + secretWords + `[\w.@-]*`
)

// secretPattern is a name and a value, whose last quote may be missing. A value without quotes, which
// is a fault, follows an equals sign only.
var secretPattern = regexp.MustCompile(`(?is)(?:` + quotedSecret + `|` + bareSecret + `)` + blanks +
	`(?:=?` + blanks + `(?:'((?:[^']|'')*)|"((?:[^"]|"")*))|=` + blanks + "([^\\s'\"`;,()=][^\\s;,)]*))")

// addressPattern is a password in an address, such as https://USER:PASSWORD@HOST.
var addressPattern = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s/:@'"]*:([^\s/@'"]+)@`)

var secretName = regexp.MustCompile(`(?i)` + secretWords)

// IsSecret reports whether the name of a property or variable says that it holds a secret.
func IsSecret(name string) bool { return secretName.MatchString(name) }

// Hidden returns a value with an asterisk for each byte.
func Hidden(value string) string { return strings.Repeat("*", len(value)) }

// WithoutSecrets returns a text of statements with an asterisk for each byte of a secret:
// of the value of a property or variable whose name says that it holds one, and of a password
// in an address. So all positions stay what they are.
func WithoutSecrets(text string) string {
	return hide(addressPattern, hide(secretPattern, text))
}

// hide puts asterisks in place of all that the groups of a pattern match.
func hide(pattern *regexp.Regexp, text string) string {
	found := pattern.FindAllStringSubmatchIndex(text, -1)
	if found == nil {
		return text
	}
	var b strings.Builder
	from := 0
	for _, m := range found {
		for group := 2; group < len(m); group += 2 {
			if start, end := m[group], m[group+1]; start >= 0 {
				b.WriteString(text[from:start] + Hidden(text[start:end]))
				from = end
			}
		}
	}
	return b.String() + text[from:]
}
