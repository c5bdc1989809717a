package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	// maxFrame is the largest request accepted, Apache Kafka's default of
	// socket.request.max.bytes.
	maxFrame = 100 << 20
	// trustedFrame is how large a request may say it is before its bytes
	// have to prove it: kfake allocates what the size says at once.
	trustedFrame = 1 << 20
	// minFrame is the smallest request header: key, version, correlation id.
	minFrame = 8
	// headSize is the part of a request the guard looks at: its size, API
	// key and version.
	headSize = 8
)

// guard checks that what clients send are Kafka requests. It is shared by
// all connections of a broker.
type guard struct {
	log      *slog.Logger
	rejected atomic.Int64
}

// wrap puts the guard before a connection.
func (g *guard) wrap(c net.Conn) net.Conn { return &guardedConn{Conn: c, guard: g} }

// reject logs and counts a connection that is about to be closed.
func (g *guard) reject(from net.Addr, reason error) {
	g.rejected.Add(1)
	g.log.Warn("connection closed: not a Kafka request", "client", from.String(), "reason", reason.Error())
}

// guardedConn hands on the bytes of a connection frame by frame, each once
// its head is known to be that of a Kafka request. It is read by one
// goroutine at a time.
type guardedConn struct {
	net.Conn
	guard *guard
	// head is checked and not yet handed on from `given`; frames that had to
	// prove their size lie in it whole.
	head  []byte
	given int
	// body is how many bytes of the current frame are still to come from
	// the connection.
	body int
	buf  [headSize]byte
}

// Read implements net.Conn.
func (c *guardedConn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if c.given == len(c.head) && c.body == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	if c.given < len(c.head) {
		n := copy(p, c.head[c.given:])
		c.given += n
		return n, nil
	}
	c.head, c.given = nil, 0
	n, err := c.Conn.Read(p[:min(len(p), c.body)])
	c.body -= n
	return n, err
}

// next reads the head of the next frame, and all of a large one.
func (c *guardedConn) next() error {
	c.given = 0
	c.head = c.buf[:]
	if _, err := io.ReadFull(c.Conn, c.head); err != nil {
		c.head = nil
		return err
	}
	size, err := checkHead(c.head)
	if err != nil {
		c.head = nil
		c.guard.reject(c.RemoteAddr(), err)
		return err
	}
	c.body = size - (headSize - 4)
	if size <= trustedFrame {
		return nil
	}
	return c.prove()
}

// prove reads the rest of a frame into memory that grows with what comes.
func (c *guardedConn) prove() error {
	frame := append(make([]byte, 0, trustedFrame), c.head...)
	want := len(frame) + c.body
	for len(frame) < want {
		if len(frame) == cap(frame) {
			frame = append(frame, 0)[:len(frame)]
		}
		n, err := c.Conn.Read(frame[len(frame):min(cap(frame), want)])
		frame = frame[:len(frame)+n]
		if err != nil {
			c.head, c.body = nil, 0
			return err
		}
	}
	c.head, c.body = frame, 0
	return nil
}

// checkHead returns the size of the frame, counted after the size field as
// the protocol does, or what is wrong with its head.
func checkHead(head []byte) (int, error) {
	size := int64(int32(binary.BigEndian.Uint32(head)))
	key := int16(binary.BigEndian.Uint16(head[4:]))
	version := int16(binary.BigEndian.Uint16(head[6:]))
	switch {
	case isHTTP(head):
		return 0, errors.New("this is an HTTP request")
	case head[0] == 0x16 && head[1] == 3:
		return 0, errors.New("this is a TLS handshake")
	case size < minFrame || size > maxFrame:
		return 0, fmt.Errorf("a request of %d bytes", size)
	case kmsg.RequestForKey(key) == nil:
		return 0, fmt.Errorf("unknown API key %d", key)
	case version < 0:
		return 0, fmt.Errorf("version %d of API key %d", version, key)
	}
	return int(size), nil
}

// isHTTP reports whether a frame begins like an HTTP request, the most usual
// stranger on a port.
func isHTTP(head []byte) bool {
	switch string(head[:4]) {
	case "GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PATC", "CONN", "TRAC", "PRI ":
		return true
	}
	return false
}
