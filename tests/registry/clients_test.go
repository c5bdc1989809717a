package registry_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/tests/registry/npm"
)

// nodeCases write with the client for Node what ksqlite reads, and read with it what
// ksqlite writes.
func nodeCases() map[string]func(t *testing.T, url string) {
	cases := map[string]func(t *testing.T, url string){}
	for _, f := range formats {
		cases["node writes "+f.name] = func(t *testing.T, url string) { t.Helper(); nodeWrites(t, npm.Find(t), url, f) }
		cases["node reads "+f.name] = func(t *testing.T, url string) { t.Helper(); nodeReads(t, npm.Find(t), url, f) }
	}
	return cases
}

// format is a format with a registry, and a schema as other programs make them.
type format struct {
	name, language string
	schema         string
	read           [2]string // what the client reads of the rows of nodeReads, whose id is %d
}

var formats = []format{
	{
		name: "AVRO", language: "AVRO",
		schema: `{"type":"record","name":"Person","namespace":"test","fields":[
			{"name":"id","type":"long"},{"name":"name","type":"string"},{"name":"tags","type":{"type":"array","items":"string"}},
			{"name":"address","type":["null",{"type":"record","name":"Address","fields":[{"name":"city","type":"string"}]}],"default":null}]}`,
		read: [2]string{
			`{"ID":%d,"NAME":"Zoë 🚀","TAGS":["x","y"],"MORE":{"D":1.5,"B":true}}`,
			`{"ID":%d,"NAME":null,"TAGS":[""],"MORE":{"D":-20000000000,"B":false}}`,
		},
	},
	{
		name: "JSON_SR", language: "JSON",
		schema: `{"type":"object","title":"Person","additionalProperties":false,"properties":{
			"id":{"type":"integer"},"name":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}},
			"address":{"type":"object","properties":{"city":{"type":"string"}}}}}`,
		read: [2]string{
			`{"ID":%d,"NAME":"Zoë 🚀","TAGS":["x","y"],"MORE":{"D":1.5,"B":true}}`,
			`{"ID":%d,"NAME":null,"TAGS":[""],"MORE":{"D":-20000000000,"B":false}}`,
		},
	},
	{
		name: "PROTOBUF", language: "PROTOBUF",
		schema: `syntax = "proto3";
			package test;
			message Person { int64 id = 1; string name = 2; repeated string tags = 3; Address address = 4; message Address { string city = 1; } }`,
		read: [2]string{ // long integers are texts, and what is not set is not told
			`{"ID":"%d","NAME":"Zoë 🚀","TAGS":["x","y"],"MORE":{"D":1.5,"B":true}}`,
			`{"ID":"%d","TAGS":[""],"MORE":{"D":-20000000000}}`,
		},
	},
}

// nodeWrites reads records of the client, with the columns of its schema.
func nodeWrites(t *testing.T, client npm.Client, url string, f format) {
	t.Helper()
	w := newWorld(t, url)
	topic := "node_" + strings.ToLower(f.name)
	records := client.Write(t, url, npm.Schema{Type: f.language, Subject: topic + "-value", Text: f.schema},
		`{"id":1,"name":"Ada","tags":["a","ü"],"address":{"city":"Roma"}}`, `{"id":-2,"name":"Zoë 🚀","tags":[]}`)
	if f.name == "PROTOBUF" {
		// The client leaves out which message of the schema it is, so that Confluent's own
		// deserializer cannot read it either. 0 is the first.
		for i, r := range records {
			records[i] = slices.Insert(r, 5, 0)
		}
	}
	w.produce(t, topic, records...)
	w.exec(t, "CREATE STREAM people WITH (KAFKA_TOPIC='"+topic+"', VALUE_FORMAT='"+f.name+"');")
	got := w.query(t, "SELECT id, name, tags, address->city AS city FROM people;")
	want := `{"CITY":"Roma","ID":1,"NAME":"Ada","TAGS":["a","ü"]}` + "\n" + `{"CITY":null,"ID":-2,"NAME":"Zoë 🚀","TAGS":[]}`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// nodeReads has the client read what INSERTs and a persistent query wrote.
func nodeReads(t *testing.T, client npm.Client, url string, f format) {
	t.Helper()
	w := newWorld(t, url)
	topic := "sql_" + strings.ToLower(f.name)
	w.exec(t, `CREATE STREAM numbers (id BIGINT, name STRING, tags ARRAY<STRING>, more STRUCT<d DOUBLE, b BOOLEAN>)
			WITH (KAFKA_TOPIC='`+topic+`', PARTITIONS=1, VALUE_FORMAT='`+f.name+`');
		SET 'auto.offset.reset'='earliest';
		CREATE STREAM copied WITH (KAFKA_TOPIC='`+topic+`_copy') AS SELECT id * 2 AS id, name, tags, more FROM numbers;
		INSERT INTO numbers VALUES (7, 'Zoë 🚀', ARRAY['x', 'y'], STRUCT(d := 1.5, b := true));
		INSERT INTO numbers (id, tags, more) VALUES (8, ARRAY[''], STRUCT(d := -2e10, b := false));`)
	for topic, ids := range map[string][2]int{topic: {7, 8}, topic + "_copy": {14, 16}} {
		for i, got := range client.Read(t, url, w.consume(t, topic, 2)...) {
			if want := fmt.Sprintf(f.read[i], ids[i]); !equalJSON(t, got, want) {
				t.Errorf("%s: got\n%s\nwant\n%s", topic, got, want)
			}
		}
	}
}

// equalJSON compares documents, whatever the order of their members.
func equalJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var values [2]any
	for i, text := range []string{a, b} {
		if err := json.Unmarshal([]byte(text), &values[i]); err != nil {
			t.Fatal(err)
		}
	}
	return reflect.DeepEqual(values[0], values[1])
}
