package embedded_test

import (
	"encoding/binary"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

// Requests that pass the guard and are damaged further in end at most their
// own connection: the broker is asked afterwards whether it is still there.
func TestDamagedRequests(t *testing.T) {
	t.Parallel()
	b := open(t, embedded.Options{Listen: "127.0.0.1:0"})
	c := connect(t, b)
	createTopic(t, c, "t")
	write(t, c, "t", "a", "b")
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		for key := range int16(kmsg.MaxKey + 1) {
			request := kmsg.RequestForKey(key)
			if request == nil {
				continue
			}
			request.SetVersion(int16(r.IntN(int(request.MaxVersion()) + 1)))
			send(t, b.Address(), damage(r, request))
		}
	}
	if _, err := c.Identify(t.Context()); err != nil {
		t.Error(err)
	}
	if got := values(t, c, "t"); len(got) < 2 || got[0] != "a" || got[1] != "b" {
		t.Errorf("read %q", got)
	}
}

// damage turns a request into a frame in which some bytes are wrong.
func damage(r *rand.Rand, request kmsg.Request) []byte {
	if p, ok := request.(*kmsg.ProduceRequest); ok {
		addBatch(r, p)
	}
	body := request.AppendTo(nil)
	for range r.IntN(4) {
		i := r.IntN(len(body) + 1)
		switch r.IntN(3) {
		case 0:
			body = append(body[:i:i], append([]byte{byte(r.IntN(8))}, body[i:]...)...)
		case 1:
			body = append(body, 1, 't', 0, 0, 0, 1)
		default:
			if i < len(body) {
				body[i] = byte(r.Uint32())
			}
		}
	}
	head := binary.BigEndian.AppendUint16(nil, uint16(request.Key()))
	head = binary.BigEndian.AppendUint16(head, uint16(request.GetVersion()))
	head = append(head, 0, 0, 0, 1, 0xff, 0xff) // correlation id, no client id
	if request.IsFlexible() {
		head = append(head, 0)
	}
	frame := binary.BigEndian.AppendUint32(nil, uint32(len(head)+len(body)))
	return append(append(frame, head...), body...)
}

// addBatch adds records that are none.
func addBatch(r *rand.Rand, p *kmsg.ProduceRequest) {
	partition := kmsg.NewProduceRequestTopicPartition()
	partition.Records = make([]byte, 61+r.IntN(100))
	partition.Records[16] = 2
	binary.BigEndian.PutUint32(partition.Records[8:], uint32(len(partition.Records)-12))
	topic := kmsg.NewProduceRequestTopic()
	topic.Topic = "t"
	topic.Partitions = append(topic.Partitions, partition)
	p.Acks, p.Topics = -1, append(p.Topics, topic)
}

// send sends a frame and waits a moment for what comes of it.
func send(t *testing.T, address string, frame []byte) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Write(frame); err != nil {
		return // closed already
	}
	if err := c.SetReadDeadline(time.Now().Add(2 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	_, _ = c.Read(make([]byte, 64))
}
