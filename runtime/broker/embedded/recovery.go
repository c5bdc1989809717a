package embedded

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// This file ends the transactions that were open when a broker was killed.
// kfake takes them for aborted when it opens the folder, but writes no markers:
// readers would take what the same producer writes next for aborted too, and a
// second crash would make what was aborted part of its next transaction.

// recoveryTimeout bounds how long a recovery may take.
const recoveryTimeout = 10 * time.Minute

// crashed returns the folders of the partitions that were written since they
// were last saved in good order, by name: TOPIC-PARTITION.
func (f *folder) crashed() (map[string]bool, error) {
	root := os.DirFS(f.path)
	partitions, err := fs.Glob(root, "partitions/*")
	if err != nil {
		return nil, fmt.Errorf("looking into data folder %s: %w", f.path, err)
	}
	dirty := make(map[string]bool)
	for _, partition := range partitions {
		if !saved(root, partition) {
			dirty[path.Base(partition)] = true
		}
	}
	return dirty, nil
}

// saved reports whether a partition's log is what its snapshot says, by the
// rule kfake has for that.
func saved(root fs.FS, partition string) bool {
	var snapshot struct {
		Segments []struct {
			Base int64 `json:"base_offset"`
			Size int64 `json:"size"`
		} `json:"segments"`
	}
	logs, _ := fs.Glob(root, path.Join(partition, "*.dat"))
	if len(logs) == 0 {
		return true
	}
	text, err := fs.ReadFile(root, path.Join(partition, "snapshot.json"))
	if err != nil || json.Unmarshal(text, &snapshot) != nil || len(snapshot.Segments) != len(logs) {
		return false
	}
	for _, segment := range snapshot.Segments {
		info, err := fs.Stat(root, path.Join(partition, fmt.Sprintf("%d.dat", segment.Base)))
		if err != nil || info.Size() != segment.Size {
			return false
		}
	}
	return true
}

// abortOpen writes the markers, through a broker that nobody else reaches.
func abortOpen(f *folder, o Options) error {
	if f.temporary {
		return nil
	}
	dirty, err := f.crashed()
	if err != nil || len(dirty) == 0 {
		return err
	}
	private := Options{Logger: o.Logger}
	l, err := newListener(private, &guard{log: o.logger()})
	if err != nil {
		return err
	}
	cluster, err := kfake.NewCluster(settings(private, f.path, l, &faultLog{log: o.logger()})...)
	if err != nil {
		_ = l.Close()
		return err
	}
	defer func() {
		cluster.Close()
		l.wait()
	}()
	client, err := kgo.NewClient(kgo.SeedBrokers(l.advertised.String()), kgo.Dialer(func(ctx context.Context, _, _ string) (net.Conn, error) {
		return l.dial(ctx)
	}), kgo.DisableClientMetrics())
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), recoveryTimeout)
	defer cancel()
	r := recovery{client: client, dirty: dirty}
	return r.run(ctx)
}

// recovery looks for open transactions.
type recovery struct {
	client *kgo.Client
	dirty  map[string]bool
}

func (r recovery) run(ctx context.Context) error {
	q := kmsg.NewPtrMetadataRequest()
	topics, err := q.RequestWith(ctx, r.client)
	if err != nil {
		return err
	}
	for _, t := range topics.Topics {
		for _, p := range t.Partitions {
			if !r.dirty[fmt.Sprintf("%s-%d", *t.Topic, p.Partition)] {
				continue
			}
			if err := r.recoverPartition(ctx, t, p.Partition); err != nil {
				return fmt.Errorf("recovering topic %s partition %d: %w", *t.Topic, p.Partition, err)
			}
		}
	}
	return nil
}

// recoverPartition reads the heads of all batches of a partition and aborts
// what is open at its end.
func (r recovery) recoverPartition(ctx context.Context, topic kmsg.MetadataResponseTopic, partition int32) error {
	open := make(map[int64]int16)
	for next := int64(0); ; {
		p, err := r.fetch(ctx, topic, partition, next)
		if errors.Is(err, kerr.OffsetOutOfRange) && p.LogStartOffset > next {
			next = p.LogStartOffset
			continue
		}
		if err != nil {
			return err
		}
		at := follow(open, p.RecordBatches, next)
		if at == next {
			break
		}
		next = at
	}
	return r.abort(ctx, *topic.Topic, partition, open)
}

// fetch asks for the batches from an offset on.
func (r recovery) fetch(ctx context.Context, topic kmsg.MetadataResponseTopic, partition int32, offset int64) (p kmsg.FetchResponseTopicPartition, err error) {
	q := kmsg.NewPtrFetchRequest()
	q.MaxBytes, q.SessionEpoch = maxMessageBytes, -1
	t := kmsg.NewFetchRequestTopic()
	t.Topic, t.TopicID = *topic.Topic, topic.TopicID
	wanted := kmsg.NewFetchRequestTopicPartition()
	wanted.Partition, wanted.FetchOffset, wanted.PartitionMaxBytes = partition, offset, maxMessageBytes
	t.Partitions = append(t.Partitions, wanted)
	q.Topics = append(q.Topics, t)
	response, err := q.RequestWith(ctx, r.client)
	if err != nil {
		return p, err
	}
	for _, t := range response.Topics {
		for _, p := range t.Partitions {
			return p, kerr.ErrorForCode(p.ErrorCode)
		}
	}
	return p, kerr.ErrorForCode(response.ErrorCode)
}

// The fields of a record batch's head that are needed here, and its size.
const (
	atBatchLength  = 8
	atAttributes   = 21
	atLastDelta    = 23
	atProducer     = 43
	atEpoch        = 51
	batchHead      = 61
	inTransaction  = 0x10
	marker         = 0x20
	beforeBatchLen = atBatchLength + 4
)

// follow keeps count of the producers, and their epochs, that have a transaction
// open, and returns the offset after the last whole batch.
func follow(open map[int64]int16, raw []byte, next int64) int64 {
	for len(raw) >= batchHead {
		size := beforeBatchLen + int(binary.BigEndian.Uint32(raw[atBatchLength:]))
		if size < batchHead || size > len(raw) {
			break
		}
		producer := int64(binary.BigEndian.Uint64(raw[atProducer:]))
		switch attributes := binary.BigEndian.Uint16(raw[atAttributes:]); {
		case attributes&marker != 0:
			delete(open, producer)
		case attributes&inTransaction != 0:
			open[producer] = int16(binary.BigEndian.Uint16(raw[atEpoch:]))
		}
		next = int64(binary.BigEndian.Uint64(raw)) + int64(binary.BigEndian.Uint32(raw[atLastDelta:])) + 1
		raw = raw[size:]
	}
	return next
}

// abort writes the markers of a partition.
func (r recovery) abort(ctx context.Context, topic string, partition int32, open map[int64]int16) error {
	if len(open) == 0 {
		return nil
	}
	q := kmsg.NewPtrWriteTxnMarkersRequest()
	for producer, epoch := range open {
		m := kmsg.NewWriteTxnMarkersRequestMarker()
		m.ProducerID, m.ProducerEpoch = producer, epoch
		t := kmsg.NewWriteTxnMarkersRequestMarkerTopic()
		t.Topic, t.Partitions = topic, []int32{partition}
		m.Topics = append(m.Topics, t)
		q.Markers = append(q.Markers, m)
	}
	response, err := q.RequestWith(ctx, r.client)
	if err != nil {
		return err
	}
	for _, m := range response.Markers {
		for _, t := range m.Topics {
			for _, p := range t.Partitions {
				if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
