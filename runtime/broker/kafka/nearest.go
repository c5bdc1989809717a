package kafka

import (
	"fmt"

	"github.com/ksqlite/ksqlite/parser/source"
)

// unknownProperty refuses a name and offers the nearest one there is.
func unknownProperty(name string) error {
	if name == "username" || name == "password" {
		return fmt.Errorf(`unknown client property %s: if it belongs to sasl.jaas.config, the line above has to end in \`, name)
	}
	var names []string
	for _, p := range Properties() {
		names = append(names, p.Name)
	}
	if near := source.Similar(name, names); near != "" {
		return fmt.Errorf("unknown client property %s: did you mean %s?", name, near)
	}
	return fmt.Errorf("unknown client property %s", name)
}
