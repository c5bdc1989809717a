// Package issue makes certificates for brokers that are tried or tested: an authority, and what it signs for
// a server and a client. The package is not promised to stay stable.
package issue

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Names are whom certificates are for.
type Names struct {
	Organization string   // of all subjects; "" for none
	Hosts        []string // of the server: names and addresses
	Client       string
}

// Certificates are texts in PEM. One with a certificate of its own has the key first, as Kafka wants
// a key store in PEM.
type Certificates struct {
	Authority []byte // the certificate alone
	Server    []byte
	Client    []byte
}

// Files are where certificates have been written.
type Files struct{ Authority, Server, Client string }

// In returns the files of certificates in a folder.
func In(folder string) Files {
	return Files{
		Authority: filepath.Join(folder, "authority.pem"),
		Server:    filepath.Join(folder, "server.pem"),
		Client:    filepath.Join(folder, "client.pem"),
	}
}

// New makes certificates that are valid for a while from an hour ago on. The authority's key is
// forgotten, so that nothing else is ever signed with it.
func New(n Names, valid time.Duration, now time.Time) (c Certificates, err error) {
	t := templates{n, valid, now}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return c, err
	}
	authority := t.certificate("ksqlite authority")
	authority.IsCA, authority.BasicConstraintsValid, authority.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, authority, authority, key.Public(), key)
	if err != nil {
		return c, fmt.Errorf("making an authority: %w", err)
	}
	c.Authority = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if c.Server, err = sign(t.server(), authority, key); err != nil {
		return c, fmt.Errorf("making the server's certificate: %w", err)
	}
	client := t.certificate(n.Client)
	client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if c.Client, err = sign(client, authority, key); err != nil {
		return c, fmt.Errorf("making the client's certificate: %w", err)
	}
	return c, nil
}

// Read reads the certificates of a folder.
func Read(folder string) (c Certificates, err error) {
	files := In(folder)
	for path, text := range map[string]*[]byte{files.Authority: &c.Authority, files.Server: &c.Server, files.Client: &c.Client} {
		if *text, err = os.ReadFile(path); err != nil {
			return c, err
		}
	}
	return c, nil
}

// Write writes certificates to a folder, which is made if it is missing, for its owner alone.
func (c Certificates) Write(folder string) (Files, error) {
	files := In(folder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return files, err
	}
	for path, text := range map[string][]byte{files.Authority: c.Authority, files.Server: c.Server, files.Client: c.Client} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return files, err
		}
	}
	return files, nil
}

// templates makes certificates that are still to be signed.
type templates struct {
	names Names
	valid time.Duration
	now   time.Time
}

func (t templates) certificate(name string) *x509.Certificate {
	subject := pkix.Name{CommonName: name}
	if t.names.Organization != "" {
		subject.Organization = []string{t.names.Organization}
	}
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), //nolint:forbidigo // only that it is another one each time counts
		Subject:      subject,
		NotBefore:    t.now.Add(-time.Hour),
		NotAfter:     t.now.Add(t.valid),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
}

func (t templates) server() *x509.Certificate {
	c := t.certificate(t.names.Hosts[0])
	c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	for _, host := range t.names.Hosts {
		if ip := net.ParseIP(host); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, host)
		}
	}
	return c
}

// sign signs a certificate with a new key, and returns both.
func sign(c, authority *x509.Certificate, by *ecdsa.PrivateKey) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, c, authority, key.Public(), by)
	if err != nil {
		return nil, err
	}
	return bytes.Join([][]byte{
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
	}, nil), nil
}
