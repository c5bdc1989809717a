package repl

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

// This file is the help on properties, which their own tables know.

// helpOnProperty returns the help on the property of a name: of SET, of a WITH clause, or of Kafka's clients;
// "" if there is none.
func helpOnProperty(name string) string {
	name = strings.Trim(name, "'\"`")
	if p, ok := config.Find(name); ok {
		return propertyHelp(p)
	}
	if w, ok := config.FindWith(name); ok {
		return fmt.Sprintf("\n%s, a property of WITH clauses:\n\t%s\n", w.Name, w.Doc)
	}
	if p, ok := kafka.FindProperty(name); ok && p.Class != kafka.Engines {
		return clientPropertyHelp(p)
	}
	if config.Idle(name) {
		return fmt.Sprintf("\n%s, a property of ksqlDB's servers:\n\tIt has no effect here.\n", name)
	}
	return ""
}

// propertyHelp is the help on a property of the engine.
func propertyHelp(p config.Property) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s, a property:\n\t%s\n\n\tIts value is a %s", p.Name, p.Doc, p.Kind)
	if len(p.Valid) > 0 {
		b.WriteString(": " + strings.Join(p.Valid, " or "))
		if p.Moments {
			b.WriteString(", or a time")
		}
	}
	switch {
	case p.Optional:
		b.WriteString(". By default it is not set.\n")
	case p.Default == "":
		b.WriteString(". By default it is empty.\n")
	default:
		fmt.Fprintf(&b, "; by default %s.\n", p.Default)
	}
	if p.Fixed {
		b.WriteString("\tA session cannot change it: it stands in the file that --config-file names.\n")
		return b.String()
	}
	fmt.Fprintf(&b, "\tSET '%s' = '%s'; changes it for the session, UNSET '%[1]s'; takes that back.\n", p.Name, exampleOf(p))
	return b.String()
}

// exampleOf returns a value that a property can have and does not have by default; "…" where there is no knowing.
func exampleOf(p config.Property) string {
	values := p.Valid
	switch p.Kind {
	case config.Flag:
		values = []string{"true", "false"}
	case config.Whole, config.Millis:
		standard, _ := strconv.ParseInt(p.Default, 10, 64) // 0 where there is none
		return strconv.FormatInt(lessThan(standard), 10)
	case config.Text, config.List:
	}
	for _, value := range values {
		if value != p.Default {
			return value
		}
	}
	return "…"
}

// lessThan returns about half of a number, in one digit and zeros; for what is not above 1, the nearest other
// number that is above 0.
func lessThan(n int64) int64 {
	if n <= 1 {
		return max(n, 0) + 1
	}
	digit, tens := n/2, int64(1)
	for digit >= 10 {
		digit, tens = digit/10, tens*10
	}
	return digit * tens
}

// clientPropertyHelp is the help on a property of Kafka's clients.
func clientPropertyHelp(p kafka.Property) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s, a property of Kafka's clients:\n\t%s\n", p.Name, p.Doc)
	if p.Class == kafka.Idle {
		return b.String()
	}
	b.WriteString("\n\tIts value is " + withArticle(p.Kind))
	if len(p.Values) > 0 {
		b.WriteString(": " + strings.Join(p.Values, " or "))
	}
	if p.Default != "" {
		b.WriteString("; by default " + p.Default)
	}
	b.WriteString(".\n\tIt stands in the file that --config-file names.\n")
	return b.String()
}

// withArticle puts a or an before a noun.
func withArticle(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// propertyNames returns the names of all properties that do something here.
func propertyNames() []string {
	var names []string
	for _, p := range config.All() {
		names = append(names, p.Name)
	}
	for _, p := range kafka.Properties() {
		if p.Class == kafka.Honoured {
			names = append(names, p.Name)
		}
	}
	return append(names, config.WithNames(config.Create|config.CreateAs)...)
}
