package lines

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"go.uber.org/goleak"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestWrite runs testdata/*.ddt:
//
//	write [key=:] [headers] [null=NULL] [partition=N] [longest=N] [refuse=TEXT] [lost=N]
//
// writes lines, in which \x00 and the like stand for bytes, and shows the records,
// one a line, and what became of the others. The cluster refuses records whose value
// has TEXT, and is gone after N records.
func TestWrite(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			t.Helper()
			cluster := &fakeCluster{lost: -1}
			d.MaybeScanArgs(t, "refuse", &cluster.refuse)
			d.MaybeScanArgs(t, "lost", &cluster.lost)
			format := Format{Partition: broker.AnyPartition}
			partition := int(broker.AnyPartition)
			d.MaybeScanArgs(t, "key", &format.KeySeparator)
			d.MaybeScanArgs(t, "null", &format.Null)
			d.MaybeScanArgs(t, "partition", &partition)
			format.Partition = int32(partition)
			if d.HasArg("headers") {
				format.Headers = HeaderFormat{Delimiter: "|", Separator: ",", NameSeparator: "="}
			}
			text, err := strconv.Unquote(`"` + strings.ReplaceAll(strings.ReplaceAll(d.Input, `"`, `\"`), "\n", `\n`) + `"`)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			w := &Writer{
				Cluster: cluster, Topic: "t", Format: format, Clock: func() time.Time { return time.UnixMilli(7) },
				Broken: func(line int, err error) { fmt.Fprintf(&out, "line %d: %v\n", line, err) },
			}
			if err := w.Write(t.Context(), strings.NewReader(text)); err != nil {
				fmt.Fprintf(&out, "error: %v\n", err)
			}
			written, broken := w.Counts()
			fmt.Fprintf(&out, "%d written, %d not", written, broken)
			return strings.Join(cluster.records, "") + out.String()
		})
	})
}

// fakeCluster takes records one after the other.
type fakeCluster struct {
	broker.Cluster
	refuse  string
	lost    int // how many records it still takes, less than 0 for all
	records []string
	taken   func()
}

func (c *fakeCluster) Produce(_ context.Context, _ string, messages []broker.Message) error {
	var first error
	for i := range messages {
		m := &messages[i]
		var err error
		switch {
		case c.lost == 0:
			err = broker.ErrUnreachable
		case c.refuse != "" && strings.Contains(string(m.Value), c.refuse):
			err = broker.ErrTooLarge
		}
		if err != nil {
			m.Offset = broker.NotWritten
			if first == nil {
				first = err
			}
			continue
		}
		c.lost--
		m.Offset = int64(len(c.records))
		c.records = append(c.records, shown(m))
	}
	if c.taken != nil {
		c.taken()
	}
	return first
}

// shown is a record as a line.
func shown(m *broker.Message) string {
	text := func(b []byte) string {
		if b == nil {
			return "null"
		}
		return strconv.Quote(string(b))
	}
	var line strings.Builder
	fmt.Fprintf(&line, "%s: %s at %d", text(m.Key), text(m.Value), m.Time)
	for _, h := range m.Headers {
		line.WriteString(" " + h.Key + "=" + text(h.Value))
	}
	if m.Partition != broker.AnyPartition {
		fmt.Fprintf(&line, " partition %d", m.Partition)
	}
	return line.String() + "\n"
}

// TestNumbersOfManyLines holds that no line is lost or counted twice where batches end.
func TestNumbersOfManyLines(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 50_000 {
		text.WriteString(strings.Repeat("x", i%97) + ":" + strconv.Itoa(i) + "\n")
		if i%1000 == 999 {
			text.WriteString("broken\n")
		}
	}
	cluster, told := &fakeCluster{lost: -1}, []int{}
	w := &Writer{
		Cluster: cluster, Format: Format{KeySeparator: ":"}, Clock: time.Now,
		Broken: func(line int, _ error) { told = append(told, line) },
	}
	if err := w.Write(t.Context(), strings.NewReader(text.String())); err != nil {
		t.Fatal(err)
	}
	if written, broken := w.Counts(); written != 50_000 || broken != 50 || len(cluster.records) != 50_000 {
		t.Errorf("%d written, %d broken, %d there", written, broken, len(cluster.records))
	}
	for i, line := range told {
		if line != (i+1)*1001 {
			t.Fatalf("broken line %d is told as %d", (i+1)*1001, line)
		}
	}
}

// TestTypedLines holds that a line is written before there is another one, and that a
// done context ends a writer that waits for one.
func TestTypedLines(t *testing.T) {
	t.Parallel()
	stopped := errors.New("stopped")
	ctx, stop := context.WithCancelCause(t.Context())
	in, typed := io.Pipe()
	defer in.Close()
	taken := make(chan struct{}, 1)
	cluster := &fakeCluster{lost: -1, taken: func() { taken <- struct{}{} }}
	w := &Writer{Cluster: cluster, Clock: time.Now}
	ended := make(chan error)
	go func() { ended <- w.Write(ctx, in) }()
	for range 3 {
		if _, err := typed.Write([]byte("line\n")); err != nil {
			t.Fatal(err)
		}
		<-taken
	}
	stop(stopped)
	if err := <-ended; !errors.Is(err, stopped) {
		t.Errorf("ended with %v", err)
	}
	if written, _ := w.Counts(); written != 3 {
		t.Errorf("%d written", written)
	}
}

// TestLongLine holds that a line that is too long is passed over whole, wherever the
// reader's buffer ends.
func TestLongLine(t *testing.T) {
	t.Parallel()
	for _, long := range []int{bufferSize - 1, bufferSize, bufferSize + 1, 3*bufferSize + 7} {
		r := newReader(strings.NewReader("a\n" + strings.Repeat("x", long) + "\nb\n" + strings.Repeat("y", long)))
		r.longest = 100
		var got []string
		for {
			line, err := r.next()
			if errors.Is(err, io.EOF) {
				break
			}
			got = append(got, fmt.Sprint(string(line), err))
		}
		tooLong := fmt.Sprint("", errTooLong)
		if want := []string{"a<nil>", tooLong, "b<nil>", tooLong}; !slices.Equal(got, want) {
			t.Errorf("%d: %q", long, got)
		}
	}
}
