package keystore

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// identityOfPEM reads a private key and a chain of certificates. One text may be both: each
// reader skips what is not its own.
func identityOfPEM(key, chain []byte, password string) (tls.Certificate, error) {
	certificates, err := certificatesOfPEM(chain)
	if err != nil {
		return tls.Certificate{}, err
	}
	if len(certificates) == 0 {
		return tls.Certificate{}, errors.New("it holds no certificate")
	}
	private, err := keyOfPEM(key, password)
	if err != nil {
		return tls.Certificate{}, err
	}
	return paired(private, certificates)
}

// keyOfPEM returns the first private key, decrypted where it has to be.
func keyOfPEM(content []byte, password string) (any, error) {
	for rest := content; ; {
		block, after := pem.Decode(rest)
		if block == nil {
			return nil, errors.New("it holds no private key")
		}
		rest = after
		switch {
		case block.Type == "ENCRYPTED PRIVATE KEY":
			return decrypted(block.Bytes, password)
		case strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
			return nil, otherScheme("OpenSSL's encryption of PEM")
		case block.Type == "PRIVATE KEY":
			return x509.ParsePKCS8PrivateKey(block.Bytes)
		case block.Type == "RSA PRIVATE KEY":
			return x509.ParsePKCS1PrivateKey(block.Bytes)
		case block.Type == "EC PRIVATE KEY":
			return x509.ParseECPrivateKey(block.Bytes)
		}
	}
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
