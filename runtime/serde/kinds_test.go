package serde_test

import (
	"testing"

	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

func TestKinds(t *testing.T) {
	t.Parallel()
	schemas := &registry.Memory{}
	id, err := schemas.Register(t.Context(), "t-value", registry.Schema{Type: registry.JSON, Text: `{"type": "object"}`})
	if err != nil || id != 1 {
		t.Fatal(id, err)
	}
	kinds := serde.New(serde.WithRegistry(schemas)).NewKinds()
	plain := serde.New().NewKinds()
	for _, c := range []struct{ src, want, without string }{
		{`{"b": 1, "a": {"x": 2}, "b": 3}`, "JSON object with a, b", "JSON object with a, b"},
		{`{"a": 1, "b": 2}`, "JSON object with a, b", "JSON object with a, b"},
		{"{}", "JSON object", "JSON object"},
		{`{"": 1}`, "JSON object with ", "JSON object with "},
		{" [1, 2] ", "JSON array", "JSON array"},
		{`"x"`, "JSON string", "JSON string"},
		{"12", "number as text", "number as text"},
		{"null", "JSON true, false or null", "JSON true, false or null"},
		{"12 apples", "text", "text"},
		{"{", "text", "text"},
		{"", "text", "text"},
		{"\x00\x00\x00\x00\x01{}", "JSON_SR, schema 1", "binary"},
		{"\x00\x00\x00\x00\x02{}", "binary", "binary"}, // no such schema
		{"\x00\x00\x00\x01", "4 bytes", "4 bytes"},
		{"\x00\x00\x00\x00\x00\x00\x00\x01", "8 bytes", "8 bytes"},
		{"\xff\xfe", "binary", "binary"},
	} {
		if got := string(kinds.Of(t.Context(), []byte(c.src))); got != c.want {
			t.Errorf("%q: %s, want %s", c.src, got, c.want)
		}
		if got := string(plain.Of(t.Context(), []byte(c.src))); got != c.without {
			t.Errorf("%q without a registry: %s, want %s", c.src, got, c.without)
		}
	}
	if got := string(kinds.Of(t.Context(), nil)); got != "null" {
		t.Errorf("null: %s", got)
	}
}

func BenchmarkKinds(b *testing.B) {
	kinds := serde.New().NewKinds()
	src := []byte(`{"ID": 123456, "NAME": "name 12", "PRICE": 123.5}`)
	for b.Loop() {
		kinds.Of(b.Context(), src)
	}
}
