// Package kafka_test holds ksqlite against a real Apache Kafka.
//
// One server is shared by all tests that leave it running: see shared. A test
// that stops its server starts one of its own with apache.Run.
package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/tests/kafka/apache"
)

// startTimeout is how long the shared server may take to start on a machine
// that is busy with other tests.
const startTimeout = 2 * time.Minute

// sharedServer is started by the first test that asks for it and closed by
// TestMain.
var sharedServer struct {
	once   sync.Once
	server *apache.Server
	err    error
}

func TestMain(m *testing.M) {
	if address := os.Getenv(serveVariable); address != "" {
		fmt.Fprintln(os.Stderr, serveUntilKilled(address, os.Getenv(catalogVariable), os.Getenv(serviceVariable)))
		os.Exit(1)
	}
	if err := apache.Available(); err != nil {
		fmt.Println(err)
		if apache.Required() {
			os.Exit(1)
		}
	}
	code := m.Run()
	if err := errors.Join(closeShared(code), os.RemoveAll(programFolder)); err != nil {
		fmt.Println(err)
	}
	os.Exit(code)
}

// closeShared ends the shared server, if there is one, and shows its log when
// the tests failed.
func closeShared(code int) error {
	s := sharedServer.server
	if s == nil {
		return nil
	}
	if code != 0 {
		fmt.Printf("the shared Kafka's log:\n%s\n", s.Log())
	}
	return s.Close()
}

// shared is the server that has every listener, for tests that leave it
// running and name their topics and groups after themselves. It skips the test
// where there is no Kafka.
func shared(t *testing.T) *apache.Server {
	t.Helper()
	apache.Require(t)
	s := &sharedServer
	s.once.Do(func() {
		// Not the test's context: the server outlives the test.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), startTimeout)
		defer cancel()
		s.server, s.err = apache.Start(ctx, apache.Options{Listeners: []apache.Listener{
			apache.SASLPlaintext, apache.TLS, apache.SASLTLS, apache.MutualTLS,
		}, Users: vendorUsers(), ACLs: true})
	})
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.server
}
