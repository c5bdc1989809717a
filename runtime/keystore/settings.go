package keystore

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Settings are the ssl.* properties of a client. The zero value trusts the system's
// certificates, shows none, and checks the host.
type Settings struct {
	// Prefix stands before the names of the properties in errors, such as schema.registry.
	Prefix string
	// Within is the property whose value holds these as options, such as sasl.jaas.config; "" where
	// they are properties themselves.
	Within string

	TrustType     Format // "" for whichever the file is
	TrustLocation string
	TrustPassword string
	// TrustCertificates are PEM, given instead of a file.
	TrustCertificates string

	KeyType     Format
	KeyLocation string
	// StorePassword opens the file, KeyPassword the key in it where that has its own.
	StorePassword, KeyPassword string
	// Key and Chain are PEM, given instead of a file.
	Key, Chain string
	// KeyFile and ChainFile are PEM in a file each, as clients of librdkafka have them.
	KeyFile, ChainFile string

	// AnyHost leaves out the check whom the server's certificate was made for.
	AnyHost bool
	// Protocols are the versions of TLS that may be spoken, such as TLSv1.2, with commas
	// between them; "" is 1.2 and later.
	Protocols string
}

// PropertyError is an error about a property.
type PropertyError struct {
	Property string // its name, with the prefix
	Within   string // the property whose value has it as an option; "" where it is given alone
	Path     string // of the file that it names; "" for none
	Err      error
}

// Error implements error.
func (e *PropertyError) Error() string {
	name := e.Property
	if e.Within != "" {
		name = e.Within + ": " + e.Property
	}
	if e.Path == "" {
		return fmt.Sprintf("client property %s: %v", name, e.Err)
	}
	return fmt.Sprintf("client property %s: %s: %v", name, e.Path, e.Err)
}

// Unwrap implements errors.Is.
func (e *PropertyError) Unwrap() error { return e.Err }

// fault is an error about a property and the file that it names.
func (s Settings) fault(property, path string, err error) error {
	if err == nil {
		return nil
	}
	if pathError, ok := errors.AsType[*os.PathError](err); ok {
		err = pathError.Err // which says the path already
	}
	return &PropertyError{Property: s.Prefix + property, Within: s.Within, Path: path, Err: err}
}

// Config makes the TLS configuration, for [Handshake] or [NewTransport]. An error is a
// *PropertyError.
func (s Settings) Config() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if err := s.limitVersions(c); err != nil {
		return nil, s.fault("ssl.enabled.protocols", "", err)
	}
	var err error
	if c.RootCAs, err = s.roots(); err != nil {
		return nil, err
	}
	own, err := s.identity()
	if err != nil {
		return nil, err
	}
	if own.PrivateKey != nil {
		// Chosen without asking which authorities the server names: it knows best itself.
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &own, nil }
		c.Certificates = []tls.Certificate{own}
	}
	if s.AnyHost {
		skipHostCheck(c)
	}
	return c, nil
}

// limitVersions sets which versions of TLS may be spoken.
func (s Settings) limitVersions(c *tls.Config) error {
	if s.Protocols == "" {
		return nil
	}
	c.MinVersion, c.MaxVersion = 0, 0
	for name := range strings.SplitSeq(s.Protocols, ",") {
		version, ok := map[string]uint16{"tlsv1.2": tls.VersionTLS12, "tlsv1.3": tls.VersionTLS13}[strings.ToLower(strings.TrimSpace(name))]
		if !ok {
			continue // older ones are not spoken any longer
		}
		if c.MinVersion == 0 || version < c.MinVersion {
			c.MinVersion = version
		}
		c.MaxVersion = max(c.MaxVersion, version)
	}
	if c.MinVersion == 0 {
		return errors.New("it names neither TLSv1.2 nor TLSv1.3, and nothing older is spoken")
	}
	return nil
}

// roots are the trusted certificates, nil for the system's.
func (s Settings) roots() (*x509.CertPool, error) {
	var list []*x509.Certificate
	switch {
	case s.TrustCertificates != "":
		found, err := trusted(pemText(s.TrustCertificates), PEM, "")
		if err != nil {
			return nil, s.fault("ssl.truststore.certificates", "", errors.New("it holds no certificate in PEM format"))
		}
		list = found
	case s.TrustLocation != "":
		content, err := os.ReadFile(s.TrustLocation)
		if err == nil {
			list, err = trusted(content, s.TrustType, s.TrustPassword)
		}
		if err != nil {
			return nil, s.fault(blamed("ssl.truststore", err), s.TrustLocation, err)
		}
	default:
		return nil, nil
	}
	pool := x509.NewCertPool()
	for _, certificate := range list {
		pool.AddCert(certificate)
	}
	return pool, nil
}

// blamed is the property of a store to look at after an error about it.
func blamed(store string, err error) string {
	format, wrongFormat := errors.AsType[*FormatError](err)
	switch {
	case errors.Is(err, errPrivateKey):
		return "ssl.key.password"
	case errors.Is(err, ErrPassword), errors.Is(err, ErrNoPassword):
		return store + ".password"
	case wrongFormat && format.Found != "":
		return store + ".type"
	}
	return store + ".location"
}

// identity is the client's own certificate, without a key where there is none.
func (s Settings) identity() (tls.Certificate, error) {
	switch {
	case s.Key != "" || s.Chain != "":
		own, err := identityOfPEM(pemText(s.Key), pemText(s.Chain), s.KeyPassword)
		return own, s.fault(orPassword("ssl.keystore.key", err), "", err)
	case s.KeyFile != "" || s.ChainFile != "":
		return s.identityOfFiles()
	case s.KeyLocation == "":
		return tls.Certificate{}, nil
	}
	content, err := os.ReadFile(s.KeyLocation)
	if err != nil {
		return tls.Certificate{}, s.fault("ssl.keystore.location", s.KeyLocation, err)
	}
	own, err := identity(content, s.KeyType, s.StorePassword, s.KeyPassword)
	return own, s.fault(blamed("ssl.keystore", err), s.KeyLocation, err)
}

// identityOfFiles reads a key and a chain that lie in a file each.
func (s Settings) identityOfFiles() (tls.Certificate, error) {
	keyFile, chainFile := cmp.Or(s.KeyFile, s.ChainFile), cmp.Or(s.ChainFile, s.KeyFile)
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return tls.Certificate{}, s.fault("ssl.key.location", keyFile, err)
	}
	chain, err := os.ReadFile(chainFile)
	if err != nil {
		return tls.Certificate{}, s.fault("ssl.certificate.location", chainFile, err)
	}
	own, err := identityOfPEM(key, chain, s.KeyPassword)
	return own, s.fault(orPassword("ssl.key.location", err), keyFile, err)
}

// orPassword is the property of a private key to look at after an error about it.
func orPassword(property string, err error) string {
	if errors.Is(err, errPrivateKey) {
		return "ssl.key.password"
	}
	return property
}
