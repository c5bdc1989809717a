package keystore

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// This file checks whom a server's certificate was made for, by Java's rule: a certificate without a DNS name
// among its alternative names is for the common name of its subject, and a wildcard stands for any part of a label.
// crypto/tls looks at alternative names alone, and knows a wildcard as a whole label only.

// Handshake begins TLS as a client over a connection to a host, with what [Settings.Config] has made. It
// returns once the server's certificate has been checked.
func Handshake(ctx context.Context, raw net.Conn, config *tls.Config, host string) (*tls.Conn, error) {
	config = config.Clone()
	config.ServerName = host
	if !config.InsecureSkipVerify && net.ParseIP(host) == nil { // of addresses Java says the same as crypto/tls
		roots := config.RootCAs
		config.InsecureSkipVerify = true // VerifyConnection takes over
		config.VerifyConnection = func(state tls.ConnectionState) error {
			chains, err := verifyChain(roots, state)
			if err != nil {
				return err
			}
			return checkHost(chains, host)
		}
	}
	conn := tls.Client(raw, config)
	return conn, conn.HandshakeContext(ctx)
}

// NewTransport returns a transport for HTTP that speaks TLS as [Handshake] does. Behind a proxy it is
// crypto/tls that checks the host.
func NewTransport(config *tls.Config) *http.Transport {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, IdleConnTimeout: 30 * time.Second}
	t.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		raw, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		host, _, _ := net.SplitHostPort(address)
		conn, err := Handshake(ctx, raw, config, host)
		if err != nil {
			_ = raw.Close()
			return nil, err
		}
		return conn, nil
	}
	return t
}

// skipHostCheck checks the chain of a server's certificate but not whom it
// was made for, which crypto/tls has no switch for.
func skipHostCheck(c *tls.Config) {
	roots := c.RootCAs
	c.InsecureSkipVerify = true // VerifyConnection takes over
	c.VerifyConnection = func(state tls.ConnectionState) error {
		_, err := verifyChain(roots, state)
		return err
	}
}

// verifyChain returns the chains that lead from a server's certificate to a trusted one.
func verifyChain(roots *x509.CertPool, state tls.ConnectionState) ([][]*x509.Certificate, error) {
	options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, above := range state.PeerCertificates[1:] {
		options.Intermediates.AddCert(above)
	}
	return state.PeerCertificates[0].Verify(options)
}

// checkHost reports a certificate, the first of verified chains, that is not for a host with a name.
func checkHost(chains [][]*x509.Certificate, host string) error {
	leaf := chains[0][0]
	names := leaf.DNSNames
	if len(names) == 0 && !slices.ContainsFunc(chains, constrained) {
		names = []string{leaf.Subject.CommonName}
	}
	if slices.ContainsFunc(names, func(name string) bool { return matches(name, host) }) {
		return nil
	}
	return x509.HostnameError{Certificate: leaf, Host: host}
}

// constrained reports whether an authority in a chain may only speak for some names. That has been checked of
// alternative names alone, so that a common name proves nothing there.
func constrained(chain []*x509.Certificate) bool {
	return slices.ContainsFunc(chain, func(c *x509.Certificate) bool {
		return len(c.PermittedDNSDomains) > 0 || len(c.ExcludedDNSDomains) > 0
	})
}

// matches reports whether a name in a certificate stands for a host: they have as many labels, and each * stands for
// what there is of one, but for the last label.
func matches(name, host string) bool {
	labels, parts := strings.Split(strings.ToLower(name), "."), strings.Split(strings.ToLower(host), ".")
	if len(labels) != len(parts) || strings.Contains(labels[len(labels)-1], "*") {
		return false
	}
	for i, label := range labels {
		if parts[i] == "" || !fits(label, parts[i]) {
			return false
		}
	}
	return true
}

// fits reports whether a label with wildcards stands for another one.
func fits(pattern, label string) bool {
	pieces := strings.Split(pattern, "*")
	last := pieces[len(pieces)-1]
	rest, ok := strings.CutPrefix(label, pieces[0])
	if len(pieces) == 1 {
		return ok && rest == ""
	}
	if !ok {
		return false
	}
	for _, piece := range pieces[1 : len(pieces)-1] {
		if _, rest, ok = strings.Cut(rest, piece); !ok {
			return false
		}
	}
	return strings.HasSuffix(rest, last)
}
