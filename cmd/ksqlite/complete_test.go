package main

import (
	"net"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// TestCompletionDoesNotWaitForLong: a Kafka that is silent keeps nobody who has pressed TAB.
func TestCompletionDoesNotWaitForLong(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	command := &cobra.Command{}
	command.SetContext(t.Context())
	f := kafkaFlags{servers: silent.Addr().String()}
	began := time.Now()
	names, directive := f.topics(command, nil, "")
	if len(names) > 0 || directive != cobra.ShellCompDirectiveNoFileComp {
		t.Errorf("%q, %v", names, directive)
	}
	if took := time.Since(began); took > 5*askTimeout { // a busy machine has its time; the connection alone would take more
		t.Errorf("it took %v", took)
	}
}
