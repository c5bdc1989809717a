// Package config knows every property there is: those that SET, UNSET and the
// process take, one row each in table.go, and those that stand in a WITH
// clause, one row each in with_table.go. It checks what a user writes and hands
// out typed values with the defaults applied.
//
// Everything in it is immutable and safe for use by several goroutines. The
// package is not promised to stay stable.
package config

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/parser/source"
)

// Property is one row of the table of properties.
type Property struct {
	// Name is the name without the prefix ksql.streams.
	Name  string
	Scope Scope
	Kind  Kind
	// Default is the value where none is set. It means nothing if Optional.
	Default string
	// Optional says that the property is NULL unless it is set.
	Optional bool
	// Valid lists the only values allowed, in lower case; empty for all of
	// the kind.
	Valid []string
	// Least is the least number allowed; 0 leaves it open.
	Least int64
	// Moments says that the values that [Moment] reads are allowed as well.
	Moments bool
	// Fixed says that a session cannot change it.
	Fixed bool
	// Momentary says that it matters when a statement is executed, and not later to
	// the query that the statement has started.
	Momentary bool
	Doc       string
}

// Scope says what a property belongs to, in the words of SHOW PROPERTIES.
type Scope string

// The scopes of properties.
const (
	KSQL         Scope = "KSQL"
	KafkaStreams Scope = "KAFKA STREAMS"
	Own          Scope = "KSQLITE" // what ksqlDB does not have
)

// Kind is the type of a property's values.
type Kind uint8

// The kinds of properties.
const (
	Text   Kind = iota + 1
	Whole       // a whole number of 64 bits
	Flag        // true or false
	Millis      // a length of time as a number of milliseconds
	List        // texts between commas
)

// String returns the name of the kind as Kafka's documentation has it.
func (k Kind) String() string {
	return [...]string{Text: "string", Whole: "long", Flag: "boolean", Millis: "long (ms)", List: "list"}[k]
}

// streamsPrefix may stand before the name of every property of scope
// KafkaStreams.
const streamsPrefix = "ksql.streams."

// All returns the rows of the table in the order of their names.
func All() []Property {
	return slices.SortedFunc(slices.Values(table()), func(a, b Property) int {
		return strings.Compare(a.Name, b.Name)
	})
}

// Find returns the property of that name. A property of Kafka Streams may be
// named with the prefix ksql.streams., with consumer., or both.
func Find(name string) (Property, bool) {
	short := shorten(name)
	for _, p := range table() {
		if p.Name == name || p.Name == short && p.Scope == KafkaStreams {
			return p, true
		}
	}
	if strings.HasPrefix(name, functionsPrefix) {
		return Property{Name: name, Scope: KSQL, Kind: Text, Optional: true, Doc: "A property of a function."}, true
	}
	return Property{}, false
}

// functionsPrefix begins the names of the properties of functions, which ksqlDB
// hands to the functions unread; ours need none but those in the table.
const functionsPrefix = "ksql.functions."

// shorten returns the name of a property of Kafka Streams without prefixes.
func shorten(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, streamsPrefix), "consumer.")
}

// UnknownError says that there is no property of a name.
type UnknownError struct {
	Name string
	// Instead says what else has that name, in a sentence; "" for nothing that is known.
	Instead string
}

// Error returns ksqlDB's sentence and what else has the name or, if there is one, the nearest name.
func (e *UnknownError) Error() string {
	message := "Not recognizable as ksql, streams, consumer, or producer property: '" + e.Name + "'"
	if e.Instead != "" {
		return message + "\n" + e.Instead
	}
	if near := source.Similar(shorten(e.Name), names()); near != "" {
		message += "\nDid you mean '" + near + "'?"
	}
	return message
}

// ValueError says that a property cannot have a value.
type ValueError struct{ Name, Value, Reason string }

// Error returns the message in Kafka's form.
func (e *ValueError) Error() string {
	return "Invalid value " + e.Value + " for configuration " + e.Name + ": " + e.Reason
}

// FixedError says that a session may not set a property that exists.
type FixedError struct{ Name string }

// Error returns ksqlDB's sentence.
func (e *FixedError) Error() string {
	return "A property override was set locally for a property that the server prohibits overrides for: '" + e.Name + "'"
}

// names returns the names of all properties.
func names() []string {
	rows := table()
	all := make([]string, len(rows))
	for i, p := range rows {
		all[i] = p.Name
	}
	return all
}

// check returns the value as it is kept: without blanks around it, and in lower
// case where case does not count.
func (p Property) check(value string) (string, error) {
	value = strings.TrimSpace(value)
	if reason := p.fault(&value); reason != "" {
		return "", &ValueError{Name: p.Name, Value: value, Reason: reason}
	}
	return value, nil
}

// fault says what is wrong with a value, "" if nothing is. It puts the value
// into lower case where case does not count.
func (p Property) fault(value *string) string {
	if len(p.Valid) > 0 {
		lower := strings.ToLower(*value)
		if slices.Contains(p.Valid, lower) {
			*value = lower
			return ""
		}
		if !p.Moments {
			return "String must be one of: " + strings.Join(p.Valid, ", ")
		}
		if _, ok := Moment(*value, time.Time{}); !ok {
			return "String must be one of: " + strings.Join(p.Valid, ", ") + ", or a time such as 2024-05-01T08:00:00 or -10m"
		}
		return ""
	}
	switch p.Kind {
	case Whole, Millis:
		n, err := strconv.ParseInt(*value, 10, 64)
		if err != nil {
			return "Not a number of type LONG"
		}
		if p.Least > 0 && n < p.Least {
			return "Value must be at least " + strconv.FormatInt(p.Least, 10)
		}
	case Flag:
		lower := strings.ToLower(*value)
		if lower != "true" && lower != "false" {
			return "Expected value to be either true or false"
		}
		*value = lower
	case Text, List:
	}
	return ""
}

// millis is the length of time that a value of kind Millis means.
func millis(value string) time.Duration {
	n, _ := strconv.ParseInt(value, 10, 64) // was checked when it was set
	return time.Duration(n) * time.Millisecond
}
