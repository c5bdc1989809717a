package embedded_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t testing.TB, o embedded.Options) *embedded.Broker {
	t.Helper()
	b, err := embedded.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func connect(t testing.TB, b *embedded.Broker) broker.Cluster {
	t.Helper()
	c, err := b.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func createTopic(t testing.TB, c broker.Cluster, name string) {
	t.Helper()
	if err := c.CreateTopic(t.Context(), broker.NewTopic{Name: name, Partitions: 1}); err != nil {
		t.Fatal(err)
	}
}

// values reads a topic from its beginning to its end.
func values(t testing.TB, c broker.Cluster, topic string) []string {
	t.Helper()
	return readAll(t, c, topic, broker.ReadUncommitted)
}

func readAll(t testing.TB, c broker.Cluster, topic string, isolation broker.Isolation) []string {
	t.Helper()
	ends, err := c.Offsets(t.Context(), topic, broker.ReadableEnd(isolation))
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.OpenReader(t.Context(), broker.ReadOptions{Topic: topic, Isolation: isolation})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var got []string
	for next := int64(0); next < ends[0]; {
		fetches, err := r.Poll(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fetches {
			for _, m := range f.Messages {
				got = append(got, string(m.Value))
			}
			next = f.Next
		}
	}
	return got
}

func write(t testing.TB, c broker.Cluster, topic string, list ...string) {
	t.Helper()
	messages := make([]broker.Message, len(list))
	for i, v := range list {
		messages[i].Value = []byte(v)
	}
	if err := c.Produce(t.Context(), topic, messages); err != nil {
		t.Fatal(err)
	}
}

func TestDataIsKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "when missing")
	for i := range 3 {
		b, err := embedded.Open(embedded.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		c, err := b.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			createTopic(t, c, "kept")
		}
		write(t, c, "kept", fmt.Sprint("run ", i))
		if got := values(t, c, "kept"); len(got) != i+1 || got[0] != "run 0" {
			t.Errorf("run %d: %q", i, got)
		}
		c.Close()
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTemporaryFolderIsRemoved(t *testing.T) {
	// Not parallel: it looks into the folder all temporary ones are in.
	t.Setenv("TMPDIR", t.TempDir())
	b, err := embedded.Open(embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	folders := func() int {
		list, err := os.ReadDir(os.Getenv("TMPDIR"))
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	if n := folders(); n != 1 {
		t.Errorf("%d temporary folders while open", n)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if n := folders(); n != 0 {
		t.Errorf("%d temporary folders left", n)
	}
}

func TestFolderIsLocked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := open(t, embedded.Options{Dir: dir})
	_, err := embedded.Open(embedded.Options{Dir: dir})
	if want := "data folder " + dir + " is in use by another process"; !errors.Is(err, embedded.ErrInUse) || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, embedded.Options{Dir: dir})
}

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	taken := open(t, embedded.Options{Listen: "127.0.0.1:0"})
	for want, o := range map[string]embedded.Options{
		"creating data folder":            {Dir: filepath.Join(file, "below")},
		"address already in use":          {Listen: taken.Address()},
		"needs an advertised address":     {Listen: ":0"},
		`"nowhere" is not HOST:PORT`:      {Listen: "127.0.0.1:0", Advertise: "nowhere"},
		"starting the broker: listen tcp": {Listen: "no.such.host.invalid:0"},
	} {
		if _, err := embedded.Open(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %s", o, err, want)
		}
	}
}

// A folder of somebody else's files gets none of the broker's; one that is empty, or was opened before,
// is the broker's.
func TestForeignFolderIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "letters.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := embedded.Open(embedded.Options{Dir: dir})
	want := "folder " + dir + " is not a data folder of ksqlite: it holds letters.txt; name a new or an empty folder"
	if !errors.Is(err, embedded.ErrForeign) || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, error %v", entries, err)
	}
	for _, own := range []string{".ksqlite.lock", "lost+found"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, own), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		open(t, embedded.Options{Dir: dir})
	}
}

func TestDamagedFolderIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "meta.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := embedded.Open(embedded.Options{Dir: dir, Listen: "127.0.0.1:0"})
	if err == nil || !strings.Contains(err.Error(), "starting the broker on data folder "+dir) {
		t.Errorf("error %v", err)
	}
}

// A disk that cannot be written is a clear error of the write, and the broker
// goes on once it can.
func TestUnwritableDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var log strings.Builder
	b := open(t, embedded.Options{Dir: dir, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	c := connect(t, b)
	createTopic(t, c, "t")
	// A file where the partition's folder belongs stops root as well.
	block := filepath.Join(dir, "partitions", "t-0")
	if err := os.MkdirAll(filepath.Dir(block), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(block, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := c.Produce(t.Context(), "t", []broker.Message{{Value: []byte("lost")}})
	if err == nil || !strings.Contains(err.Error(), "the embedded broker cannot write its data") || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("error %v", err)
	}
	if err := os.Remove(block); err != nil {
		t.Fatal(err)
	}
	write(t, c, "t", "kept")
	if got := values(t, c, "t"); len(got) != 1 || got[0] != "kept" {
		t.Errorf("read %q", got)
	}
	if !strings.Contains(log.String(), "cannot write its data") {
		t.Errorf("log: %s", log.String())
	}
}

// What cannot be written when the broker is closed is an error of Close.
func TestCloseTellsWhatIsLost(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, err := embedded.Open(embedded.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"topics.json", "topics.json.tmp"} { // a folder where a file belongs
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err == nil || !strings.Contains(err.Error(), "cannot write its data") {
		t.Errorf("error %v", err)
	}
}

// Clients that say nothing, or stop within a request, do not hold up Close.
func TestCloseWithIdleClients(t *testing.T) {
	t.Parallel()
	b := open(t, embedded.Options{Listen: "127.0.0.1:0"})
	for _, sent := range [][]byte{nil, {0, 0}, frame(80, 3, 1), frame(5<<20, 0, 9)} {
		c, err := net.Dial("tcp", b.Address())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if _, err := c.Write(sent); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := connect(t, b).Identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

// It runs alone, so that every goroutine that is new at its end is its own.
func TestOpenAndCloseManyTimes(t *testing.T) {
	before := goleak.IgnoreCurrent()
	for i := range 100 {
		b, err := embedded.Open(embedded.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := b.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 { // either may be closed first
			c.Close()
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	goleak.VerifyNone(t, before)
}

func TestAdvertisedAddress(t *testing.T) {
	t.Parallel()
	b := open(t, embedded.Options{Listen: ":0", Advertise: "localhost:0"})
	if !strings.HasPrefix(b.Address(), "localhost:") || strings.HasSuffix(b.Address(), ":0") {
		t.Errorf("address %s", b.Address())
	}
	c, err := kgo.NewClient(kgo.SeedBrokers(b.Address()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	id, err := connect(t, b).Identify(t.Context())
	if err != nil || len(id.Addresses) != 1 || id.Addresses[0] != b.Address() {
		t.Errorf("identity %+v, error %v", id, err)
	}
}

// A producer that writes to a topic that is not there gets it, and so does
// one that has found it in the meantime; creating it explicitly is an error
// then.
func TestAutomaticTopicCreation(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := open(t, embedded.Options{Dir: dir, DefaultPartitions: 3})
	p, err := kgo.NewClient(kgo.SeedBrokers(b.Address()), kgo.Dialer(b.Dial), kgo.AllowAutoTopicCreation())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.ProduceSync(t.Context(), &kgo.Record{Topic: "made", Value: []byte("v")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	c := connect(t, b)
	topics, err := c.Topics(t.Context(), "made")
	if err != nil || len(topics[0].Partitions) != 3 {
		t.Errorf("topics %+v, error %v", topics, err)
	}
	if err := c.CreateTopic(t.Context(), broker.NewTopic{Name: "made"}); !errors.Is(err, broker.ErrTopicExists) {
		t.Errorf("creating it again: %v", err)
	}
	// It survives a process that is killed now.
	known, err := os.ReadFile(filepath.Join(dir, "topics.json"))
	if err != nil || !strings.Contains(string(known), `"made"`) {
		t.Errorf("topics on disk: %s, error %v", known, err)
	}
	// A name Kafka does not allow is not created.
	err = p.ProduceSync(t.Context(), &kgo.Record{Topic: "no name", Value: []byte("v")}).FirstErr()
	if !errors.Is(err, kerr.InvalidTopicException) {
		t.Errorf("writing to a topic without a valid name: %v", err)
	}
	if _, err := c.Topics(t.Context(), "made", "no name"); !errors.Is(err, broker.ErrInvalid) {
		t.Errorf("asking about it: %v", err)
	}
	if _, err := c.Topics(t.Context(), "made"); err != nil {
		t.Error(err)
	}
}

func TestTopicLimits(t *testing.T) {
	t.Parallel()
	c := connect(t, open(t, embedded.Options{}))
	for _, topic := range []broker.NewTopic{
		{Name: "with blank", Partitions: 1},
		{Name: "..", Partitions: 1},
		{Name: strings.Repeat("x", 250), Partitions: 1},
		{Name: "huge", Partitions: 1 << 30},
		{Name: "negative", Partitions: -5},
		{Name: "copies", Partitions: 1, Replicas: 3},
	} {
		if err := c.CreateTopic(t.Context(), topic); !errors.Is(err, broker.ErrInvalid) {
			t.Errorf("%.20s: %v", topic.Name, err)
		}
	}
	topics, err := c.Topics(t.Context())
	if err != nil || len(topics) != 0 {
		t.Errorf("topics %v, error %v", topics, err)
	}
}

// Nothing expires and nothing is compacted by itself.
func TestRetentionIsOff(t *testing.T) {
	t.Parallel()
	c := connect(t, open(t, embedded.Options{}))
	err := c.CreateTopic(t.Context(), broker.NewTopic{Name: "table", Configs: map[string]string{"cleanup.policy": "compact"}})
	if err != nil {
		t.Fatal(err)
	}
	configs, err := c.TopicConfigs(t.Context(), "table")
	if err != nil || configs["retention.ms"] != "-1" || configs["cleanup.policy"] != "compact" {
		t.Errorf("configs %v, error %v", configs, err)
	}
}

func BenchmarkOpenClose(b *testing.B) {
	for b.Loop() {
		e, err := embedded.Open(embedded.Options{})
		if err != nil {
			b.Fatal(err)
		}
		c, err := e.Connect(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		c.Close()
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
