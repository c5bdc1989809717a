package main

import (
	"context"
	"math/rand/v2"

	"github.com/bufbuild/protocompile"
	"github.com/twmb/avro"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// This file compares our decoders of formats with a schema registry, filling rows,
// with the generic decoding of libraries, which fill maps.

func decodeAvroOrder(ctx context.Context, s *settings) (ours, base float64, err error) {
	const frame = 5
	return decodeRegistered(ctx, s, "AVRO", func(text string) (func([]byte) error, error) {
		schema, err := avro.Parse(text)
		if err != nil {
			return nil, err
		}
		return func(record []byte) error {
			var into any
			_, err := schema.Decode(record[frame:], &into)
			return err
		}, nil
	})
}

func decodeProtobufOrder(ctx context.Context, s *settings) (ours, base float64, err error) {
	const frame = 6 // the place of the message in the schema is one byte
	return decodeRegistered(ctx, s, "PROTOBUF", func(text string) (func([]byte) error, error) {
		const file = "order.proto"
		compiler := protocompile.Compiler{Resolver: &protocompile.SourceResolver{
			Accessor: protocompile.SourceAccessorFromMap(map[string]string{file: text}),
		}}
		files, err := compiler.Compile(ctx, file)
		if err != nil {
			return nil, err
		}
		message := files[0].Messages().Get(0)
		return func(record []byte) error { return proto.Unmarshal(record[frame:], dynamicpb.NewMessage(message)) }, nil
	})
}

// decodeRegistered measures orders in a format; generic makes the library's decoder
// from the text of their schema.
func decodeRegistered(ctx context.Context, s *settings, format string, generic func(schema string) (func([]byte) error, error)) (ours, base float64, err error) {
	known := &registry.Memory{}
	spec := serde.Spec{Format: catalog.Format{Name: format}, Side: catalog.ValueSide, Topic: "orders", Columns: orderSchema()}
	formats := serde.New(serde.WithRegistry(known))
	records, err := converted(formats, spec, order)
	if err != nil {
		return 0, 0, err
	}
	latest, err := known.Latest(ctx, "orders-value")
	if err != nil {
		return 0, 0, err
	}
	library, err := generic(latest.Schema.Text)
	if err != nil {
		return 0, 0, err
	}
	decoder, err := formats.NewDecoder(spec)
	if err != nil {
		return 0, 0, err
	}
	row, arena := make(data.Row, len(spec.Columns)), &data.Arena{}
	return best(ctx, s, least,
		each(records, func(record []byte) error {
			arena.Reset()
			_, err := decoder.Decode(record, row, arena)
			return err
		}),
		each(records, library))
}

// converted returns the records of a JSON measure as records of the spec.
func converted(formats *serde.Formats, spec serde.Spec, record func(*rand.Rand, int) []byte) ([][]byte, error) {
	text := spec
	text.Format = catalog.Format{Name: "JSON"}
	decoder, err := formats.NewDecoder(text)
	if err != nil {
		return nil, err
	}
	encoder, err := formats.NewEncoder(spec)
	if err != nil {
		return nil, err
	}
	records := samples(20_000, record)
	row, arena := make(data.Row, len(spec.Columns)), &data.Arena{}
	for i, record := range records {
		arena.Reset()
		if _, err := decoder.Decode(record, row, arena); err != nil {
			return nil, err
		}
		if records[i], err = encoder.Encode(nil, row); err != nil {
			return nil, err
		}
	}
	return records, nil
}
