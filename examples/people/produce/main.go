// Command produce creates the topic fake_people with four partitions and puts a
// hundred people into it, as JSON: {"id":…,"name":…,"title":…}. The key of each
// record is the person's title in lower case with hyphens for blanks, so all
// people of one title lie in one partition.
//
//	go run ./examples/people/produce -brokers localhost:9092
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	topic      = "fake_people"
	partitions = 4
	people     = 100
)

// person is a record's value.
type person struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Title string `json:"title"`
}

var (
	firstNames = []string{"Ada", "Alan", "Barbara", "Claude", "Dorothy", "Edsger", "Frances", "Grace", "John", "Margaret"}
	lastNames  = []string{"Allen", "Dijkstra", "Hamilton", "Hopper", "Lovelace", "Liskov", "McCarthy", "Shannon", "Turing", "Vaughan"}
	titles     = []string{"Data Engineer", "Product Manager", "Staff Engineer", "Support Analyst", "Team Lead"}
)

func main() {
	brokers := flag.String("brokers", "localhost:9092", "addresses of the brokers, with commas between them")
	flag.Parse()
	if err := run(context.Background(), strings.Split(*brokers, ",")); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, brokers []string) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.DefaultProduceTopic(topic))
	if err != nil {
		return err
	}
	defer client.Close()
	if err := createTopic(ctx, client); err != nil {
		return fmt.Errorf("creating topic %s: %w", topic, err)
	}
	for i := range people {
		if err := produce(ctx, client, somebody(i)); err != nil {
			return fmt.Errorf("producing person %d: %w", i, err)
		}
	}
	fmt.Printf("%d people are in topic %s\n", people, topic)
	return nil
}

// createTopic creates the topic unless it is there already.
func createTopic(ctx context.Context, client *kgo.Client) error {
	_, err := kadm.NewClient(client).CreateTopic(ctx, partitions, -1, nil, topic)
	if errors.Is(err, kerr.TopicAlreadyExists) {
		return nil
	}
	return err
}

// somebody makes up the i-th person.
func somebody(i int) person {
	return person{
		ID:    uuid(),
		Name:  firstNames[i%len(firstNames)] + " " + lastNames[i/len(firstNames)%len(lastNames)],
		Title: titles[i%len(titles)],
	}
}

func produce(ctx context.Context, client *kgo.Client, p person) error {
	value, err := json.Marshal(p)
	if err != nil {
		return err
	}
	key := strings.ReplaceAll(strings.ToLower(p.Title), " ", "-")
	return client.ProduceSync(ctx, &kgo.Record{Key: []byte(key), Value: value}).FirstErr()
}

// uuid returns a random UUID (version 4, RFC 9562).
func uuid() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
