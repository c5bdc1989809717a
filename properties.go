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
	o.properties[name] = value
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

// checkClients reports all properties of the Kafka client that are unknown or wrong, in one line.
func (o *options) checkClients() error {
	var faults []string
	for _, name := range slices.Sorted(maps.Keys(o.properties)) {
		if err := checkClient(name, o.properties[name]); err != nil {
			faults = append(faults, err.Error())
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return errors.New(strings.Join(faults, "; "))
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
