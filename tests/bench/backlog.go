package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// slowRows is how many rows the slow reader takes, one a millisecond.
const slowRows = 3000

// backlogMemory measures the most that a query takes which has a large backlog
// in a hundred partitions before it, and whose rows are taken slowly. The broker
// is a process of its own.
func backlogMemory(ctx context.Context, s *settings) (ours, base float64, err error) {
	path, cleanup, err := build(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer cleanup()
	address, stop, err := serve(ctx, path)
	if err != nil {
		return 0, 0, err
	}
	defer stop()
	if err := fillBacklog(ctx, address, s.backlog); err != nil {
		return 0, 0, err
	}
	cmd := exec.CommandContext(ctx, path, "--bootstrap-server", address, "--output", "JSONL", "-e",
		"CREATE STREAM orders ("+orderColumns+") WITH (kafka_topic='orders', value_format='JSON'); "+
			"SET 'auto.offset.reset'='earliest'; SELECT * FROM orders EMIT CHANGES;")
	rows, err := started(cmd)
	if err != nil {
		return 0, 0, err
	}
	defer end(cmd)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range slowRows {
		<-tick.C
		if !rows.Scan() {
			return 0, 0, errors.New("the query ended early")
		}
	}
	mb, err := memory(cmd.Process.Pid, "VmHWM")
	return mb, 0, err
}

// serve starts a broker for other programs and returns its address.
func serve(ctx context.Context, path string) (address string, stop func(), err error) {
	dir, err := os.MkdirTemp("", "ksqlite-bench")
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, path, "broker", "--listen", "127.0.0.1:0", "--data-dir", dir)
	said, err := cmd.StderrPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		end(cmd)
		os.RemoveAll(dir)
	}
	found := regexp.MustCompile(`127\.0\.0\.1:\d+`)
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if address = found.FindString(lines.Text()); address != "" {
			return address, stop, nil
		}
	}
	stop()
	return "", nil, errors.New("the broker did not say its address")
}

func fillBacklog(ctx context.Context, address string, mb int) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(address), kgo.DefaultProduceTopic("orders"))
	if err != nil {
		return err
	}
	defer client.Close()
	if _, err := kadm.NewClient(client).CreateTopic(ctx, 100, 1, nil, "orders"); err != nil {
		return err
	}
	values := samples(10_000, order)
	var size, failed int
	for i := 0; size < mb<<20; i++ {
		value := values[i%len(values)]
		size += len(value)
		client.Produce(ctx, &kgo.Record{Key: fmt.Appendf(nil, "%d", i), Value: value}, func(_ *kgo.Record, err error) {
			if err != nil {
				failed++
			}
		})
	}
	if err := client.Flush(ctx); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d records of the backlog were not written", failed)
	}
	return nil
}
