package config_test

import (
	"testing"

	"github.com/ksqlite/ksqlite/planner/config"
)

// BenchmarkLookup is what every statement does several times.
func BenchmarkLookup(b *testing.B) {
	var p config.Properties
	b.ReportAllocs()
	for b.Loop() {
		p.Bool(config.InsertIntoValues)
	}
}
