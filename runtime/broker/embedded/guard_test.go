package embedded_test

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

// frame is a request's head, with the size it claims.
func frame(size uint32, key, version int16) []byte {
	b := binary.BigEndian.AppendUint32(nil, size)
	b = binary.BigEndian.AppendUint16(b, uint16(key))
	b = binary.BigEndian.AppendUint16(b, uint16(version))
	return append(b, make([]byte, 64)...)
}

// What is no Kafka request closes its connection and nothing else.
func TestStrangersAreTurnedAway(t *testing.T) {
	t.Parallel()
	b := open(t, embedded.Options{Listen: "127.0.0.1:0"})
	noise := make([]byte, 4096)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	noise[0] = 0xff // a size no frame has
	strangers := map[string][]byte{
		"HTTP":             []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
		"TLS":              {0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3},
		"noise":            noise,
		"unknown API key":  frame(14, 9999, 0),
		"negative key":     frame(14, -7, 0),
		"negative version": frame(14, 3, -1),
		"huge frame":       frame(1<<30, 0, 9),
		"negative size":    frame(1<<31, 0, 9),
		"tiny frame":       frame(3, 0, 9),
	}
	for name, bytes := range strangers {
		if err := knock(b.Address(), bytes); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := b.Rejected(); n != int64(len(strangers)) {
		t.Errorf("%d connections rejected, want %d", n, len(strangers))
	}
	if _, err := connect(t, b).Identify(t.Context()); err != nil {
		t.Errorf("the broker afterwards: %v", err)
	}
}

// knock sends bytes and returns nil once the broker has closed the connection
// without an answer.
func knock(address string, bytes []byte) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Write(bytes); err != nil {
		return err
	}
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	n, err := c.Read(make([]byte, 1))
	var timeout net.Error
	if n > 0 || errors.As(err, &timeout) && timeout.Timeout() {
		return errors.New("the connection was not closed")
	}
	return nil
}

// A request that says it is large and never comes costs no memory, and does
// not stop others; one that comes is handed on whole.
func TestLargeRequests(t *testing.T) {
	t.Parallel()
	b := open(t, embedded.Options{Listen: "127.0.0.1:0"})
	for range 20 {
		c, err := net.Dial("tcp", b.Address())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if _, err := c.Write(frame(90<<20, 0, 9)); err != nil {
			t.Fatal(err)
		}
	}
	p, err := kgo.NewClient(kgo.SeedBrokers(b.Address()), kgo.AllowAutoTopicCreation(), kgo.ProducerBatchMaxBytes(8<<20),
		kgo.ProducerBatchCompression(kgo.NoCompression()))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	value := make([]byte, 5<<20)
	for i := range value {
		value[i] = byte('a' + i%26)
	}
	for range 3 {
		if err := p.ProduceSync(t.Context(), &kgo.Record{Topic: "large", Value: value}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	for i, got := range values(t, connect(t, b), "large") {
		if got != string(value) {
			t.Errorf("record %d differs", i)
		}
	}
	if n := b.Rejected(); n != 0 {
		t.Errorf("%d connections rejected", n)
	}
}
