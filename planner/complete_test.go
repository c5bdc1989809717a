package planner_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
)

// someSchemas describe columns whose names tell what was asked.
type someSchemas struct{}

func (someSchemas) Infer(_ context.Context, f catalog.Format, side catalog.Side, topic string) ([]types.Column, error) {
	switch {
	case topic == "missing":
		return nil, errors.New("no schema")
	case f.Unwrapped && side == catalog.KeySide:
		return []types.Column{{Name: "ROWKEY", Type: types.StructOf(types.Field{Name: "lower", Type: types.DecimalOf(4, 2)})}}, nil
	case f.Unwrapped:
		return []types.Column{{Name: "ROWVAL", Type: types.Int}}, nil
	case f.SchemaID != 0:
		return []types.Column{{Name: "id", Type: types.ArrayOf(types.MapOf(types.String, types.Bytes))}}, nil
	case side == catalog.KeySide:
		return []types.Column{{Name: "K1", Type: types.Int}, {Name: "K2", Type: types.String}}, nil
	}
	return []types.Column{{Name: "A", Type: types.Timestamp}, {Name: "B", Type: types.Boolean}}, nil
}

// someSamples are those of the topics json, with keys, and anonymous, without.
type someSamples struct{}

func (someSamples) Sample(_ context.Context, f catalog.Format, side catalog.Side, topic string) ([]types.Column, error) {
	switch {
	case topic != "json" && topic != "anonymous":
		return nil, catalog.NoColumnsError("nothing there")
	case side == catalog.KeySide && topic == "anonymous":
		return nil, nil
	case side == catalog.KeySide:
		return []types.Column{{Name: "ROWKEY", Type: types.String}}, nil
	case f.Unwrapped:
		return []types.Column{{Name: "ROWVAL", Type: types.Int}}, nil
	}
	return []types.Column{{Name: "orderId", Type: types.Bigint}, {Name: "ID", Type: types.Int}}, nil
}

func TestComplete(t *testing.T) {
	t.Parallel()
	p := &planner.Planner{Catalog: &catalog.Catalog{}, Formats: someFormats{}}
	for statement, want := range map[string]string{
		"STREAM s WITH (kafka_topic='t', value_format='AVRO')":                                                               "(A TIMESTAMP, B BOOLEAN)",
		"STREAM s WITH (kafka_topic='t', format='AVRO')":                                                                     "(ROWKEY STRUCT<`lower` DECIMAL(4, 2)> KEY, A TIMESTAMP, B BOOLEAN)",
		"TABLE s WITH (kafka_topic='t', format='PROTOBUF')":                                                                  "(K1 INTEGER PRIMARY KEY, K2 STRING PRIMARY KEY, A TIMESTAMP, B BOOLEAN)",
		"STREAM s (k INT KEY, h ARRAY<STRUCT<key STRING, value BYTES>> HEADERS) WITH (kafka_topic='t', value_format='AVRO')": "(K INT KEY, H ARRAY<STRUCT<KEY STRING, VALUE BYTES>> HEADERS, A TIMESTAMP, B BOOLEAN)",
		"STREAM s (v INT) WITH (kafka_topic='t', key_format='AVRO', value_format='JSON')":                                    "(ROWKEY STRUCT<`lower` DECIMAL(4, 2)> KEY, V INT)",
		"STREAM s WITH (kafka_topic='t', value_format='AVRO', wrap_single_value=false)":                                      "(ROWVAL INTEGER)",
		"STREAM s WITH (kafka_topic='t', value_format='AVRO', value_schema_id=7)":                                            "(`id` ARRAY<MAP<STRING, BYTES>>)",
		"STREAM s (k INT KEY, v INT) WITH (kafka_topic='t', format='AVRO')":                                                  "(K INT KEY, V INT)",
		"STREAM s WITH (kafka_topic='t', value_format='JSON')":                                                               "nothing there",
		"STREAM s (k INT KEY) WITH (kafka_topic='t', value_format='JSON')":                                                   "STREAM S (K INT KEY) WITH",
		"STREAM s WITH (kafka_topic='t', value_format='DELIMITED')":                                                          "STREAM S WITH",
		"STREAM s WITH (kafka_topic='json', value_format='JSON')":                                                            "(ROWKEY STRING KEY, `orderId` BIGINT, ID INTEGER)",
		"TABLE s WITH (kafka_topic='json', value_format='JSON')":                                                             "(ROWKEY STRING PRIMARY KEY, `orderId` BIGINT, ID INTEGER)",
		"TABLE s (id STRING PRIMARY KEY) WITH (kafka_topic='json', value_format='JSON')":                                     "(ID STRING PRIMARY KEY, `orderId` BIGINT)",
		"STREAM s WITH (kafka_topic='json', value_format='JSON', wrap_single_value=false)":                                   "(ROWKEY STRING KEY, ROWVAL INTEGER)",
		"STREAM s WITH (kafka_topic='json', key_format='NONE', value_format='JSON')":                                         "S (`orderId` BIGINT, ID INTEGER)",
		"STREAM s WITH (kafka_topic='anonymous', value_format='JSON')":                                                       "S (`orderId` BIGINT, ID INTEGER)",
		"STREAM s WITH (kafka_topic='json', value_format='AVRO')":                                                            "S (A TIMESTAMP, B BOOLEAN)",
		"STREAM s (v INT) WITH (kafka_topic='json', value_format='JSON')":                                                    "S (V INT)",
		"STREAM s WITH (kafka_topic_pattern='json', value_format='JSON')":                                                    "STREAM S WITH",
		"STREAM s WITH (kafka_topic='missing', value_format='AVRO')":                                                         "no schema",
		"STREAM s (v INT) WITH (kafka_topic='t', value_format='AVRO', value_schema_id=7)":                                    "Table elements and VALUE_SCHEMA_ID cannot both exist for create statement.",
		"STREAM s (k INT KEY) WITH (kafka_topic='t', key_format='KAFKA', key_schema_id=7, value_format='AVRO')":              "KEY_FORMAT should support schema inference when KEY_SCHEMA_ID is provided. Current format is KAFKA.",
	} {
		parsed, err := parser.Parse("CREATE " + statement + ";")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		completed, err := p.Complete(t.Context(), someSchemas{}, someSamples{}, parsed[0].Statement.(*ast.CreateSource))
		if err != nil {
			got = err.Error()
		} else {
			got = ast.Format(completed)
			if _, err := parser.Parse(got + ";"); err != nil {
				t.Errorf("%s: %v", got, err)
			}
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", statement, got, want)
		}
	}
}

func TestCheckSchemas(t *testing.T) {
	t.Parallel()
	p := &planner.Planner{Catalog: &catalog.Catalog{}, Formats: someFormats{}}
	id := types.Column{Name: "id", Type: types.ArrayOf(types.MapOf(types.String, types.Bytes))}
	other := types.Column{Name: "id", Type: types.Int}
	for _, c := range []struct {
		sink *catalog.Source
		want string
	}{
		{&catalog.Source{Schema: &types.Schema{Value: []types.Column{other}}}, ""},
		{&catalog.Source{Value: catalog.Format{Name: "AVRO", SchemaID: 1}, Schema: &types.Schema{Value: []types.Column{id}}}, ""},
		{
			&catalog.Source{Value: catalog.Format{Name: "AVRO", SchemaID: 1}, Schema: &types.Schema{Value: []types.Column{other, id}}},
			"The following value columns are changed, missing or reordered: [`id` INTEGER, `id` ARRAY<MAP<STRING, BYTES>>]. " +
				"Schema from schema registry is [`id` ARRAY<MAP<STRING, BYTES>>]",
		},
		{
			&catalog.Source{Key: catalog.Format{Name: "AVRO", SchemaID: 1, Unwrapped: true}, Schema: &types.Schema{Key: []types.Column{other}}},
			"The following key columns are changed, missing or reordered: [`id` INTEGER KEY]. " +
				"Schema from schema registry is [`ROWKEY` STRUCT<`lower` DECIMAL(4, 2)> KEY]",
		},
	} {
		got := ""
		if err := p.CheckSchemas(t.Context(), someSchemas{}, &ast.CreateSourceAs{}, c.sink); err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s", got)
		}
	}
}
