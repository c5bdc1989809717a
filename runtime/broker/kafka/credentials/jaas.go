package credentials

import (
	"errors"
	"regexp"
	"strings"
)

// jaas is what a value of sasl.jaas.config says.
type jaas struct {
	module  string // the last part of the class's name
	options map[string]string
}

// optionPattern is NAME="…", NAME='…' or NAME=…, with \" inside quotes.
var optionPattern = regexp.MustCompile(`([\w.-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s;"']+))`)

// parseJAAS reads a line such as
//
//	org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";
//
// Its errors never quote it: it holds a password.
func parseJAAS(line string) (jaas, error) {
	line = strings.TrimSpace(line)
	if !strings.HasSuffix(line, ";") {
		return jaas{}, errors.New("it has to end with a semicolon")
	}
	words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == ';' })
	if len(words) == 0 || !classPattern.MatchString(words[0]) {
		return jaas{}, errors.New("it has to begin with the class of a login module, such as org.apache.kafka.common.security.plain.PlainLoginModule")
	}
	if len(words) < 2 || !flagPattern.MatchString(words[1]) {
		return jaas{}, errors.New("the word required has to follow the class of the login module")
	}
	j := jaas{module: words[0][strings.LastIndex(words[0], ".")+1:], options: map[string]string{}}
	rest := line[strings.Index(line, words[1])+len(words[1]):]
	for _, m := range optionPattern.FindAllStringSubmatch(rest, -1) {
		j.options[m[1]] = unescape(m[2] + m[3] + m[4])
	}
	if left := strings.Trim(optionPattern.ReplaceAllString(rest, ""), " \t\n;"); left != "" {
		return jaas{}, errors.New(`after the word required there may be options alone, each NAME="VALUE", with \" for a quote inside`)
	}
	return j, nil
}

var (
	classPattern = regexp.MustCompile(`^[\w.$]+LoginModule$`)
	flagPattern  = regexp.MustCompile(`^(?i:required|requisite|sufficient|optional)$`)
)

// unescape drops the backslashes that protect a character.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// withPrefix returns the options whose names begin with prefix, by the rest of their names.
func (j jaas) withPrefix(prefix string) map[string]string {
	found := map[string]string{}
	for name, value := range j.options {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			found[rest] = value
		}
	}
	return found
}
