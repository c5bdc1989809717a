package config

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

// This file reads the literals that stand in WITH clauses. Like ksqlDB it takes
// numbers and booleans that are written as strings too; its messages are in the
// form of Kafka's configurations.

// wrong says why a property cannot have its value.
func wrong(p ast.Property, reason string) error {
	return source.Errorf(p.Value.Place(), "Invalid value %s for configuration %s: %s", written(p.Value), p.Key(), reason)
}

// written returns a literal as messages show it: strings without quotes.
func written(literal ast.Expr) string {
	if s, ok := literal.(*ast.String); ok {
		return s.Value
	}
	return strings.ToLower(ast.Format(literal))
}

func text(p ast.Property) (string, error) {
	s, ok := p.Value.(*ast.String)
	if !ok {
		return "", wrong(p, "Expected value to be a string")
	}
	return s.Value, nil
}

func topicName(p ast.Property) (string, error) {
	name, err := text(p)
	if err == nil && strings.TrimSpace(name) == "" {
		return "", wrong(p, "String must be non-empty")
	}
	return name, err
}

func oneOf(values ...string) func(ast.Property) (string, error) {
	return func(p ast.Property) (string, error) {
		s, err := upper(p)
		if err == nil && !slices.Contains(values, s) {
			return "", wrong(p, "String must be one of: "+strings.Join(values, ", "))
		}
		return s, err
	}
}

func boolean(p ast.Property) (bool, error) {
	if b, ok := p.Value.(*ast.Boolean); ok {
		return b.Value, nil
	}
	if s, ok := p.Value.(*ast.String); ok {
		switch strings.ToLower(strings.TrimSpace(s.Value)) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
	}
	return false, wrong(p, "Expected value to be either true or false")
}

// whole returns a reader of whole numbers between two bounds.
func whole[T int16 | int32 | int64](least, most T) func(ast.Property) (T, error) {
	return func(p ast.Property) (T, error) {
		n, ok := integer(p.Value)
		switch {
		case !ok || n > int64(most):
			return 0, wrong(p, "Not a number of type "+sizeName(int64(most)))
		case n < int64(least):
			return 0, wrong(p, "Value must be at least "+strconv.FormatInt(int64(least), 10))
		}
		return T(n), nil
	}
}

// integer returns a whole number that is written as one or as a string.
func integer(literal ast.Expr) (int64, bool) {
	switch n := literal.(type) {
	case *ast.Integer:
		return n.Value, true
	case *ast.String:
		parsed, err := strconv.ParseInt(strings.TrimSpace(n.Value), 10, 64)
		return parsed, err == nil
	default:
		return 0, false
	}
}

// sizeName is Java's name of the numbers up to most.
func sizeName(most int64) string {
	switch most {
	case math.MaxInt16:
		return "SHORT"
	case math.MaxInt32:
		return "INT"
	}
	return "LONG"
}

func delimiter(p ast.Property) (rune, error) {
	s, err := text(p)
	if err != nil {
		return 0, err
	}
	name := strings.TrimSpace(s)
	if r, ok := NamedDelimiter(name); ok {
		return r, nil
	}
	if name == "" {
		return 0, badDelimiter(p, "Delimiter cannot be empty, if you meant to have a tab or space for delimiter, "+
			"please use the special values 'TAB' or 'SPACE'")
	}
	if utf8.RuneCountInString(s) > 1 {
		return 0, badDelimiter(p, "Invalid delimiter value: '"+s+"'. Delimiter must be a single character or TAB,SPACE")
	}
	r, _ := utf8.DecodeRuneInString(s)
	return r, nil
}

// NamedDelimiter returns the delimiter that has a name since nobody sees it: TAB or SPACE, in
// any case.
func NamedDelimiter(name string) (r rune, ok bool) {
	switch strings.ToUpper(name) {
	case "TAB":
		return '\t', true
	case "SPACE":
		return ' ', true
	}
	return 0, false
}

func badDelimiter(p ast.Property, reason string) error {
	return source.Errorf(p.Value.Place(), "Configuration %s is invalid: %s", p.Key(), reason).
		WithDetail("Example valid value: ';'")
}

// windowSize reads '10 SECONDS'.
func windowSize(p ast.Property) (time.Duration, error) {
	s, err := text(p)
	if err != nil {
		return 0, err
	}
	d, reason := parseDuration(s)
	if reason != "" {
		return 0, source.Errorf(p.Value.Place(), "Configuration %s is invalid: Invalid duration: '%s'. %s", p.Key(), s, reason).
			WithDetail("Example valid value: '10 SECONDS'")
	}
	return d, nil
}

// parseDuration returns the length of a text like 10 SECONDS, or what is wrong
// with it.
func parseDuration(s string) (d time.Duration, reason string) {
	parts := strings.Fields(strings.ToUpper(s))
	if len(parts) != 2 {
		return 0, "Expected a number and a time unit"
	}
	unit, ok := units()[strings.TrimSuffix(parts[1], "S")]
	if !ok {
		return 0, "Unknown time unit: '" + parts[1] + "'"
	}
	n, err := strconv.ParseInt(parts[0], 10, 64)
	switch {
	case err != nil:
		return 0, "Not a whole number: '" + parts[0] + "'"
	case n <= 0:
		return 0, "The size must be positive"
	case n > int64(math.MaxInt64/unit):
		return 0, "The size is too large"
	}
	return time.Duration(n) * unit, ""
}

// units returns the units of time that a size may have, in the singular.
func units() map[string]time.Duration {
	return map[string]time.Duration{
		"MILLISECOND": time.Millisecond, "SECOND": time.Second, "MINUTE": time.Minute,
		"HOUR": time.Hour, "DAY": 24 * time.Hour,
	}
}
