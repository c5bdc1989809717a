package conformance

import "testing"

// TestAvro writes values and reads them again.
func TestAvro(t *testing.T) {
	t.Parallel()
	typ, err := parseAvro(`{"type": "record", "name": "R", "namespace": "a.b", "fields": [
		{"name": "B", "type": "boolean"}, {"name": "I", "type": ["null", "int"], "default": null},
		{"name": "L", "type": "long"}, {"name": "F", "type": "float"}, {"name": "D", "type": "double"},
		{"name": "S", "type": ["string", "null"]}, {"name": "Y", "type": "bytes"},
		{"name": "X", "type": {"type": "fixed", "size": 2, "name": "two"}},
		{"name": "M", "type": {"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 2}},
		{"name": "A", "type": {"type": "array", "items": ["null", "two"]}}, {"name": "E", "type": {"type": "enum", "name": "E", "symbols": ["P", "Q"]}},
		{"name": "H", "type": {"type": "map", "values": {"type": "long", "logicalType": "timestamp-millis"}}},
		{"name": "Z", "type": "int", "default": 7}]}`)
	if err != nil {
		t.Fatal(err)
	}
	const text = `{"b": true, "i": null, "l": -3000000000, "f": 1.5, "d": 0.1, "s": "é", "y": "IQ==", "x": "ISE=",
		"m": "-1.5", "a": [null, "ISE="], "e": "Q", "h": {"k": 12}, "unknown": 1}`
	tree, err := parseTree([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := encodeAvro(nil, tree, typ)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeAvro(encoded, typ)
	if err != nil {
		t.Fatal(err)
	}
	checkMatch(t, "a record of all types", got, `{"b": true, "i": null, "l": -3000000000, "f": 1.5, "d": 0.1, "s": "é", "y": "IQ==", "x": "ISE=",
		"m": "-1.50", "a": [null, "ISE="], "e": "Q", "h": {"k": 12}, "z": 7}`, true)
	for n := range encoded {
		if _, err := decodeAvro(encoded[:n], typ); err == nil {
			t.Errorf("%d of %d bytes are a whole record", n, len(encoded))
		}
	}
}

// TestTwosComplement reads what it writes, in as few bytes as Java does.
func TestTwosComplement(t *testing.T) {
	t.Parallel()
	for text, length := range map[string]int{
		"0": 1, "127": 1, "128": 2, "-128": 1, "-129": 2, "-1": 1, "32768": 3, "-32768": 2, "123456789012345678901": 9,
	} {
		d, _ := parseDecimal(text)
		b := twosComplement(d.Unscaled)
		if len(b) != length || fromTwosComplement(b).Cmp(d.Unscaled) != 0 {
			t.Errorf("%s is % x", text, b)
		}
	}
}
