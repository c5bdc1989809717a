package embedded_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

// killed is what a kill would leave of a data folder now.
func killed(t *testing.T, dir string) string {
	t.Helper()
	left := t.TempDir()
	if err := os.CopyFS(left, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return left
}

// commitOffset has a group, which has no members, read topic t up to an offset.
func commitOffset(t *testing.T, c broker.Cluster, group string, offset int64) {
	t.Helper()
	if err := c.ResetGroup(t.Context(), group, []broker.Position{{TopicPartition: broker.TopicPartition{Topic: "t"}, Offset: offset}}); err != nil {
		t.Fatal(err)
	}
}

// checkOffsets checks which groups there are, and how far they have read a topic: -1
// is a group that has no offset.
func checkOffsets(t *testing.T, c broker.Cluster, want map[string]int64) {
	t.Helper()
	groups, err := c.Groups(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]int64)
	for _, g := range groups {
		got[g.Name] = -1
		for _, p := range g.Partitions {
			got[g.Name] = p.Committed
		}
	}
	if len(got) != len(want) {
		t.Errorf("groups %v, want %v", got, want)
	}
	for name, offset := range want {
		if at, ok := got[name]; !ok || at != offset {
			t.Errorf("groups %v, want %v", got, want)
		}
	}
}

// A group that was deleted before the broker was killed does not come back; the others
// stay, and one made anew under its name has nothing of it.
func TestDeletedGroupStaysDeletedAfterACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := connect(t, open(t, embedded.Options{Dir: dir}))
	createTopic(t, c, "t")
	createTopic(t, c, "other")
	write(t, c, "t", "a", "b", "c")
	for _, group := range []string{"gone", "again", "kept"} {
		commitOffset(t, c, group, 1)
	}
	at := broker.Position{TopicPartition: broker.TopicPartition{Topic: "other"}}
	if err := c.ResetGroup(t.Context(), "again", []broker.Position{at}); err != nil {
		t.Fatal(err)
	}
	for _, group := range []string{"gone", "again"} {
		if err := c.DeleteGroup(t.Context(), group); err != nil {
			t.Fatal(err)
		}
	}
	commitOffset(t, c, "again", 2)
	commitOffset(t, c, "later", 3)
	want := map[string]int64{"again": 2, "kept": 1, "later": 3}
	checkOffsets(t, c, want)
	for range 2 { // it stays so
		dir = killed(t, dir)
		again := connect(t, open(t, embedded.Options{Dir: dir}))
		checkOffsets(t, again, want)
		groups, err := again.Groups(t.Context(), "again")
		if err != nil || len(groups[0].Partitions) != 1 {
			t.Errorf("the group made anew has partitions %+v, error %v", groups[0].Partitions, err)
		}
	}
}

// A group that cannot be deleted, because a member is there, keeps its offsets.
func TestGroupInUseKeepsItsOffsetsAfterACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := connect(t, open(t, embedded.Options{Dir: dir}))
	createTopic(t, c, "t")
	write(t, c, "t", "a", "b")
	commitOffset(t, c, "used", 1)
	member, err := c.OpenGroup(t.Context(), broker.GroupOptions{Group: "used", Topics: []string{"t"}})
	if err != nil {
		t.Fatal(err)
	}
	defer member.Close()
	if _, err := member.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteGroup(t.Context(), "used"); !errors.Is(err, broker.ErrGroupInUse) {
		t.Fatalf("deleting a group with a member: %v", err)
	}
	checkOffsets(t, connect(t, open(t, embedded.Options{Dir: killed(t, dir)})), map[string]int64{"used": 1})
}

// A broker that was killed while it rewrote the log of groups has the rewritten one.
func TestRewritingOfGroupsIsFinishedAfterACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := connect(t, open(t, embedded.Options{Dir: dir}))
	createTopic(t, c, "t")
	commitOffset(t, c, "kept", 0)
	for name, cut := range map[string]int{"nothing": 0, "half": 20} {
		dir := killed(t, dir)
		log, err := os.ReadFile(filepath.Join(dir, "groups.log"))
		if err != nil {
			t.Fatal(err)
		}
		for path, content := range map[string][]byte{"groups.log": log[:cut], "transactions/groups.log": log} {
			if err := os.WriteFile(filepath.Join(dir, path), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkOffsets(t, connect(t, open(t, embedded.Options{Dir: dir})), map[string]int64{"kept": 0})
		})
	}
}

// A topic that was deleted before the broker was killed does not come back, nor do its
// configs, or the offsets in it.
func TestDeletedTopicStaysDeletedAfterACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := connect(t, open(t, embedded.Options{Dir: dir}))
	compacted := broker.NewTopic{Name: "t", Partitions: 1, Configs: map[string]string{"cleanup.policy": "compact"}}
	if err := c.CreateTopic(t.Context(), compacted); err != nil {
		t.Fatal(err)
	}
	write(t, c, "t", "a", "b")
	commitOffset(t, c, "g", 2)
	if err := c.DeleteTopic(t.Context(), "t"); err != nil {
		t.Fatal(err)
	}
	c = connect(t, open(t, embedded.Options{Dir: killed(t, dir)}))
	if _, err := c.Topics(t.Context(), "t"); !errors.Is(err, broker.ErrUnknownTopic) {
		t.Errorf("the deleted topic: %v", err)
	}
	checkOffsets(t, c, nil)
	createTopic(t, c, "t")
	checkOffsets(t, c, nil)
	if got := values(t, c, "t"); len(got) != 0 {
		t.Errorf("the topic made anew has %q", got)
	}
	configs, err := c.TopicConfigs(t.Context(), "t")
	if err != nil || configs["cleanup.policy"] != "delete" {
		t.Errorf("the topic made anew has configs %v, error %v", configs, err)
	}
}

// Offsets in a topic that is gone, which folders of killed brokers may hold, are left
// out: the other groups are described, and the other topics of the group.
func TestOffsetsOfAGoneTopic(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := connect(t, open(t, embedded.Options{Dir: dir}))
	createTopic(t, c, "t")
	createTopic(t, c, "gone")
	commitOffset(t, c, "g", 0)
	if err := c.ResetGroup(t.Context(), "g", []broker.Position{{TopicPartition: broker.TopicPartition{Topic: "gone"}}}); err != nil {
		t.Fatal(err)
	}
	held := killed(t, dir)
	if err := c.DeleteTopic(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}
	left := killed(t, dir)
	replace(t, filepath.Join(held, "groups.log"), filepath.Join(left, "groups.log"))
	groups, err := connect(t, open(t, embedded.Options{Dir: left})).Groups(t.Context())
	if err != nil || len(groups) != 1 || len(groups[0].Partitions) != 1 || groups[0].Partitions[0].Topic != "t" {
		t.Errorf("groups %+v, error %v", groups, err)
	}
}
