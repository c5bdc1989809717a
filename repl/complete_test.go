package repl

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/runtime/exec"
)

// catalogNames are what there is in the tests of completion.
func catalogNames() *exec.Names {
	return &exec.Names{
		Sources: []exec.SourceNames{
			{Name: "ORDERS", Topic: "orders", Columns: []string{"ID", "PRICE", "odd name", "ROWTIME"}},
			{Name: "ORDER_LINES", Topic: "lines", Columns: []string{"ORDER_ID", "ITEM"}},
			{Name: "People", Topic: "people", Table: true, Columns: []string{"ID", "NAME"}},
		},
		Functions: []string{"ABS", "SUBSTRING", "SUM"}, Types: []string{"ADDRESS"}, Formats: []string{"AVRO", "JSON"},
		Queries: []string{"CTAS_SOLD_3"}, Variables: []string{"place"},
	}
}

// TestComplete runs testdata/complete/*.ddt: a text with the cursor at |, and what it is
// after TAB; if that is the same, what there is to choose from. With the argument slow
// Kafka has not answered.
func TestComplete(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata/complete", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			t.Helper()
			before, after, _ := strings.Cut(d.Input, "|")
			topics := func() ([]string, string) { return []string{"lines", "orders", "it's"}, "" }
			if d.HasArg("slow") {
				topics = func() ([]string, string) { return nil, "(Kafka is slow)" }
			}
			c := completeSQL(before, after, catalogNames(), topics)
			word := before[len(before)-c.length:]
			if text := c.common(word); text != word {
				return before[:len(before)-c.length] + text + "|" + after + "\n"
			}
			return strings.Join(c.menu(70, 8), "\n") + "\n"
		})
	})
}

// TestTopicNames holds that nobody waits for a Kafka that does not answer, that its
// answer is there later, and that an error is told.
func TestTopicNames(t *testing.T) {
	t.Parallel()
	var names topicNames
	answer := make(chan error)
	slow := func(ctx context.Context) ([]string, error) {
		select {
		case err := <-answer:
			return []string{"orders"}, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if got, note := names.ask(slow); len(got) != 0 || !strings.Contains(note, "press TAB again") {
		t.Errorf("at first: %q, %q", got, note)
	}
	answer <- nil
	go func() { // the next question may come before that answer is known
		select {
		case answer <- nil:
		case <-t.Context().Done():
		}
	}()
	if got, note := names.ask(slow); len(got) != 1 || note != "" {
		t.Errorf("then: %q, %q", got, note)
	}
	names.close()
	failing := func(context.Context) ([]string, error) { return nil, errors.New("no\x1b broker") }
	if got, note := names.ask(failing); len(got) != 1 || !strings.Contains(note, `no\x1b broker`) {
		t.Errorf("at last: %q, %q", got, note)
	}
	names.close()
}

// TestCompleteCommand holds that the shell's own commands are completed, too.
func TestCompleteCommand(t *testing.T) {
	t.Parallel()
	s, _ := session(t, &fakeBackend{})
	for before, want := range map[string]string{
		"hist":          "history",
		"set cli wr":    "WRAP ",
		"output j":      "JSON",
		"help create s": "CREATE S",
		"run sc":        "script",
		"spool doc":     "doc.go",
		"SET CLI hi":    "HIGHLIGHT ",
	} {
		c := s.complete(before, "")
		if got := c.common(before[len(before)-c.length:]); got != want {
			t.Errorf("%q: %q of %q, want %q", before, got, c.candidates, want)
		}
	}
}
