package doctor

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// kind is what a server turns out to be.
type kind string

const (
	speaksKafka kind = "Kafka"
	speaksTLS   kind = "TLS"
	speaksHTTP  kind = "HTTP"
	speaksSSH   kind = "SSH"
	speaksOther kind = "another protocol"
	isSilent    kind = "silent"
	hangsUp     kind = "hangs up"
)

// peekCorrelation is the number of the request that peek sends, which its answer repeats.
const peekCorrelation = 0x6b73716c

// peek sends the first request of every client, for the versions of the API, and tells by
// the first bytes of the answer who is there, "" if no connection can be made any more. TLS is
// spoken if encrypted says so.
func (e *examination) peek(ctx context.Context, server string, encrypted bool) (kind, error) {
	conn, err := e.dial(ctx, server)
	if err != nil {
		return "", err
	}
	ctx, cancel := e.bounded(ctx)
	defer cancel()
	if encrypted {
		secured, err := e.way.Secure(ctx, conn, server)
		if err != nil {
			return hangsUp, err
		}
		conn = secured
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	var head [8]byte
	if _, err = conn.Write(peekRequest()); err == nil {
		_, err = io.ReadFull(conn, head[:])
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return isSilent, ctx.Err()
	case err != nil && head[0] == 0:
		return hangsUp, err
	case binary.BigEndian.Uint32(head[4:]) == peekCorrelation:
		return speaksKafka, nil
	case stranger(head[:]) != "":
		return stranger(head[:]), nil
	}
	return speaksOther, nil
}

// peekRequest is an ApiVersions request of the first version, which every broker answers.
func peekRequest() []byte {
	body := binary.BigEndian.AppendUint16(nil, uint16(kmsg.ApiVersions))
	body = binary.BigEndian.AppendUint16(body, 0) // version
	body = binary.BigEndian.AppendUint32(body, peekCorrelation)
	body = binary.BigEndian.AppendUint16(body, 0xFFFF) // no client id
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}

// stranger tells other protocols by how they begin, "" for none that is known.
func stranger(head []byte) kind {
	switch {
	case len(head) > 1 && (head[0] == 0x15 || head[0] == 0x16) && head[1] == 3:
		return speaksTLS
	case bytes.HasPrefix(head, []byte("HTTP")):
		return speaksHTTP
	case bytes.HasPrefix(head, []byte("SSH-")):
		return speaksSSH
	}
	return ""
}

// speaks reports whether a server speaks TLS, whoever it is.
func (e *examination) speaksTLS(ctx context.Context, server string) bool {
	ctx, cancel := e.bounded(ctx)
	defer cancel()
	raw, err := e.way.Connect(ctx, server)
	if err != nil {
		return false
	}
	defer raw.Close()
	host, _, _ := net.SplitHostPort(server)
	// Nothing is sent over it, so whom it belongs to does not matter.
	return tls.Client(raw, &tls.Config{ServerName: host, InsecureSkipVerify: true}).HandshakeContext(ctx) == nil
}

// sniff reports a server that is no Kafka, or not with the protocol that is set.
func (e *examination) sniff(ctx context.Context, server string) error {
	found, err := e.peek(ctx, server, e.way.Encrypted())
	switch {
	case found == speaksKafka:
		return nil
	case found == "":
		return err
	case found == speaksTLS, found == hangsUp && !e.way.Encrypted() && e.speaksTLS(ctx, server):
		return faultf(err, "set security.protocol to "+e.protocol(true, e.way.HasCredentials())+", or name the port of the broker without TLS",
			"%s speaks TLS, and security.protocol is %s", server, e.way.Protocol())
	case found == hangsUp:
		if fault := e.alertFault(server, err); fault != nil { // of TLS 1.3, where the server objects after the handshake
			return fault
		}
		return faultf(err, "check that bootstrap.servers names a broker's port", "%s hangs up on the first request", server)
	case found == isSilent:
		return silentFault(server, e.patience(), err)
	}
	return strangerFault(server, found)
}

// strangerFault is about a server that is something else.
func strangerFault(server string, what kind) *FaultError {
	if what == speaksTLS {
		what = speaksOther
	}
	return faultf(nil, "name the port of a Kafka broker in bootstrap.servers", "%s is no Kafka: it speaks %s", server, what)
}
