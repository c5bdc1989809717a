package embedded_test

import (
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

// A topic has the id after a restart that it had before.
func TestTopicIDsStay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var ids [][16]byte
	for i := range 2 {
		b, err := embedded.Open(embedded.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		c, err := b.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if err := c.CreateTopic(t.Context(), broker.NewTopic{Name: "t", Partitions: 1}); err != nil {
				t.Fatal(err)
			}
		}
		topics, err := c.Topics(t.Context(), "t")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, topics[0].ID)
		c.Close()
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if ids[0] != ids[1] || ids[0] == [16]byte{} {
		t.Errorf("ids %x", ids)
	}
}
