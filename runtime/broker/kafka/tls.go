package kafka

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
)

// config builds the TLS configuration the ssl.* properties describe.
func (t *tlsSettings) config() (*tls.Config, error) {
	if t.password != "" {
		return nil, errors.New("client property ssl.key.password is not supported: give an unencrypted private key")
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	roots, err := t.roots()
	if err != nil {
		return nil, err
	}
	c.RootCAs = roots
	if err := t.addCertificate(c); err != nil {
		return nil, err
	}
	if !t.checkHost {
		skipHostCheck(c)
	}
	return c, nil
}

// roots are the trusted certificates, nil for the system's.
func (t *tlsSettings) roots() (*x509.CertPool, error) {
	text, from := t.trustCertificates, "ssl.truststore.certificates"
	if text == "" {
		if t.trustLocation == "" {
			return nil, nil
		}
		content, err := os.ReadFile(t.trustLocation)
		if err != nil {
			return nil, fmt.Errorf("reading ssl.truststore.location: %w", err)
		}
		text, from = string(content), t.trustLocation
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pemText(text)) {
		return nil, fmt.Errorf("%s holds no certificate in PEM format", from)
	}
	return pool, nil
}

// addCertificate adds the client's own certificate, where there is one.
func (t *tlsSettings) addCertificate(c *tls.Config) error {
	key, chain, from := t.keyKey, t.keyChain, "ssl.keystore.key and ssl.keystore.certificate.chain"
	if key == "" && chain == "" {
		if t.keyLocation == "" {
			return nil
		}
		content, err := os.ReadFile(t.keyLocation)
		if err != nil {
			return fmt.Errorf("reading ssl.keystore.location: %w", err)
		}
		// One file holds both; each reader skips what is not its own.
		key, chain, from = string(content), string(content), t.keyLocation
	}
	if strings.Contains(key, "ENCRYPTED") {
		return fmt.Errorf("the private key in %s is encrypted, which is not supported: give an unencrypted one", from)
	}
	certificate, err := tls.X509KeyPair(pemText(chain), pemText(key))
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	c.Certificates = []tls.Certificate{certificate}
	return nil
}

// pemText undoes what a properties file does to PEM: line breaks that became
// blanks, as in Java's own documentation of one-line PEM values.
func pemText(text string) []byte {
	if block, _ := pem.Decode([]byte(text)); block != nil {
		return []byte(text)
	}
	var b strings.Builder
	for rest := text; ; {
		begin := strings.Index(rest, "-----BEGIN ")
		if begin < 0 {
			return []byte(b.String())
		}
		rest = rest[begin+len("-----BEGIN "):]
		name, after, _ := strings.Cut(rest, "-----")
		body, after, found := strings.Cut(after, "-----END "+name+"-----")
		if !found {
			return []byte(text)
		}
		fmt.Fprintf(&b, "-----BEGIN %s-----\n", name)
		for line := range strings.FieldsSeq(body) {
			b.WriteString(line + "\n")
		}
		fmt.Fprintf(&b, "-----END %s-----\n", name)
		rest = after
	}
}

// skipHostCheck checks the chain of a broker's certificate but not whom it
// was made for, which crypto/tls has no switch for.
func skipHostCheck(c *tls.Config) {
	roots := c.RootCAs
	c.InsecureSkipVerify = true // VerifyConnection takes over
	c.VerifyConnection = func(state tls.ConnectionState) error {
		options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
		for _, above := range state.PeerCertificates[1:] {
			options.Intermediates.AddCert(above)
		}
		_, err := state.PeerCertificates[0].Verify(options)
		return err
	}
}

// serverName is the host a certificate has to carry, for an address dialled.
func serverName(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}
