// Package compat tells whether records that were written with one schema can be
// read with another of the same language: Avro by the resolution of its
// specification, JSON Schema by whether the reader's takes every document that the
// writer's does, Protobuf by the rules for changing messages.
//
// The kinds of faults have the names that Confluent's Schema Registry gives them,
// for programs that look at them.
package compat

import (
	"context"
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// Schema is the text of a schema, understood.
type Schema interface {
	// reads returns why what writer wrote cannot be read. The writer is of the same
	// language.
	reads(writer Schema) []Fault
}

// Named is a schema that another one refers to, under a name that is its own there.
type Named struct {
	Name   string
	Schema registry.Schema
}

// Parse understands a schema; referred has everything that it refers to, each
// behind what that itself refers to. The error says what is wrong with the text.
func Parse(ctx context.Context, s registry.Schema, referred []Named) (Schema, error) {
	switch s.Type {
	case registry.Avro:
		return parseAvro(s, referred)
	case registry.JSON:
		return parseJSON(s, referred)
	case registry.Protobuf:
		return parseProto(ctx, s, referred)
	}
	return nil, fmt.Errorf("invalid schema type %s", s.Type)
}

// Check returns why what was written with writer cannot be read with reader; nothing
// if it can.
func Check(reader, writer Schema) []Fault { return reader.reads(writer) }

// Fault is one reason why a schema cannot read what another wrote.
type Fault struct {
	// Type is the kind of the fault, such as TYPE_MISMATCH.
	Type string
	// text is the description, in which the words $reader and $writer stand for the two.
	text string
	// Info is what the fault is about: a name or a type. It may be empty.
	Info string
}

func fault(kind, info, format string, args ...any) Fault {
	return Fault{Type: kind, text: fmt.Sprintf(format, args...), Info: info}
}

// Describe tells the fault, calling the two schemas as the caller does: new and old,
// say.
func (f Fault) Describe(reader, writer string) string {
	return strings.NewReplacer("$reader", reader, "$writer", writer).Replace(f.text)
}
