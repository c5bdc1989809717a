package apache

import (
	"os"
	"testing"
)

// Required reports whether tests must fail, not skip, where there is no Kafka.
func Required() bool {
	return os.Getenv("KSQLITE_REQUIRE_KAFKA") == "1"
}

// Require skips a test when no Kafka can be started here, or fails it when
// one is required.
func Require(tb testing.TB) {
	tb.Helper()
	err := Available()
	switch {
	case err == nil:
	case Required():
		tb.Fatal(err)
	default:
		tb.Skip(err)
	}
}

// Run starts a server for one test, which may stop and restart it at will. It
// is gone when the test ends, and its log is shown when the test fails.
func Run(tb testing.TB, o Options) *Server {
	tb.Helper()
	Require(tb)
	s, err := Start(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("Kafka's log:\n%s", s.Log())
		}
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}
