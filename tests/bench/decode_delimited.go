package main

import (
	"bytes"
	"context"
	"encoding/csv"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// decodeDelimitedPeople compares our decoder of DELIMITED, filling rows, with one
// encoding/csv reader for all records, which leaves every field a text.
func decodeDelimitedPeople(ctx context.Context, s *settings) (ours, base float64, err error) {
	formats := serde.New()
	spec := serde.Spec{Format: catalog.Format{Name: "DELIMITED"}, Side: catalog.ValueSide, Columns: peopleSchema()}
	records, err := converted(formats, spec, person)
	if err != nil {
		return 0, 0, err
	}
	decoder, err := formats.NewDecoder(spec)
	if err != nil {
		return 0, 0, err
	}
	row, arena := make(data.Row, len(spec.Columns)), &data.Arena{}
	var text bytes.Reader
	reader := csv.NewReader(&text)
	reader.ReuseRecord = true
	return best(ctx, s, least,
		each(records, func(record []byte) error {
			arena.Reset()
			_, err := decoder.Decode(record, row, arena)
			return err
		}),
		each(records, func(record []byte) error {
			text.Reset(record)
			_, err := reader.Read()
			return err
		}))
}
