package catalog

import (
	"context"

	"github.com/ksqlite/ksqlite/planner/types"
)

// Schemas finds the columns that a statement leaves to a schema registry.
type Schemas interface {
	// Infer returns the columns that a schema describes: that of the format's
	// SchemaID, whose names are kept, or else the latest of the topic, whose names are
	// put in upper case. A format that is Unwrapped, or cannot hold anything but lone
	// values on that side, gives one column: ROWKEY or ROWVAL.
	Infer(ctx context.Context, f Format, side Side, topic string) ([]types.Column, error)
}

// Samples finds the columns of topics whose formats have no schemas, by looking at records.
type Samples interface {
	// Sample returns columns that hold what the newest records of a topic have on that
	// side. Keys, and values in a format that is Unwrapped, give one column: ROWKEY or
	// ROWVAL; records without keys give none. The error is a [NoColumnsError] if values give none.
	Sample(ctx context.Context, f Format, side Side, topic string) ([]types.Column, error)
}

// NoColumnsError is the error of [Samples] that says why records tell no columns, in one or more
// sentences.
type NoColumnsError string

// Error returns the reason.
func (e NoColumnsError) Error() string { return string(e) }
