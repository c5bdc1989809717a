package ksqlite

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// This file tells apart what a properties file may hold: properties of a Kafka client, of
// a schema registry's, and of a ksqlDB server.

// takeServer moves the properties of a server out of those of the Kafka client, and
// those of Kafka Streams that are a client's in.
func (o *options) takeServer() {
	given := o.properties
	o.properties, o.server = map[string]string{}, map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		switch short := withoutPrefix(name); {
		case isServer(name):
			o.server[name] = given[name]
		case isClient(name):
			o.takeClient(name, name, given[name])
		case isClient(short):
			if _, set := given[short]; !set {
				o.takeClient(short, name, given[name])
			}
		case config.Idle(name):
			o.idle = append(o.idle, name)
		default:
			o.properties[name] = given[name] // which is told to be unknown
		}
	}
	if file, ok := o.server[config.QueriesFile]; ok && o.queries == "" {
		o.queries = file
	}
}

// takeClient keeps a property of Kafka's clients, or notes what it was called if
// it has no effect.
func (o *options) takeClient(name, called, value string) {
	if p, _ := kafka.FindProperty(name); p.Class == kafka.Idle {
		o.idle = append(o.idle, called)
		return
	}
	o.rename(called, name)
	o.properties[name] = value
}

// rename keeps the place of a property that goes by another name from here on.
func (o *options) rename(called, name string) {
	if place, ok := o.places[called]; ok {
		o.places[name] = place
	}
}

// withoutPrefix returns the name of a client's property that a ksqlDB server hands on.
func withoutPrefix(name string) string {
	for _, prefix := range []string{"ksql.streams.", "main.", "restore.", "global.", "admin.", "consumer.", "producer."} {
		name = strings.TrimPrefix(name, prefix)
	}
	return name
}

func isClient(name string) bool {
	_, ok := kafka.FindProperty(name)
	return ok
}

func isServer(name string) bool {
	_, ok := config.Find(name)
	return ok
}

// mostFaults is how many wrong properties are told: of a file that is something else, all are.
const mostFaults = 20

// checkProperties reports all properties that are unknown or wrong, each with its place.
func (o *options) checkProperties() error {
	type fault struct {
		place kafka.Place
		err   error
	}
	var faults []fault
	for _, part := range []struct {
		given map[string]string
		check func(name, value string) error
	}{
		{o.properties, checkClient}, {o.server, checkServer}, {o.registry, checkRegistryName},
	} {
		for _, name := range slices.Sorted(maps.Keys(part.given)) {
			if err := part.check(name, part.given[name]); err != nil {
				faults = append(faults, fault{o.places[name], err})
			}
		}
	}
	slices.SortStableFunc(faults, func(a, b fault) int { return a.place.Line - b.place.Line })
	var told []error
	for _, f := range faults[:min(len(faults), mostFaults)] {
		told = append(told, f.place.Blame(f.err))
	}
	if more := len(faults) - mostFaults; more > 0 {
		told = append(told, fmt.Errorf("and %d more: is it a file of properties?", more))
	}
	return errors.Join(told...)
}

// checkClient reports a property of the Kafka client that is unknown or wrong.
func checkClient(name, value string) error {
	if isClient(name) || !strings.HasPrefix(name, "ksql.") {
		return kafka.ValidateProperty(name, value)
	}
	if near := source.Similar(name, config.FileNames()); near != "" {
		return fmt.Errorf("unknown property %s: did you mean %s?", name, near)
	}
	return fmt.Errorf("unknown property %s", name)
}

// checkServer reports a property of a ksqlDB server that is wrong.
func checkServer(name, value string) error {
	_, err := config.New(map[string]string{name: value})
	return err
}

// checkRegistryName reports a property of the schema registry that is unknown.
func checkRegistryName(name, _ string) error { return registry.CheckName(name) }

// tellIdle logs once which properties have no effect.
func (o *options) tellIdle(logger *slog.Logger) {
	if len(o.idle) > 0 {
		logger.Warn("without effect here", "properties", strings.Join(o.idle, ", "))
	}
}

// sessionProperties returns the properties of the engine, with which all sessions
// begin, and shows where the schema registry is.
func sessionProperties(o *options) (config.Properties, error) {
	process := map[string]string{}
	maps.Copy(process, o.server)
	maps.Copy(process, o.session)
	if url := o.registry["schema.registry.url"]; url != "" {
		process["ksql.schema.registry.url"] = url
	}
	return config.New(process)
}

// clientProperty says that a name is that of a property of Kafka's clients, which belong to the connection; "" if it is not.
func clientProperty(name string) string {
	switch p, ok := kafka.FindProperty(name); {
	case !ok:
		return ""
	case p.Class == kafka.Idle:
		return "It is a property of Kafka's clients that has no effect here."
	}
	return "It is a property of Kafka's clients: it stands in the file that --config-file names."
}
