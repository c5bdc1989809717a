// Command consume_manual reads the topic fake_people in a consumer group and
// commits by itself, after each batch that it has worked on. It ends after -n
// people, or with Ctrl-C.
//
//	go run ./examples/people/consume_manual -brokers localhost:9092
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os/signal"
	"strings"
	"syscall"

	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	brokers := flag.String("brokers", "localhost:9092", "addresses of the brokers, with commas between them")
	group := flag.String("group", "people-manual", "consumer group")
	n := flag.Int("n", 0, "end after so many people; 0 for never")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, strings.Split(*brokers, ","), *group, *n); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, brokers []string, group string, n int) error {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(brokers...),
		kgo.ConsumerGroup(group),
		kgo.ConsumeTopics("fake_people"),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(), // no partition is taken away before its batch is committed
	)
	if err != nil {
		return err
	}
	defer client.CloseAllowingRebalance()
	for seen := 0; n == 0 || seen < n; {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err := fetches.Err(); err != nil {
			return err
		}
		batch := fetches.Records()
		if n > 0 {
			batch = batch[:min(len(batch), n-seen)]
		}
		for _, r := range batch {
			fmt.Printf("partition %d offset %d key %s: %s\n", r.Partition, r.Offset, r.Key, r.Value)
		}
		if err := client.CommitRecords(ctx, batch...); err != nil {
			return fmt.Errorf("committing: %w", err)
		}
		client.AllowRebalance()
		seen += len(batch)
	}
	return nil
}
