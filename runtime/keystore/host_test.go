package keystore_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/runtime/keystore"
)

// TestHosts runs testdata/hosts.ddt. Each `certificate` has a common name (cn), alternative names (dns, ip),
// an authority that may only speak for some (permitted), or is signed by nobody who is trusted (stranger). The input
// is hosts to reach with it.
func TestHosts(t *testing.T) {
	t.Parallel()
	datadriven.RunTest(t, "testdata/hosts.ddt", func(t *testing.T, d *datadriven.TestData) string {
		t.Helper()
		trusted := newSigner(t, valuesOf(d, "permitted"))
		signer := trusted
		if d.HasArg("stranger") {
			signer = newSigner(t, nil)
		}
		leaf := template(strings.Join(valuesOf(d, "cn"), ""))
		leaf.DNSNames = valuesOf(d, "dns")
		for _, ip := range valuesOf(d, "ip") {
			leaf.IPAddresses = append(leaf.IPAddresses, net.ParseIP(ip))
		}
		server := signer.sign(t, leaf)
		config := &tls.Config{RootCAs: x509.NewCertPool()}
		config.RootCAs.AddCert(trusted.certificate)
		var out strings.Builder
		for host := range strings.FieldsSeq(d.Input) {
			fmt.Fprintf(&out, "%s: %s\n", host, reach(t, server, config, host))
		}
		return out.String()
	})
}

// valuesOf are those of an argument of a case.
func valuesOf(d *datadriven.TestData, key string) []string {
	if arg, ok := d.Arg(key); ok {
		return arg.Vals
	}
	return nil
}

// reach says what comes of TLS with a server that goes by the name of a host.
func reach(t *testing.T, server tls.Certificate, config *tls.Config, host string) string {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{server}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var serving sync.WaitGroup
	defer serving.Wait()
	serving.Go(func() {
		if conn, err := l.Accept(); err == nil {
			_, _ = conn.Read(make([]byte, 1)) // until the client closes
			_ = conn.Close()
		}
	})
	raw, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	_, err = keystore.Handshake(t.Context(), raw, config, host)
	switch {
	case errors.As(err, new(x509.HostnameError)):
		return "another host"
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return "not trusted"
	case err != nil:
		return err.Error()
	}
	return "right"
}

// signer signs certificates.
type signer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// newSigner makes an authority, which may only speak for the permitted names if there are any.
func newSigner(t *testing.T, permitted []string) signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := signer{template("authority"), key}
	s.certificate.IsCA, s.certificate.BasicConstraintsValid, s.certificate.KeyUsage = true, true, x509.KeyUsageCertSign
	s.certificate.PermittedDNSDomains = permitted
	s.certificate, err = x509.ParseCertificate(s.sign(t, s.certificate).Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sign makes a certificate, with the signer's own key for its own.
func (s signer) sign(t *testing.T, c *x509.Certificate) tls.Certificate {
	t.Helper()
	key := s.key
	if !c.IsCA {
		var err error
		if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, s.certificate, &key.PublicKey, s.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// template is a certificate that is valid now.
func template(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}
