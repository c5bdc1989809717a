package keystore

import (
	"bytes"
	"crypto"
	"crypto/sha1" //nolint:gosec // what JKS is sealed with
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"

	jks "github.com/pavlo-v-chernykh/keystore-go/v4"
	"software.sslmate.com/src/go-pkcs12"
)

// trusted returns the certificates of a store, at least one.
func trusted(content []byte, named Format, password string) ([]*x509.Certificate, error) {
	format, err := check(content, named)
	if err != nil {
		return nil, err
	}
	var list []*x509.Certificate
	switch format {
	case PKCS12:
		list, err = trustedOfPKCS12(content, password)
	case JKS:
		list, err = trustedOfJKS(content, password)
	default:
		list, err = certificatesOfPEM(content)
	}
	if err == nil && len(list) == 0 {
		err = errors.New("it holds no certificate")
	}
	return list, err
}

// identity returns the private key of a store with its chain of certificates. keyPassword
// protects the key, where it has one of its own.
func identity(content []byte, named Format, password, keyPassword string) (tls.Certificate, error) {
	format, err := check(content, named)
	if err != nil {
		return tls.Certificate{}, err
	}
	switch format {
	case PKCS12:
		return identityOfPKCS12(content, password)
	case JKS:
		return identityOfJKS(content, password, keyPassword)
	default:
		return identityOfPEM(content, content, keyPassword)
	}
}

// trustedOfPKCS12 takes all certificates: those that Java has marked as trusted, and
// those of a store that another program has made.
func trustedOfPKCS12(content []byte, password string) ([]*x509.Certificate, error) {
	list, err := pkcs12.DecodeTrustStore(content, password)
	if err == nil || errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return list, passwordFault(err, password)
	}
	if blocks, err := pkcs12.ToPEM(content, password); err == nil { //nolint:staticcheck // the one that takes stores of every make
		return certificatesOfBlocks(blocks)
	}
	return nil, errors.New("it holds no certificate that is marked as trusted: make it with keytool -importcert, or give the certificates in PEM")
}

func identityOfPKCS12(content []byte, password string) (tls.Certificate, error) {
	key, certificate, above, err := pkcs12.DecodeChain(content, password)
	if err != nil {
		return tls.Certificate{}, passwordFault(err, password)
	}
	chain := append([]*x509.Certificate{certificate}, above...)
	return paired(key, chain)
}

// passwordFault words the error of a password that does not fit.
func passwordFault(err error, password string) error {
	switch {
	case !errors.Is(err, pkcs12.ErrIncorrectPassword):
		return err
	case password == "":
		return ErrNoPassword
	}
	return ErrPassword
}

func trustedOfJKS(content []byte, password string) ([]*x509.Certificate, error) {
	store, err := openJKS(content, password)
	if err != nil {
		return nil, err
	}
	var list []*x509.Certificate
	for _, alias := range store.Aliases() {
		raw := []jks.Certificate{}
		if entry, err := store.GetTrustedCertificateEntry(alias); err == nil {
			raw = append(raw, entry.Certificate)
		} else if chain, err := store.GetPrivateKeyEntryCertificateChain(alias); err == nil {
			raw = chain
		}
		for _, c := range raw {
			certificate, err := x509.ParseCertificate(c.Content)
			if err != nil {
				return nil, err
			}
			list = append(list, certificate)
		}
	}
	return list, nil
}

func identityOfJKS(content []byte, password, keyPassword string) (tls.Certificate, error) {
	store, err := openJKS(content, password)
	if err != nil {
		return tls.Certificate{}, err
	}
	if keyPassword == "" {
		keyPassword = password
	}
	aliases := store.Aliases()
	i := slices.IndexFunc(aliases, store.IsPrivateKeyEntry)
	if i < 0 {
		return tls.Certificate{}, errors.New("it holds no private key")
	}
	if keyPassword == "" {
		return tls.Certificate{}, ErrNoPassword
	}
	entry, err := store.GetPrivateKeyEntry(aliases[i], []byte(keyPassword))
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%w for %w", ErrPassword, errPrivateKey)
	}
	key, err := x509.ParsePKCS8PrivateKey(entry.PrivateKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	var chain []*x509.Certificate
	for _, c := range entry.CertificateChain {
		certificate, err := x509.ParseCertificate(c.Content)
		if err != nil {
			return tls.Certificate{}, err
		}
		chain = append(chain, certificate)
	}
	return paired(key, chain)
}

// sealSize is the length of the hash at the end of a JKS.
const sealSize = sha1.Size

// openJKS reads a store. Without a password its seal is not checked, as in Java: certificates
// are not encrypted in it, only keys are.
func openJKS(content []byte, password string) (jks.KeyStore, error) {
	store := jks.New(jks.WithOrderedAliases(), jks.WithCaseExactAliases())
	if password == "" && len(content) > sealSize {
		body := content[:len(content)-sealSize]
		seal := sha1.Sum(append([]byte("Mighty Aphrodite"), body...))
		content = append(bytes.Clone(body), seal[:]...)
	}
	if err := store.Load(bytes.NewReader(content), []byte(password)); err != nil {
		if strings.Contains(err.Error(), "invalid digest") { // which has no type of its own
			return store, ErrPassword
		}
		return store, fmt.Errorf("it cannot be read: %w", err)
	}
	return store, nil
}

func certificatesOfPEM(content []byte) ([]*x509.Certificate, error) {
	var blocks []*pem.Block
	for rest := content; ; {
		block, after := pem.Decode(rest)
		if block == nil {
			return certificatesOfBlocks(blocks)
		}
		blocks, rest = append(blocks, block), after
	}
}

// certificatesOfBlocks parses the blocks that are certificates.
func certificatesOfBlocks(blocks []*pem.Block) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	for _, block := range blocks {
		if block.Type != "CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		list = append(list, certificate)
	}
	return list, nil
}

// paired puts a key and its chain together.
func paired(key any, chain []*x509.Certificate) (tls.Certificate, error) {
	signer, ok := key.(crypto.Signer)
	if !ok || len(chain) == 0 {
		return tls.Certificate{}, errors.New("it holds no private key with its certificate")
	}
	public, ok := signer.Public().(interface{ Equal(x crypto.PublicKey) bool })
	if !ok || !public.Equal(chain[0].PublicKey) {
		return tls.Certificate{}, errors.New("its private key is not the one of its certificate")
	}
	pair := tls.Certificate{PrivateKey: key, Leaf: chain[0]}
	for _, c := range chain {
		pair.Certificate = append(pair.Certificate, c.Raw)
	}
	return pair, nil
}
