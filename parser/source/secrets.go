package source

import (
	"regexp"
	"strings"
)

// This file keeps secrets in statements from being shown or kept.

// secretNames are properties and variables that hold a secret, by words of their names.
const secretNames = `[^'\s]*(?:passw(?:or)?d|passphrase|secret|jaas|credentials|user\.info|\.token|api[._-]?key|access[._-]?key|keystore\.key|key\.pem)[^'\s]*`

// secretPattern is a name and a value in quotes, whose end may be missing: a property in SET,
// WITH or ALTER SYSTEM, or a variable in DEFINE.
var secretPattern = regexp.MustCompile(`(?is)(?:'(?:` + secretNames + `)'|\bDEFINE\s+(?:` + secretNames + `))\s*=\s*'((?:[^']|'')*)`)

// WithoutSecrets returns a text of statements with an asterisk for each byte of a secret:
// of the value of a property or variable whose name says that it holds one. So all
// positions stay what they are.
func WithoutSecrets(text string) string {
	found := secretPattern.FindAllStringSubmatchIndex(text, -1)
	if found == nil {
		return text
	}
	var b strings.Builder
	from := 0
	for _, m := range found {
		b.WriteString(text[from:m[2]])
		b.WriteString(strings.Repeat("*", m[3]-m[2]))
		from = m[3]
	}
	return b.String() + text[from:]
}
