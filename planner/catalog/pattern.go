package catalog

import (
	"regexp"
	"strings"
)

// TopicPattern is a regular expression of Go's (RE2) for the names of topics, all of
// which belong to one source. Empty where a source has one topic.
type TopicPattern string

// Compile returns a function that reports whether a topic belongs to the pattern:
// whether the whole of its name matches. Topics that begin with an underscore, which
// are those of the cluster and its tools, only do if the pattern has their names as they
// are. The error says what is wrong with the expression.
func (p TopicPattern) Compile() (func(topic string) bool, error) {
	if _, err := regexp.Compile(string(p)); err != nil {
		return nil, err // about the expression as it was written
	}
	whole, err := regexp.Compile(`\A(?:` + string(p) + `)\z`)
	if err != nil {
		return nil, err
	}
	return func(topic string) bool {
		if strings.HasPrefix(topic, "_") && !strings.Contains(string(p), topic) {
			return false
		}
		return whole.MatchString(topic)
	}, nil
}
