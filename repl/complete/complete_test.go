package complete

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// catalogNames are what there is in the tests of completion.
func catalogNames() *exec.Names {
	place := types.StructOf(types.Field{Name: "CITY", Type: types.String}, types.Field{Name: "odd zip", Type: types.String})
	buyer := types.StructOf(
		types.Field{Name: "NAME", Type: types.String}, types.Field{Name: "PLACES", Type: types.ArrayOf(place)}, types.Field{Name: "HOME", Type: place},
	)
	return &exec.Names{
		Sources: []exec.SourceNames{
			{Name: "ORDERS", Topic: "orders", Columns: columns("ID", "PRICE", "odd name", "ROWTIME", "ROWPARTITION", "ROWOFFSET")},
			{Name: "ORDER_LINES", Topic: "lines", Columns: append(columns("ORDER_ID", "ITEM"), types.Column{Name: "BUYER", Type: buyer})},
			{Name: "People", Topic: "people", Table: true, Columns: columns("ID", "NAME")},
		},
		Functions: []string{"ABS", "SUBSTRING", "SUM"}, Types: []string{"ADDRESS"}, Formats: []string{"AVRO", "JSON"},
		Queries: []string{"CTAS_SOLD_3"}, Variables: []string{"place"},
	}
}

// columns returns columns of text.
func columns(names ...string) []types.Column {
	all := make([]types.Column, len(names))
	for i, name := range names {
		all[i] = types.Column{Name: name, Type: types.String}
	}
	return all
}

// TestComplete runs testdata/complete/*.ddt: a text with the cursor at |, and what it is
// after TAB; if that is the same, what there is to choose from. With the argument slow
// Kafka has not answered.
func TestComplete(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			t.Helper()
			before, after, _ := strings.Cut(d.Input, "|")
			topics := func() ([]string, string) { return []string{"lines", "orders", "it's"}, "" }
			if d.HasArg("slow") {
				topics = func() ([]string, string) { return nil, "(Kafka is slow)" }
			}
			c := SQL(before, after, catalogNames(), topics)
			word := before[len(before)-c.Length:]
			if text := c.Common(word); text != word {
				return before[:len(before)-c.Length] + text + "|" + after + "\n"
			}
			return strings.Join(c.Menu(70, 8), "\n") + "\n"
		})
	})
}

// TestTopicNames holds that nobody waits for a Kafka that does not answer, that its
// answer is there later, and that an error is told.
func TestTopicNames(t *testing.T) {
	t.Parallel()
	var names Topics
	answer := make(chan error)
	slow := func(ctx context.Context) ([]string, error) {
		select {
		case err := <-answer:
			return []string{"orders"}, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if got, note := names.Ask(slow); len(got) != 0 || !strings.Contains(note, "press TAB again") {
		t.Errorf("at first: %q, %q", got, note)
	}
	answer <- nil
	go func() { // the next question may come before that answer is known
		select {
		case answer <- nil:
		case <-t.Context().Done():
		}
	}()
	if got, note := names.Ask(slow); len(got) != 1 || note != "" {
		t.Errorf("then: %q, %q", got, note)
	}
	names.Close()
	failing := func(context.Context) ([]string, error) { return nil, errors.New("no\x1b broker") }
	if got, note := names.Ask(failing); len(got) != 1 || !strings.Contains(note, `no\x1b broker`) {
		t.Errorf("at last: %q, %q", got, note)
	}
	names.Close()
}
