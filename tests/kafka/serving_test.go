//go:build !race && unix

package kafka_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/tests/kafka/apache"
)

// This file ends servers in the middle of a query over many records, in all the ways in
// which servers end, and counts what is in the topic that the query fills.

// million is how many records the query copies.
const million = 1_000_000

// sawn is a server that is ended when it has copied some of the records.
type sawn struct {
	*cluster
	source, service string
	guarantee       string
	arguments       []string // of its command line, besides the file
}

func TestHugeQueryIsKilledAndGoesOn(t *testing.T) {
	t.Parallel()
	address := shared(t).Addr(apache.Plaintext)
	source := millionOn(t, newCluster(t, address))
	for _, c := range []struct {
		name, guarantee string
		end             func(*server, *testing.T)
		once            bool
	}{
		{"killed", "at_least_once", (*server).kill, false},
		{"killed exactly once", "exactly_once_v2", (*server).kill, true},
		{"stopped", "at_least_once", (*server).stopNow, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSawn(t, newCluster(t, address), source, c.guarantee)
			first := s.start(t, "holding the service id")
			s.createQuery(t)
			s.awaitSome(t)
			c.end(first, t)
			s.checkEnded(t)
			again := s.start(t, "holding the service id")
			s.awaitAll(t)
			again.stopNow(t)
			s.count(t, c.once)
		})
	}
}

// TestHugeQueryIsFencedWhenItIsStartedTwice: a server that was frozen wakes up when another
// one has taken over.
func TestHugeQueryIsFencedWhenItIsStartedTwice(t *testing.T) {
	t.Parallel()
	c := newCluster(t, shared(t).Addr(apache.Plaintext))
	s := newSawn(t, c, millionOn(t, c), "exactly_once_v2")
	frozen := s.start(t, "holding the service id")
	standby := s.start(t, "standing by")
	s.createQuery(t)
	s.awaitSome(t)
	frozen.signal(t, syscall.SIGSTOP)
	s.checkEnded(t)
	standby.await(t, `msg="holding the service id"`)
	frozen.signal(t, syscall.SIGCONT)
	s.awaitAll(t)
	frozen.await(t, `msg="no longer holding the service id"`)
	frozen.stopNow(t)
	standby.stopNow(t)
	s.count(t, true)
}

// TestHugeQueryOfAnOwnKafkaIsKilledAndGoesOn: broker and query end at once.
func TestHugeQueryOfAnOwnKafkaIsKilledAndGoesOn(t *testing.T) {
	t.Parallel()
	for _, guarantee := range []string{"at_least_once", "exactly_once_v2"} {
		t.Run(guarantee, func(t *testing.T) {
			t.Parallel()
			s := &sawn{service: "ksqlite_", guarantee: guarantee}
			s.arguments = []string{"--data-dir", filepath.Join(t.TempDir(), "data"), "--listen", freeAddress(t)}
			first := s.start(t, "holding the service id")
			s.cluster = newCluster(t, s.arguments[3])
			s.source = millionOn(t, s.cluster)
			s.createQuery(t)
			s.awaitSome(t)
			first.kill(t)
			again := s.start(t, "holding the service id")
			s.awaitAll(t)
			s.count(t, guarantee == "exactly_once_v2")
			again.stopNow(t)
		})
	}
}

func newSawn(t *testing.T, c *cluster, source, guarantee string) *sawn {
	t.Helper()
	s := &sawn{
		cluster: c, source: source, service: topicName(t) + "_", guarantee: guarantee,
		arguments: []string{"--bootstrap-server", c.address},
	}
	t.Cleanup(func() { c.deleteTopics(t, s.sink(), commandTopic(s.service)) })
	return s
}

// sink is the topic that the query fills.
func (s *sawn) sink() string { return s.service + "sink" }

// properties writes the file that server and shell are given.
func (s *sawn) properties(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "server.properties")
	text := "ksql.service.id=" + s.service + "\nksql.streams.consumer.session.timeout.ms=6000\nksql.streams.commit.interval.ms=100\n" +
		"ksql.streams.processing.guarantee=" + s.guarantee + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// createQuery has a shell create the query, which the server runs.
func (s *sawn) createQuery(t *testing.T) {
	t.Helper()
	sql := fmt.Sprintf(`SET 'auto.offset.reset' = 'earliest';
		CREATE STREAM s (n INT) WITH (kafka_topic='%s', value_format='JSON');
		CREATE STREAM o WITH (kafka_topic='%s') AS SELECT n FROM s;`, s.source, s.sink())
	shell := exec.CommandContext(t.Context(), program(t), "--bootstrap-server", s.address, "--config-file", s.properties(t), "-e", sql)
	if out, err := shell.CombinedOutput(); err != nil || strings.Contains(string(out), "WARNING") {
		t.Fatalf("%v\n%s", err, out)
	}
}

// written is how many records, and markers of transactions, the sink has.
func (s *sawn) written(t *testing.T) (sum int64) {
	t.Helper()
	ends, err := s.admin.ListEndOffsets(t.Context(), s.sink())
	if err != nil {
		t.Fatal(err)
	}
	ends.Each(func(o kadm.ListedOffset) { sum += o.Offset })
	return sum
}

// awaitSome waits until some of the records are committed and others are written.
func (s *sawn) awaitSome(t *testing.T) {
	t.Helper()
	eventually(t, func() bool {
		n := s.committed(t)
		if n == million {
			t.Fatal("the query was done before it could be ended")
		}
		return n > 0 && s.written(t) > n
	})
}

// checkEnded holds that the server was ended in the middle.
func (s *sawn) checkEnded(t *testing.T) {
	t.Helper()
	n := s.committed(t)
	if t.Logf("ended after %d of %d records", n, million); n == million {
		t.Fatal("the query was done before it was ended")
	}
}

// awaitAll waits until all are copied.
func (s *sawn) awaitAll(t *testing.T) {
	t.Helper()
	eventually(t, func() bool { return s.committed(t) == million })
}

// committed is how many records the query has read and committed.
func (s *sawn) committed(t *testing.T) (sum int64) {
	t.Helper()
	offsets, err := s.admin.FetchOffsets(t.Context(), "_confluent-ksql-"+s.service+"query_CSAS_O_1")
	if err != nil {
		return 0 // while a coordinator moves
	}
	offsets.Each(func(o kadm.OffsetResponse) { sum += max(o.At, 0) })
	return sum
}

// count holds that every record is in the sink, and once if it must be.
func (s *sawn) count(t *testing.T, once bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ends, err := s.admin.ListCommittedOffsets(ctx, s.sink())
	if err != nil {
		t.Fatal(err)
	}
	reader := s.connect(t, kgo.ConsumeTopics(s.sink()), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.KeepControlRecords())
	times := make([]int, million)
	missing, total := million, 0
	at := map[int32]int64{}
	for !allRead(ends, at) {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("%d of %d records: %v", total, million, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			at[r.Partition] = r.Offset + 1
			if r.Attrs.IsControl() {
				return
			}
			n, err := strconv.Atoi(strings.Trim(string(r.Value), `{"N:}`))
			if err != nil {
				t.Fatal(err)
			}
			if times[n]++; times[n] == 1 {
				missing--
			}
			total++
		})
	}
	t.Logf("%d records", total)
	if missing > 0 || once && total != million {
		t.Errorf("%d of %d records are missing, %d are there twice", missing, million, total-(million-missing))
	}
}

// allRead reports whether positions are at the ends. An aborted transaction may end a partition.
func allRead(ends kadm.ListedOffsets, at map[int32]int64) bool {
	done := true
	ends.Each(func(o kadm.ListedOffset) { done = done && at[o.Partition] >= o.Offset })
	return done
}

var millions struct {
	mu sync.Mutex
	on map[string]string // the topic on each cluster
}

// millionOn returns a topic of a cluster that has a million records, which all tests share.
func millionOn(t *testing.T, c *cluster) string {
	t.Helper()
	millions.mu.Lock()
	defer millions.mu.Unlock()
	if topic, ok := millions.on[c.address]; ok {
		return topic
	}
	const topic = "million"
	c.createTopic(t, topic, 4, nil)
	writer := c.connect(t, kgo.ProducerLinger(5*time.Millisecond), kgo.MaxBufferedRecords(100_000))
	var failed kgo.FirstErrPromise
	for n := range million {
		writer.Produce(t.Context(), number(topic, int32(n%4), n), failed.Promise())
	}
	if err := failed.Err(); err != nil {
		t.Fatal(err)
	}
	if millions.on == nil {
		millions.on = map[string]string{}
	}
	millions.on[c.address] = topic
	return topic
}

// server is a `ksqlite server` that runs.
type server struct {
	command *exec.Cmd
	said    chan string // lines
	ended   sync.Once
}

// start starts a server and waits until it has logged something.
func (s *sawn) start(t *testing.T, until string) *server {
	t.Helper()
	arguments := append([]string{"server", s.properties(t)}, s.arguments...)
	p := &server{command: exec.Command(program(t), arguments...), said: make(chan string, 1000)}
	messages, err := p.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill(t) })
	go p.listen(messages)
	p.await(t, until)
	return p
}

func (p *server) listen(messages io.Reader) {
	defer close(p.said)
	for lines := bufio.NewScanner(messages); lines.Scan(); {
		p.said <- lines.Text()
	}
}

// await waits until the server has logged something.
func (p *server) await(t *testing.T, text string) {
	t.Helper()
	var lines []string
	for {
		select {
		case line, more := <-p.said:
			if strings.Contains(line, text) {
				return
			}
			if lines = append(lines, line); !more {
				t.Fatalf("the server ended before it said %q: %s", text, strings.Join(lines, "\n"))
			}
		case <-time.After(patience):
			t.Fatalf("the server did not say %q: %s", text, strings.Join(lines, "\n"))
		}
	}
}

func (p *server) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.command.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// kill ends a server as a crash does, unless it has ended.
func (p *server) kill(t *testing.T) {
	t.Helper()
	p.ended.Do(func() {
		p.signal(t, syscall.SIGKILL)
		_ = p.command.Wait() // which tells of the signal
	})
}

// stopNow ends a server with SIGTERM and holds that this is no failure.
func (p *server) stopNow(t *testing.T) {
	t.Helper()
	p.ended.Do(func() {
		p.signal(t, syscall.SIGTERM)
		for range p.said { // until it has said all
		}
		if err := p.command.Wait(); err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
}

// eventually asks until something is so.
func eventually(t *testing.T, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	for !done() {
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			t.Fatal("it never happened")
		}
	}
}

// freeAddress is one that a broker can listen on, again and again.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
