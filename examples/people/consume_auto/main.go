// Command consume_auto reads the topic fake_people in a consumer group whose
// offsets are committed by themselves, every few seconds and at the end. It ends
// after -n people, or with Ctrl-C.
//
//	go run ./examples/people/consume_auto -brokers localhost:9092
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
	group := flag.String("group", "people-auto", "consumer group")
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
		// Only what was returned by an earlier poll is committed, so that a
		// record is not lost when the program dies while it works on it.
		kgo.AutoCommitMarks(),
	)
	if err != nil {
		return err
	}
	defer client.CloseAllowingRebalance() // commits what was marked
	for seen := 0; n == 0 || seen < n; {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err := fetches.Err(); err != nil {
			return err
		}
		for _, r := range fetches.Records() {
			if n > 0 && seen == n {
				break // what is not marked is not committed, and read the next time
			}
			fmt.Printf("partition %d offset %d key %s: %s\n", r.Partition, r.Offset, r.Key, r.Value)
			client.MarkCommitRecords(r)
			seen++
		}
	}
	return nil
}
