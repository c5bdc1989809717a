package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// TestExamplesOfProperties: the files that the help shows can be read, and hold nothing unknown.
func TestExamplesOfProperties(t *testing.T) {
	t.Parallel()
	examples := 0
	for paragraph := range strings.SplitSeq(propertiesHelp, "\n\n") {
		if !strings.HasPrefix(paragraph, "  # ") {
			continue
		}
		examples++
		file := filepath.Join(t.TempDir(), "client.properties")
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(paragraph, "${env:", "${ENV:")), 0o600); err != nil {
			t.Fatal(err)
		}
		read, err := kafka.LoadProperties(file)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range read.Values {
			if _, ok := registry.Name(name); ok {
				continue
			}
			if err := kafka.ValidateProperty(name, value); err != nil {
				t.Error(err)
			}
		}
		if read.Values["security.protocol"] == "SASL_SSL" {
			if _, err := kafka.NewWay(kafka.Config{Properties: read.Values}); err != nil {
				t.Error(err)
			}
		}
	}
	if examples != 6 {
		t.Errorf("%d examples", examples)
	}
}
