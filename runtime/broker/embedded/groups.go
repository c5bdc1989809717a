package embedded

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/twmb/franz-go/pkg/kfake"
)

// This file makes consumer groups that are deleted stay so when the broker is killed:
// kfake's log of groups has no entry for it, and the group would come back with its
// offsets. So what the log says of such a group is taken out of it.

// groupsLog is the file where kfake keeps its log of groups, in a data folder.
const groupsLog = "groups.log"

// empty is Kafka's word for the state of a group without members, which can be deleted.
const empty = "Empty"

// forgetGroups takes those of the named groups out of the log that kfake is about to
// delete. It has to be called before kfake does that, for one request at a time.
func forgetGroups(c *kfake.Cluster, folder string, names []string) error {
	var deleted []string
	for _, name := range names {
		if group := c.GroupInfo(name); group != nil && group.State == empty {
			deleted = append(deleted, name)
		}
	}
	if len(deleted) == 0 {
		return nil
	}
	path := filepath.Join(folder, groupsLog)
	log, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return rewrite(path, heldGroupsLog(folder), withoutGroups(log, deleted))
}

// heldGroupsLog is where the log of groups is held while it is rewritten.
func heldGroupsLog(folder string) string { return filepath.Join(journalDir(folder), groupsLog) }

// rewrite gives a file another content, and keeps it in a second file meanwhile. The
// file itself stays: kfake has it open, and appends to it.
func rewrite(path, held string, content []byte) error {
	if err := writeSynced(held+".new", content); err != nil {
		return errors.Join(err, os.Remove(held+".new"))
	}
	if err := os.Rename(held+".new", held); err != nil {
		return err
	}
	if err := writeSynced(path, content); err != nil {
		return err
	}
	return os.Remove(held)
}

// writeSynced is [os.WriteFile], and waits for the disk.
func writeSynced(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// restoreGroups ends what a broker that was killed had begun with rewrite.
func (f *folder) restoreGroups() error {
	err := os.Rename(heldGroupsLog(f.path), filepath.Join(f.path, groupsLog))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// An entry of the log of groups is its length, a checksum of four bytes, and that many
// bytes: the version in two, then JSON.
const (
	beforeEntry  = 8
	entryVersion = 2
)

// withoutGroups returns the entries of the log that are not about the named groups.
func withoutGroups(log []byte, names []string) []byte {
	kept := make([]byte, 0, len(log))
	for len(log) > beforeEntry+entryVersion {
		size := beforeEntry + int(binary.LittleEndian.Uint32(log))
		if size < beforeEntry+entryVersion || size > len(log) {
			break // what a crash has cut off
		}
		var entry struct {
			Group string `json:"g"`
		}
		err := json.Unmarshal(log[beforeEntry+entryVersion:size], &entry)
		if err != nil || !slices.Contains(names, entry.Group) {
			kept = append(kept, log[:size]...)
		}
		log = log[size:]
	}
	return kept
}
