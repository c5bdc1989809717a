package kafka

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestProperties runs testdata/properties.ddt: `parse` reads properties and prints the
// settings they change, or what is wrong with them; `places` prints where each stands. In their text
// BOM and RETURN are the characters of that name.
func TestProperties(t *testing.T) {
	t.Parallel()
	datadriven.RunTest(t, "testdata/properties.ddt", func(t *testing.T, d *datadriven.TestData) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "client.properties")
		text := strings.NewReplacer("BOM", "\uFEFF", "RETURN", "\r").Replace(d.Input)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		given, err := LoadProperties(file)
		switch {
		case err != nil:
			return strings.ReplaceAll(err.Error(), file, "FILE")
		case d.Cmd == "places":
			return places(given)
		}
		return parsed(t, given)
	})
}

// places prints where properties stand.
func places(given *PropertiesFile) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(given.Values)) {
		fmt.Fprintf(&b, "%d: %s = %s\n", given.Places[name].Line, name, given.Values[name])
	}
	return b.String()
}

// parsed prints the settings that properties change.
func parsed(t *testing.T, given *PropertiesFile) string {
	t.Helper()
	got, err := parseProperties(given.Values)
	if err != nil {
		return err.Error()
	}
	defaults, err := parseProperties(map[string]string{"bootstrap.servers": "h:1"})
	if err != nil {
		t.Fatal(err)
	}
	return changes("", reflect.ValueOf(*defaults), reflect.ValueOf(*got))
}

// changes prints the fields that differ.
func changes(prefix string, old, now reflect.Value) string {
	var b strings.Builder
	for i := range old.NumField() {
		name := prefix + old.Type().Field(i).Name
		switch was, is := fmt.Sprintf("%+v", old.Field(i)), fmt.Sprintf("%+v", now.Field(i)); {
		case was == is:
		case old.Field(i).Kind() == reflect.Struct && name != "acks" && name != "compression":
			b.WriteString(changes(name+".", old.Field(i), now.Field(i)))
		default:
			fmt.Fprintf(&b, "%s: %s\n", name, is)
		}
	}
	return b.String()
}

// Every default is a valid value, and every property says what it does.
func TestPropertyTable(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, p := range Properties() {
		if seen[p.Name] {
			t.Errorf("%s is there twice", p.Name)
		}
		seen[p.Name] = true
		if !strings.HasSuffix(p.Doc, ".") && !strings.HasSuffix(p.Doc, ";") {
			t.Errorf("%s: doc %q", p.Name, p.Doc)
		}
		if p.Default == "" || p.set == nil {
			continue
		}
		if err := ValidateProperty(p.Name, p.Default); err != nil {
			t.Error(err)
		}
	}
}

func TestLoadPropertiesWithoutFile(t *testing.T) {
	t.Parallel()
	if _, err := LoadProperties(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "reading Kafka properties: open ") {
		t.Errorf("error %v", err)
	}
}

// Every property is in one class, which says what becomes of it.
func TestPropertyClasses(t *testing.T) {
	t.Parallel()
	for class, names := range map[Class]string{
		Honoured: "security.protocol sasl.mechanism sasl.jaas.config sasl.oauthbearer.token.endpoint.url ssl.truststore.location ssl.truststore.password " +
			"ssl.truststore.type ssl.keystore.location ssl.keystore.password ssl.key.password ssl.keystore.key ssl.endpoint.identification.algorithm client.id " +
			"isolation.level acks enable.idempotence retries delivery.timeout.ms linger.ms batch.size compression.type sasl.username ssl.ca.location",
		Engines: "group.id auto.offset.reset enable.auto.commit session.timeout.ms",
		Idle:    "client.dns.lookup key.serializer value.deserializer partition.assignment.strategy ssl.protocol metric.reporters socket.nagle.disable",
	} {
		for name := range strings.FieldsSeq(names) {
			if p, ok := FindProperty(name); !ok || p.Class != class {
				t.Errorf("%s is of class %d, known %t", name, p.Class, ok)
			}
		}
	}
	for _, p := range Properties() {
		if p.Class == Honoured && p.set == nil || p.Class == Idle && p.set != nil {
			t.Errorf("%s has no effect, and is not in the class that says so", p.Name)
		}
	}
}
