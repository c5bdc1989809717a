package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka/credentials"
	"github.com/ksqlite/ksqlite/runtime/keystore/issue"
)

// This file secures the broker for other programs, so that clients can be tried that a cluster asks for TLS
// and passwords.

// securedFlags say how clients of a broker connect.
type securedFlags struct {
	tls, mutual bool
	users       []string // NAME:PASSWORD
}

func (f *securedFlags) declare(c *cobra.Command) {
	set := c.Flags()
	set.BoolVar(&f.tls, "tls", false, "speak TLS, with a certificate that is made and kept in the data folder")
	set.BoolVar(&f.mutual, "client-certificates", false, "speak TLS, and let in who shows the client's certificate that is made too")
	set.StringArrayVar(&f.users, "user", nil, "let in `NAME:PASSWORD` alone, by PLAIN and SCRAM; repeatable")
	completeNothing(c, "user")
}

// check reports users without a password.
func (f *securedFlags) check() error {
	for _, user := range f.users {
		if name, password, _ := strings.Cut(user, ":"); name == "" || password == "" {
			return errors.New("--user has to be NAME:PASSWORD")
		}
	}
	return nil
}

// validity is how long certificates are valid that are made for a data folder.
const validity = 10 * 365 * 24 * time.Hour

// secure sets what the flags say, and returns the certificates; they have none without TLS.
func (f *securedFlags) secure(o *embedded.Options) (made issue.Certificates, err error) {
	for _, user := range f.users {
		name, password, _ := strings.Cut(user, ":")
		for _, mechanism := range []string{credentials.Plain, credentials.ScramSHA256, credentials.ScramSHA512} {
			o.Users = append(o.Users, embedded.User{Mechanism: mechanism, Name: name, Password: password})
		}
	}
	if !f.tls && !f.mutual {
		return made, nil
	}
	host := hostOf(*o)
	made, err = issue.Read(certificateFolder(*o))
	own, wrong := tls.X509KeyPair(made.Server, made.Server)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (wrong != nil || own.Leaf.VerifyHostname(host) != nil) {
		names := issue.Names{Hosts: []string{host, "localhost", "127.0.0.1", "::1"}, Client: "client"}
		if made, err = issue.New(names, validity, time.Now()); err == nil {
			own, err = tls.X509KeyPair(made.Server, made.Server)
		}
	}
	if err != nil {
		return made, err
	}
	o.TLS = &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
	if f.mutual {
		o.TLS.ClientCAs, o.TLS.ClientAuth = x509.NewCertPool(), tls.RequireAndVerifyClientCert
		o.TLS.ClientCAs.AppendCertsFromPEM(made.Authority)
	}
	return made, nil
}

// hostOf is the host by which clients reach a broker.
func hostOf(o embedded.Options) string {
	address := o.Listen
	if o.Advertise != "" {
		address = o.Advertise
	}
	host, _, _ := net.SplitHostPort(address)
	return host
}

func certificateFolder(o embedded.Options) string { return filepath.Join(o.Dir, "tls") }

// keep writes the certificates, and the file of properties by which clients connect, whose path it returns; "" where they
// need none. The file begins with lines that are known already. The broker has locked the folder.
func (f *securedFlags) keep(o embedded.Options, known []string, made issue.Certificates) (string, error) {
	if o.TLS == nil && len(f.users) == 0 {
		return "", nil
	}
	lines := append(slices.Clip(known), "security.protocol="+f.protocol())
	if len(f.users) > 0 {
		name, password, _ := strings.Cut(f.users[0], ":")
		quote := strings.NewReplacer(`\`, `\\\\`, `"`, `\\"`) // of JAAS, in a file of properties
		lines = append(lines, "sasl.mechanism="+credentials.ScramSHA512, fmt.Sprintf(
			`sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="%s" password="%s";`, quote.Replace(name), quote.Replace(password)))
	}
	if o.TLS != nil {
		folder, err := filepath.Abs(certificateFolder(o))
		if err != nil {
			return "", err
		}
		files, err := made.Write(folder)
		if err != nil {
			return "", err
		}
		path := strings.NewReplacer(`\`, `\\`)
		lines = append(lines, "ssl.truststore.type=PEM", "ssl.truststore.location="+path.Replace(files.Authority))
		if f.mutual {
			lines = append(lines, "ssl.keystore.type=PEM", "ssl.keystore.location="+path.Replace(files.Client))
		}
	}
	file := filepath.Join(o.Dir, "client.properties")
	return file, os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600)
}

// protocol is the value of security.protocol for clients.
func (f *securedFlags) protocol() string {
	protocol := "PLAINTEXT"
	if f.tls || f.mutual {
		protocol = "SSL"
	}
	if len(f.users) > 0 {
		protocol = "SASL_" + protocol
	}
	return protocol
}
