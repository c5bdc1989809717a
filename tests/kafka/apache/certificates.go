package apache

import (
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

// Certificates are the PEM files of a server's TLS listeners. A file with a
// certificate holds its key first, as Kafka wants a key store in PEM.
type Certificates struct {
	Authority string // the certificate alone
	Server    string
	Client    string
}

// issuer is an authority that can sign.
type issuer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// MakeCertificates writes an authority, a server's certificate for the
// loopback addresses and a client's certificate into a folder.
func MakeCertificates(folder string) (Certificates, error) {
	certs := Certificates{
		Authority: filepath.Join(folder, "authority.pem"),
		Server:    filepath.Join(folder, "server.pem"),
		Client:    filepath.Join(folder, "client.pem"),
	}
	authority, err := makeAuthority(certs.Authority)
	if err != nil {
		return certs, fmt.Errorf("making a certificate authority: %w", err)
	}
	server := template("localhost")
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	server.DNSNames = []string{"localhost"}
	server.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	if err := authority.issue(server, certs.Server); err != nil {
		return certs, fmt.Errorf("making the server's certificate: %w", err)
	}
	client := template(User)
	client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if err := authority.issue(client, certs.Client); err != nil {
		return certs, fmt.Errorf("making the client's certificate: %w", err)
	}
	return certs, nil
}

// template is a certificate for name that is valid now and for a day.
func template(name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: name, Organization: []string{"ksqlite tests"}},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
}

// makeAuthority makes an authority and writes its certificate to file.
func makeAuthority(file string) (issuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return issuer{}, err
	}
	certificate := template("ksqlite test authority")
	certificate.IsCA = true
	certificate.BasicConstraintsValid = true
	certificate.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, certificate, certificate, key.Public(), key)
	if err != nil {
		return issuer{}, err
	}
	return issuer{certificate, key}, writePEM(file, &pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// issue signs a certificate with a new key and writes both to file.
func (a issuer) issue(certificate *x509.Certificate, file string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	der, err := x509.CreateCertificate(rand.Reader, certificate, a.certificate, key.Public(), a.key)
	if err != nil {
		return err
	}
	return writePEM(file, &pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}, &pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// writePEM writes blocks to a file that its owner alone may read.
func writePEM(file string, blocks ...*pem.Block) error {
	var text []byte
	for _, block := range blocks {
		text = append(text, pem.EncodeToMemory(block)...)
	}
	return os.WriteFile(file, text, 0o600)
}
