package embedded

import (
	"bytes"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"testing"
	"testing/iotest"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// stream is a connection that reads from memory.
type stream struct {
	net.Conn
	io.Reader
}

func (s stream) Read(p []byte) (int, error) { return s.Reader.Read(p) }
func (stream) RemoteAddr() net.Addr         { return address("stranger:1") }

// Whatever is sent, kfake sees a prefix of it, in which each frame has a
// size and a key it can bear.
func FuzzGuard(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), false)
	f.Add([]byte{0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 9, 0, 3, 0, 1, 0, 0, 0, 2, 9}, true)
	f.Add([]byte{0, 0x20, 0, 0, 0, 0, 0, 9, 1, 2, 3}, false)
	f.Fuzz(func(t *testing.T, sent []byte, slowly bool) {
		var from io.Reader = bytes.NewReader(sent)
		if slowly {
			from = iotest.OneByteReader(from)
		}
		g := &guard{log: slog.New(slog.DiscardHandler)}
		seen, _ := io.ReadAll(g.wrap(stream{Reader: from}))
		if !bytes.HasPrefix(sent, seen) {
			t.Fatalf("sent %x, seen %x", sent, seen)
		}
		for rest := seen; len(rest) >= headSize; {
			size := int64(binary.BigEndian.Uint32(rest))
			if size < minFrame || size > maxFrame || kmsg.RequestForKey(int16(binary.BigEndian.Uint16(rest[4:]))) == nil {
				t.Fatalf("handed on a frame of %d bytes: %x", size, rest[:headSize])
			}
			rest = rest[min(int64(len(rest)), size+4):]
		}
	})
}
