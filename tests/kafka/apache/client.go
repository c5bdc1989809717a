package apache

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// AuthorityFile names the PEM file of the authority that signed the server's
// certificate.
func (s *Server) AuthorityFile() string {
	return s.certs.Authority
}

// ClientFile names the PEM file of a client's key and certificate, as
// MutualTLS asks for them.
func (s *Server) ClientFile() string {
	return s.certs.Client
}

// ClientOptions are what a franz-go client needs to come in through a
// listener. The mechanism matters to the SASL listeners alone; an empty one
// does not log in.
func (s *Server) ClientOptions(l Listener, m Mechanism) ([]kgo.Opt, error) {
	options := []kgo.Opt{kgo.SeedBrokers(s.Addr(l))}
	if l.encrypted() {
		config, err := s.tlsConfig(l)
		if err != nil {
			return nil, err
		}
		options = append(options, kgo.DialTLSConfig(config))
	}
	if l.authenticated() && m != "" {
		options = append(options, kgo.SASL(m.login()))
	}
	return options, nil
}

// tlsConfig trusts the server, and shows it the client's certificate where the
// listener wants one.
func (s *Server) tlsConfig(l Listener) (*tls.Config, error) {
	authority, err := os.ReadFile(s.certs.Authority)
	if err != nil {
		return nil, fmt.Errorf("reading the authority's certificate: %w", err)
	}
	config := &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	if !config.RootCAs.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("no certificate in %s", s.certs.Authority)
	}
	if l == MutualTLS {
		certificate, err := tls.LoadX509KeyPair(s.certs.Client, s.certs.Client)
		if err != nil {
			return nil, fmt.Errorf("reading the client's certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	return config, nil
}

// login is the mechanism as franz-go knows it, with the one user.
func (m Mechanism) login() sasl.Mechanism {
	switch m {
	case ScramSHA256:
		return scram.Auth{User: User, Pass: Password}.AsSha256Mechanism()
	case ScramSHA512:
		return scram.Auth{User: User, Pass: Password}.AsSha512Mechanism()
	default:
		return plain.Auth{User: User, Pass: Password}.AsMechanism()
	}
}
