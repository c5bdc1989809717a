package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// This file writes and reads records for the scripts, as a plain client does.

// compressions are the codecs that a producer may use.
var compressions = map[string]kgo.CompressionCodec{
	"":       kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

// write is the command produce.
func (s *script) write(t *testing.T, d *datadriven.TestData) error {
	t.Helper()
	named := options(d)
	topic, end := d.CmdArgs[0].Key, named["transaction"]
	settings := []kgo.Opt{kgo.ProducerBatchCompression(compressions[named["compression"]])}
	if end != "" {
		settings = append(settings, kgo.TransactionalID(s.name+d.Pos))
	}
	client := s.connect(t, settings...)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if end != "" {
		if err := client.BeginTransaction(); err != nil {
			return err
		}
	}
	for line := range strings.Lines(d.Input) {
		record, err := parseRecord(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return err
		}
		record.Topic = topic
		if err := client.ProduceSync(ctx, record).FirstErr(); err != nil {
			return err
		}
	}
	switch end {
	case "commit":
		return errors.Join(client.EndTransaction(ctx, kgo.TryCommit), s.settle(ctx, topic))
	case "abort":
		return errors.Join(client.EndTransaction(ctx, kgo.TryAbort), s.settle(ctx, topic))
	case "open":
		endLater(t, client)
	}
	return nil
}

// endLater leaves a transaction open until the file ends.
func endLater(t *testing.T, client *kgo.Client) {
	t.Helper()
	t.Cleanup(func() {
		if err := client.EndTransaction(context.WithoutCancel(t.Context()), kgo.TryAbort); err != nil {
			t.Error(err)
		}
	})
}

// settle waits until the marker of a transaction is in its topic: a cluster says
// that a transaction has ended as soon as it has decided so.
func (s *script) settle(ctx context.Context, topic string) error {
	for {
		stable, err := s.admin.ListCommittedOffsets(ctx, topic)
		if err != nil {
			return err
		}
		ends, err := s.admin.ListEndOffsets(ctx, topic)
		if err != nil {
			return err
		}
		if maps.EqualFunc(stable[topic], ends[topic], func(a, b kadm.ListedOffset) bool { return a.Offset == b.Offset }) {
			return nil
		}
	}
}

// parseRecord reads a record: "p=N ts=MS h:NAME=VALUE k=KEY v=VALUE". All parts
// may be missing, in this order; v reaches to the end of the line. Keys, values
// and those of headers may be quoted as Go has it, and are null if missing.
func parseRecord(line string) (*kgo.Record, error) {
	record := &kgo.Record{Timestamp: theTime()}
	for line != "" {
		name, rest, _ := strings.Cut(line, "=")
		part := rest
		if name != "v" {
			part, line, _ = strings.Cut(rest, " ")
		} else {
			line = ""
		}
		value, err := unquote(part)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part, err)
		}
		if err := setPart(record, name, value); err != nil {
			return nil, err
		}
	}
	return record, nil
}

func unquote(text string) ([]byte, error) {
	if !strings.HasPrefix(text, `"`) {
		return []byte(text), nil
	}
	unquoted, err := strconv.Unquote(text)
	return []byte(unquoted), err
}

func setPart(record *kgo.Record, name string, value []byte) error {
	header, isHeader := strings.CutPrefix(name, "h:")
	switch {
	case isHeader && string(value) == "~":
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: header})
	case isHeader:
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: header, Value: value})
	case name == "k":
		record.Key = value
	case name == "v":
		record.Value = value
	case name == "p" || name == "ts":
		number, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil {
			return err
		}
		if name == "p" {
			record.Partition = int32(number)
		} else {
			record.Timestamp = time.UnixMilli(number)
		}
	default:
		return fmt.Errorf("a record has no part %q", name)
	}
	return nil
}

// consume shows the records of a topic, partition by partition, up to its
// present end.
func (s *script) consume(t *testing.T, topic string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ends, err := s.admin.ListEndOffsets(ctx, topic)
	if err != nil {
		return "", err
	}
	client := newClient(t, append(fromStart(topic), kgo.SeedBrokers(s.address))...)
	var lines []string
	left := 0
	ends.Each(func(end kadm.ListedOffset) { left += int(end.Offset) })
	for left > 0 {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return "", err
		}
		for _, record := range fetches.Records() {
			lines = append(lines, recordText(record))
			left--
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n", nil
}

// recordText shows a record byte for byte.
func recordText(r *kgo.Record) string {
	return fmt.Sprintf("p=%d offset=%d ts=%d headers=%d k=%s v=%s",
		r.Partition, r.Offset, r.Timestamp.UnixMilli(), len(r.Headers), quoted(r.Key), quoted(r.Value))
}

func quoted(text []byte) string {
	if text == nil {
		return "null"
	}
	return strconv.Quote(string(text))
}
