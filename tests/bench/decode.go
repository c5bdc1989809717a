package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// This file compares our JSON decoder, filling rows, with encoding/json, filling structs.

func decodePeople(ctx context.Context, s *settings) (ours, base float64, err error) {
	return decode[personStruct](ctx, s, peopleSchema(), person)
}

func decodeOrder(ctx context.Context, s *settings) (ours, base float64, err error) {
	return decode[orderStruct](ctx, s, orderSchema(), order)
}

func decode[T any](ctx context.Context, s *settings, columns []types.Column, record func(*rand.Rand, int) []byte) (ours, base float64, err error) {
	decoder, err := serde.New().NewDecoder(serde.Spec{Format: catalog.Format{Name: "JSON"}, Side: catalog.ValueSide, Columns: columns})
	if err != nil {
		return 0, 0, err
	}
	texts := samples(20_000, record)
	row, arena := make(data.Row, len(columns)), &data.Arena{}
	return best(ctx, s, least,
		each(texts, func(text []byte) error {
			arena.Reset()
			_, err := decoder.Decode(text, row, arena)
			return err
		}),
		each(texts, func(text []byte) error {
			var into T
			return json.Unmarshal(text, &into)
		}))
}

// each makes a round that gives the nanoseconds that one call of f takes.
func each(texts [][]byte, f func([]byte) error) round {
	return func(context.Context) (float64, error) {
		start := time.Now()
		for _, text := range texts {
			if err := f(text); err != nil {
				return 0, err
			}
		}
		return float64(time.Since(start)) / float64(len(texts)), nil
	}
}
