package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// This file notes what a transaction is to do before kfake commits it. kfake writes
// markers to one partition after the other, and the group's offsets last; killed
// meanwhile, it would have committed the one and not the other. A note that is found
// when the folder is opened is followed: see recovery.

// note is what the commit of a transaction does.
type note struct {
	Producer int64        `json:"producer"`
	Epoch    int16        `json:"epoch"`
	Offsets  []noteOffset `json:"offsets,omitempty"`
}

// noteOffset is an offset that the transaction commits for a group.
type noteOffset struct {
	Group     string   `json:"group"`
	Topic     string   `json:"topic,omitempty"` // or
	TopicID   [16]byte `json:"topic_id"`
	Partition int32    `json:"partition"`
	Offset    int64    `json:"offset"`
	Leader    int32    `json:"leader_epoch"`
	Metadata  *string  `json:"metadata,omitempty"`
}

// journal keeps the notes, one for each transactional id. kfake calls it for one
// request at a time.
type journal struct {
	folder string
	log    *slog.Logger
	open   map[string]*noted
}

// noted is the last transaction of an id.
type noted struct {
	note
	ended bool // its commit was asked for, and its note written
}

// journalDir is where the notes are in a data folder.
func journalDir(folder string) string { return filepath.Join(folder, "transactions") }

// install has the journal see the requests that transactions are made of, and those
// after which a group is gone.
func (j *journal) install(c *kfake.Cluster) {
	observe := func(key kmsg.Key, see func(kmsg.Request) error) {
		control(c, key, func(q kmsg.Request) (kmsg.Response, bool) {
			if err := see(q); err != nil {
				j.log.Error("noting what a crash is not to undo", "error", err)
			}
			return nil, false
		})
	}
	observe(kmsg.InitProducerID, func(q kmsg.Request) error {
		if id := q.(*kmsg.InitProducerIDRequest).TransactionalID; id != nil {
			return j.forget(*id)
		}
		return nil
	})
	observe(kmsg.AddPartitionsToTxn, func(q kmsg.Request) error { return j.begin(q.(*kmsg.AddPartitionsToTxnRequest).TransactionalID) })
	observe(kmsg.AddOffsetsToTxn, func(q kmsg.Request) error { return j.begin(q.(*kmsg.AddOffsetsToTxnRequest).TransactionalID) })
	observe(kmsg.TxnOffsetCommit, func(q kmsg.Request) error { return j.offsets(q.(*kmsg.TxnOffsetCommitRequest)) })
	observe(kmsg.EndTxn, func(q kmsg.Request) error { return j.end(q.(*kmsg.EndTxnRequest)) })
	observe(kmsg.OffsetCommit, func(q kmsg.Request) error { return j.moved(q.(*kmsg.OffsetCommitRequest).Group) })
	observe(kmsg.OffsetDelete, func(q kmsg.Request) error { return j.moved(q.(*kmsg.OffsetDeleteRequest).Group) })
	observe(kmsg.DeleteGroups, func(q kmsg.Request) error {
		names := q.(*kmsg.DeleteGroupsRequest).Groups
		return errors.Join(j.moved(names...), forgetGroups(c, j.folder, names))
	})
}

// begin drops the note of the last transaction: kfake has done what it says before it
// sees another request.
func (j *journal) begin(id string) error {
	if n := j.open[id]; n != nil && n.ended {
		return j.forget(id)
	}
	return nil
}

func (j *journal) forget(id string) error {
	n := j.open[id]
	delete(j.open, id)
	if n == nil || !n.ended {
		return nil
	}
	return os.Remove(j.file(id))
}

// moved drops the notes of committed transactions with offsets of groups whose offsets are set otherwise.
func (j *journal) moved(groups ...string) error {
	var faults []error
	for id, n := range j.open {
		for _, group := range groups {
			if n.ended && len(n.Offsets) > 0 && n.Offsets[0].Group == group {
				faults = append(faults, j.forget(id))
				break
			}
		}
	}
	return errors.Join(faults...)
}

func (j *journal) offsets(q *kmsg.TxnOffsetCommitRequest) error {
	err := j.begin(q.TransactionalID)
	n := j.open[q.TransactionalID]
	if n == nil {
		n = &noted{}
		j.open[q.TransactionalID] = n
	}
	for _, t := range q.Topics {
		for _, p := range t.Partitions {
			n.Offsets = append(n.Offsets, noteOffset{
				Group: q.Group, Topic: t.Topic, TopicID: t.TopicID,
				Partition: p.Partition, Offset: p.Offset, Leader: p.LeaderEpoch, Metadata: p.Metadata,
			})
		}
	}
	return err
}

// end writes the note of a transaction that is to be committed.
func (j *journal) end(q *kmsg.EndTxnRequest) error {
	if !q.Commit {
		return j.forget(q.TransactionalID)
	}
	n := j.open[q.TransactionalID]
	if n == nil {
		n = &noted{}
		j.open[q.TransactionalID] = n
	}
	n.Producer, n.Epoch, n.ended = q.ProducerID, q.ProducerEpoch, true
	text, err := json.Marshal(n.note)
	if err != nil {
		return err
	}
	name := j.file(q.TransactionalID)
	if err := os.WriteFile(name+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

func (j *journal) file(id string) string {
	sum := sha256.Sum256([]byte(id))
	return filepath.Join(journalDir(j.folder), hex.EncodeToString(sum[:16])+".json")
}

// notes reads what a broker that was killed has noted.
func notes(folder string) ([]note, error) {
	files, err := filepath.Glob(filepath.Join(journalDir(folder), "*.json"))
	if err != nil {
		return nil, err
	}
	list := make([]note, len(files))
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &list[i]); err != nil {
			return nil, fmt.Errorf("note of a transaction %s: %w", file, err)
		}
	}
	return list, nil
}
