package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/ksqlite/ksqlite/runtime/network"
)

// secure begins TLS with a server and tells what was agreed upon.
func (e *examination) secure(ctx context.Context, server string) (said string, err error) {
	raw, err := e.dial(ctx, server)
	if err != nil {
		return "", err
	}
	step, cancel := e.bounded(ctx)
	defer cancel()
	conn, err := e.way.Secure(step, raw, server)
	if err != nil {
		return "", e.tlsFault(ctx, server, err)
	}
	defer conn.Close()
	state := conn.ConnectionState()
	leaf := state.PeerCertificates[0]
	return fmt.Sprintf("%s, certificate of %s until %s", tls.VersionName(state.Version), leaf.Subject, leaf.NotAfter.UTC().Format(time.DateOnly)), nil
}

// tlsFault says why TLS did not come about.
func (e *examination) tlsFault(ctx context.Context, server string, err error) *FaultError {
	if fault := certificateFault(server, err); fault != nil {
		return fault
	}
	if fault := e.alertFault(server, err); fault != nil {
		return fault
	}
	if header, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		if what := stranger(header.RecordHeader[:]); what != "" {
			return strangerFault(server, what)
		}
	}
	if network.TimedOut(err) {
		return silentFault(server, e.patience(), err)
	}
	if hungUp(err) || errors.As(err, new(tls.RecordHeaderError)) {
		if kind, _ := e.peek(ctx, server, false); kind == speaksKafka {
			return faultf(err, "set security.protocol to "+e.protocol(false, e.way.HasCredentials())+", or name the port of the broker that speaks TLS",
				"%s speaks no TLS, and security.protocol is %s", server, e.way.Protocol())
		}
		return faultf(err, "check the port in bootstrap.servers, and the TLS settings of the broker's listener", "%s hangs up when TLS begins", server)
	}
	return faultf(err, "check the ssl.* properties against the broker's listener", "TLS with %s fails: %v", server, err)
}

// protocol is the value of security.protocol with or without TLS and SASL.
func (*examination) protocol(encrypted, login bool) string {
	switch {
	case encrypted && login:
		return "SASL_SSL"
	case encrypted:
		return "SSL"
	case login:
		return "SASL_PLAINTEXT"
	}
	return "PLAINTEXT"
}

// certificateFault says what is wrong with a server's certificate, nil if something else is.
func certificateFault(server string, err error) *FaultError {
	host, _, _ := net.SplitHostPort(server)
	if wrongHost, ok := errors.AsType[x509.HostnameError](err); ok {
		names := slices.Clone(wrongHost.Certificate.DNSNames)
		if cn := wrongHost.Certificate.Subject.CommonName; len(names) == 0 && cn != "" && net.ParseIP(host) == nil {
			names = append(names, cn)
		}
		for _, ip := range wrongHost.Certificate.IPAddresses {
			names = append(names, ip.String())
		}
		if len(names) == 0 {
			names = []string{"no name at all"}
		}
		return faultf(err, "reach the broker by a name of its certificate, or give it a certificate for "+host+"; an empty ssl.endpoint.identification.algorithm leaves the check out",
			"the certificate of %s is for %s, not for %s", server, strings.Join(names, ", "), host)
	}
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		issuer := "an authority"
		if unknown.Cert != nil {
			issuer = unknown.Cert.Issuer.String()
		}
		return faultf(err, "put that authority's certificate into the store of ssl.truststore.location", "the certificate of %s was issued by %s, which is not trusted here", server, issuer)
	}
	invalid, ok := errors.AsType[x509.CertificateInvalidError](err)
	if !ok {
		return nil
	}
	if invalid.Reason == x509.Expired {
		c := invalid.Cert
		if strings.Contains(invalid.Detail, "before") {
			return faultf(err, "set this machine's clock, or wait until then", "the certificate of %s is not valid before %s", server, c.NotBefore.UTC().Format(time.DateTime))
		}
		return faultf(err, "renew the broker's certificate, or set this machine's clock", "the certificate of %s has expired on %s", server, c.NotAfter.UTC().Format(time.DateTime))
	}
	return faultf(err, "give the broker another certificate", "the certificate of %s is not valid: %v", server, invalid)
}

// Alerts of TLS (RFC 8446, section 6.2) that are about the client's certificate, or about versions.
const (
	alertHandshakeFailure    = 40
	alertBadCertificate      = 42
	alertCertificateExpired  = 45
	alertCertificateUnknown  = 46
	alertUnknownAuthority    = 48
	alertProtocolVersion     = 70
	alertCertificateRequired = 116
)

// alertFault says what a server has objected to, nil if it has not said so.
func (e *examination) alertFault(server string, err error) *FaultError {
	remote, ok := errors.AsType[*net.OpError](err)
	for ok && remote.Op != "remote error" { // which one from further out may hold
		remote, ok = errors.AsType[*net.OpError](remote.Err)
	}
	if !ok {
		return nil
	}
	// The error of an alert has no type of its own, but the words of the one that QUIC has.
	is := func(alert uint8) bool { return remote.Err.Error() == tls.AlertError(alert).Error() }
	certificate := []uint8{
		alertCertificateRequired, alertHandshakeFailure, alertBadCertificate,
		alertCertificateExpired, alertCertificateUnknown, alertUnknownAuthority,
	}
	switch {
	case is(alertProtocolVersion):
		return faultf(err, "let the broker speak TLS 1.2 or 1.3, and ssl.enabled.protocols name what it speaks", "%s and this client speak no common version of TLS", server)
	case slices.ContainsFunc(certificate, is) && !e.way.HasCertificate():
		return faultf(err, "set ssl.keystore.location to a store with a key and certificate that it trusts", "%s asks clients for a certificate, and none is set", server)
	case slices.ContainsFunc(certificate, is):
		return faultf(err, "use a certificate that has not expired, of an authority that the broker trusts", "%s refuses the certificate of %s", server, e.way.Principal())
	}
	return nil
}

// hungUp reports whether a server has closed the connection.
func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe)
}

// silentFault is about a server that accepts connections and says nothing.
func silentFault(server string, waited time.Duration, err error) *FaultError {
	return faultf(err, "check that the port is a broker's: a proxy without one behind it does this, and a broker that is overloaded",
		"%s accepts connections and does not answer within %s", server, seconds(waited))
}
