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
	"path/filepath"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// This file ends the transactions that were open when a broker was killed. Those whose
// commit had been noted are committed: markers that are missing, and the offsets. The
// others kfake takes for aborted when it opens the folder, but writes no markers:
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

// recoverFolder ends open transactions, through a broker that nobody else reaches.
func recoverFolder(f *folder, o Options) error {
	if f.temporary {
		return nil
	}
	if err := f.restoreGroups(); err != nil {
		return err
	}
	dirty, err := f.crashed()
	if err != nil {
		return err
	}
	if len(dirty) > 0 {
		r := recovery{dirty: dirty, aborted: map[producer]bool{}, topics: map[string]kmsg.MetadataResponseTopic{}}
		if r.notes, err = notes(f.path); err != nil {
			return err
		}
		if err := r.within(f, o); err != nil {
			return err
		}
		if err := f.reread(r.repaired); err != nil {
			return err
		}
	}
	return f.settled()
}

// reread has kfake read the logs of partitions anew: what it saved of them says that the
// transactions which were committed since are aborted.
func (f *folder) reread(partitions []string) error {
	var faults []error
	for _, partition := range partitions {
		if err := os.Remove(filepath.Join(f.path, "partitions", partition, "snapshot.json")); !errors.Is(err, fs.ErrNotExist) {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// within runs a recovery.
func (r *recovery) within(f *folder, o Options) error {
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
	r.client, err = kgo.NewClient(kgo.SeedBrokers(l.advertised.String()), kgo.Dialer(func(ctx context.Context, _, _ string) (net.Conn, error) {
		return l.dial(ctx)
	}), kgo.DisableClientMetrics())
	if err != nil {
		return err
	}
	defer r.client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), recoveryTimeout)
	defer cancel()
	return r.run(ctx)
}

// recovery looks for open transactions.
type recovery struct {
	client *kgo.Client
	dirty  map[string]bool
	notes  []note
	// aborted are the transactions of which a partition has the marker of an abort: that
	// a commit was noted does not count then, as it was refused.
	aborted  map[producer]bool
	open     []openPartition
	topics   map[string]kmsg.MetadataResponseTopic
	repaired []string // partitions that have got the marker of a commit
}

// producer is a transactional producer. Clients of late get another epoch with each transaction.
type producer struct {
	id    int64
	epoch int16
}

// openPartition is a partition with open transactions at its end.
type openPartition struct {
	topic     string
	partition int32
	producers []producer
}

func (r *recovery) run(ctx context.Context) error {
	q := kmsg.NewPtrMetadataRequest()
	topics, err := q.RequestWith(ctx, r.client)
	if err != nil {
		return err
	}
	for _, t := range topics.Topics {
		r.topics[*t.Topic] = t
		for _, p := range t.Partitions {
			if !r.dirty[folderOf(*t.Topic, p.Partition)] {
				continue
			}
			if err := r.lookInto(ctx, t, p.Partition); err != nil {
				return fmt.Errorf("recovering topic %s partition %d: %w", *t.Topic, p.Partition, err)
			}
		}
	}
	committed := map[producer]bool{}
	for _, n := range r.notes {
		committed[producer{n.Producer, n.Epoch}] = !r.aborted[producer{n.Producer, n.Epoch}]
	}
	for _, p := range r.open {
		if err := r.end(ctx, p, committed); err != nil {
			return fmt.Errorf("recovering topic %s partition %d: %w", p.topic, p.partition, err)
		}
	}
	for _, n := range r.notes {
		if committed[producer{n.Producer, n.Epoch}] && len(n.Offsets) > 0 {
			if err := r.commitOffsets(ctx, n); err != nil {
				return fmt.Errorf("recovering the offsets of group %s: %w", n.Offsets[0].Group, err)
			}
		}
	}
	return nil
}

// folderOf is the name of a partition's folder.
func folderOf(topic string, partition int32) string { return fmt.Sprintf("%s-%d", topic, partition) }

// lookInto reads the heads of all batches of a partition for what is open at its end.
func (r *recovery) lookInto(ctx context.Context, topic kmsg.MetadataResponseTopic, partition int32) error {
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
		at := r.follow(open, p.RecordBatches, next)
		if at == next {
			break
		}
		next = at
	}
	if len(open) == 0 {
		return nil
	}
	found := openPartition{topic: *topic.Topic, partition: partition}
	for id, epoch := range open {
		found.producers = append(found.producers, producer{id, epoch})
	}
	r.open = append(r.open, found)
	return nil
}

// fetch asks for the batches from an offset on.
func (r *recovery) fetch(ctx context.Context, topic kmsg.MetadataResponseTopic, partition int32, offset int64) (p kmsg.FetchResponseTopicPartition, err error) {
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
func (r *recovery) follow(open map[int64]int16, raw []byte, next int64) int64 {
	for len(raw) >= batchHead {
		size := beforeBatchLen + int(binary.BigEndian.Uint32(raw[atBatchLength:]))
		if size < batchHead || size > len(raw) {
			break
		}
		p := producer{int64(binary.BigEndian.Uint64(raw[atProducer:])), int16(binary.BigEndian.Uint16(raw[atEpoch:]))}
		switch attributes := binary.BigEndian.Uint16(raw[atAttributes:]); {
		case attributes&marker != 0:
			if epoch, ok := open[p.id]; ok && !commits(raw[batchHead:size]) {
				r.aborted[producer{p.id, epoch}] = true
			}
			delete(open, p.id)
		case attributes&inTransaction != 0:
			open[p.id] = p.epoch
		}
		next = int64(binary.BigEndian.Uint64(raw)) + int64(binary.BigEndian.Uint32(raw[atLastDelta:])) + 1
		raw = raw[size:]
	}
	return next
}

// commits reports whether the record of a marker is one of a commit.
func commits(records []byte) bool {
	var record kmsg.Record
	var key kmsg.ControlRecordKey
	return record.ReadFrom(records) == nil && key.ReadFrom(record.Key) == nil && key.Type == kmsg.ControlRecordKeyTypeCommit
}

// end writes the markers of a partition.
func (r *recovery) end(ctx context.Context, at openPartition, committed map[producer]bool) error {
	q := kmsg.NewPtrWriteTxnMarkersRequest()
	for _, p := range at.producers {
		m := kmsg.NewWriteTxnMarkersRequestMarker()
		m.ProducerID, m.ProducerEpoch, m.Committed = p.id, p.epoch, committed[p]
		t := kmsg.NewWriteTxnMarkersRequestMarkerTopic()
		t.Topic, t.Partitions = at.topic, []int32{at.partition}
		m.Topics = append(m.Topics, t)
		q.Markers = append(q.Markers, m)
		if m.Committed {
			r.repaired = append(r.repaired, folderOf(at.topic, at.partition))
		}
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

// recoveryID is the transactional id under which offsets are committed: only so can it
// be done for a group whose members are thought to be there.
const recoveryID = "__ksqlite_recovery"

// commitOffsets commits the offsets of a transaction in one of its own.
func (r *recovery) commitOffsets(ctx context.Context, n note) error {
	begin := kmsg.NewPtrInitProducerIDRequest()
	begin.TransactionalID, begin.TransactionTimeoutMillis = new(recoveryID), 60_000
	p, err := begin.RequestWith(ctx, r.client)
	if err == nil {
		err = kerr.ErrorForCode(p.ErrorCode)
	}
	if err != nil {
		return err
	}
	for _, o := range n.Offsets {
		topic, there := r.topicOf(o)
		if !there {
			continue
		}
		if err := r.commitOffset(ctx, producer{p.ProducerID, p.ProducerEpoch}, topic, o); err != nil {
			return err
		}
	}
	end := kmsg.NewPtrEndTxnRequest()
	end.TransactionalID, end.ProducerID, end.ProducerEpoch, end.Commit = recoveryID, p.ProducerID, p.ProducerEpoch, true
	ended, err := end.RequestWith(ctx, r.client)
	if err != nil {
		return err
	}
	return kerr.ErrorForCode(ended.ErrorCode)
}

// topicOf returns the topic of an offset: clients name it, or its id.
func (r *recovery) topicOf(o noteOffset) (topic kmsg.MetadataResponseTopic, ok bool) {
	if o.Topic != "" {
		topic, ok = r.topics[o.Topic]
		return topic, ok
	}
	for _, topic := range r.topics {
		if topic.TopicID == o.TopicID {
			return topic, true
		}
	}
	return topic, false
}

func (r *recovery) commitOffset(ctx context.Context, p producer, topic kmsg.MetadataResponseTopic, o noteOffset) error {
	add := kmsg.NewPtrAddOffsetsToTxnRequest()
	add.TransactionalID, add.ProducerID, add.ProducerEpoch, add.Group = recoveryID, p.id, p.epoch, o.Group
	added, err := add.RequestWith(ctx, r.client)
	if err == nil {
		err = kerr.ErrorForCode(added.ErrorCode)
	}
	if err != nil {
		return err
	}
	q := kmsg.NewPtrTxnOffsetCommitRequest()
	q.TransactionalID, q.ProducerID, q.ProducerEpoch, q.Group, q.Generation = recoveryID, p.id, p.epoch, o.Group, -1
	t := kmsg.NewTxnOffsetCommitRequestTopic()
	t.Topic, t.TopicID = *topic.Topic, topic.TopicID
	partition := kmsg.NewTxnOffsetCommitRequestTopicPartition()
	partition.Partition, partition.Offset, partition.LeaderEpoch, partition.Metadata = o.Partition, o.Offset, o.Leader, o.Metadata
	t.Partitions = append(t.Partitions, partition)
	q.Topics = append(q.Topics, t)
	response, err := q.RequestWith(ctx, r.client)
	if err != nil {
		return err
	}
	for _, t := range response.Topics {
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return err
			}
		}
	}
	return nil
}
