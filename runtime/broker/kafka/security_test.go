package kafka_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

// authority signs certificates for tests.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	chain, key := a.issue(t, "authority")
	block, _ := pem.Decode([]byte(chain))
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	a.certificate, a.key, a.pem = certificate, key, chain
	return a
}

// issue makes a certificate for a host, its own while there is no authority.
func (a *authority) issue(t *testing.T, host string) (chain string, key *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: a.key == nil,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	parent, signer := template, key
	if a.key != nil {
		parent, signer = a.certificate, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), key
}

func keyPEM(t *testing.T, key *ecdsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// secureBroker speaks TLS with a certificate for host, and asks clients for
// one of theirs.
func secureBroker(t *testing.T, a *authority, host string, wanted tls.ClientAuthType) *embedded.Broker {
	t.Helper()
	chain, key := a.issue(t, host)
	certificate, err := tls.X509KeyPair([]byte(chain), []byte(keyPEM(t, key)))
	if err != nil {
		t.Fatal(err)
	}
	clients := x509.NewCertPool()
	clients.AddCert(a.certificate)
	return openBroker(t, embedded.Options{Listen: "127.0.0.1:0", Advertise: "localhost:0", TLS: &tls.Config{
		Certificates: []tls.Certificate{certificate}, ClientCAs: clients, ClientAuth: wanted, MinVersion: tls.VersionTLS12,
	}})
}

func openBroker(t *testing.T, o embedded.Options) *embedded.Broker {
	t.Helper()
	b, err := embedded.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// tryOpen connects over TCP and uses the connection for reading and writing.
func tryOpen(t *testing.T, address string, properties map[string]string) error {
	t.Helper()
	all := map[string]string{"bootstrap.servers": address, "default.api.timeout.ms": "2000"}
	maps.Copy(all, properties)
	c, err := kafka.Open(t.Context(), kafka.Config{Properties: all})
	if err != nil {
		return err
	}
	defer c.Close()
	createTopic(t, c, "t", 1)
	produce(t, c, "t", messages(3, 0))
	if got := readUntil(t, openReader(t, c, broker.ReadOptions{Topic: "t"}), []int64{3}); len(got) != 3 {
		t.Errorf("read %d messages", len(got))
	}
	return nil
}

func TestTLS(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, []byte(a.pem), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		host       string
		properties map[string]string
		want       string
	}{
		"truststore in a file":  {"localhost", map[string]string{"ssl.truststore.location": file}, ""},
		"truststore inline":     {"localhost", map[string]string{"ssl.truststore.certificates": a.pem, "ssl.truststore.type": "PEM"}, ""},
		"inline on one line":    {"localhost", map[string]string{"ssl.truststore.certificates": strings.ReplaceAll(a.pem, "\n", " ")}, ""},
		"host is not checked":   {"other", map[string]string{"ssl.truststore.location": file, "ssl.endpoint.identification.algorithm": ""}, ""},
		"host is wrong":         {"other", map[string]string{"ssl.truststore.location": file}, "not localhost"},
		"unknown authority":     {"localhost", nil, "unknown authority"},
		"unknown, no host":      {"localhost", map[string]string{"ssl.endpoint.identification.algorithm": ""}, "unknown authority"},
		"no TLS":                {"localhost", map[string]string{"security.protocol": "PLAINTEXT"}, "unreachable"},
		"no certificate inside": {"localhost", map[string]string{"ssl.truststore.certificates": "nothing"}, "holds no certificate"},
		"no such file":          {"localhost", map[string]string{"ssl.truststore.location": file + "x"}, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := secureBroker(t, a, test.host, tls.NoClientCert)
			properties := map[string]string{"security.protocol": "SSL"}
			maps.Copy(properties, test.properties)
			checkError(t, tryOpen(t, b.Address(), properties), test.want)
		})
	}
}

func TestClientCertificate(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	chain, key := a.issue(t, "client")
	both := filepath.Join(t.TempDir(), "client.pem")
	if err := os.WriteFile(both, []byte(keyPEM(t, key)+chain), 0o600); err != nil {
		t.Fatal(err)
	}
	plain := map[string]string{"security.protocol": "SSL", "ssl.truststore.certificates": a.pem}
	for name, test := range map[string]struct {
		properties map[string]string
		want       string
	}{
		"in a file":                     {map[string]string{"ssl.keystore.location": both}, ""},
		"missing":                       {nil, "certificate required"},
		"a password that is not needed": {map[string]string{"ssl.keystore.location": both, "ssl.key.password": "s3cret"}, ""},
		"of librdkafka":                 {map[string]string{"ssl.key.location": both, "ssl.certificate.location": both}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := secureBroker(t, a, "localhost", tls.RequireAndVerifyClientCert)
			properties := maps.Clone(plain)
			maps.Copy(properties, test.properties)
			checkError(t, tryOpen(t, b.Address(), properties), test.want)
		})
	}
}

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestSASL(t *testing.T) {
	t.Parallel()
	modules := map[string]string{
		"PLAIN":         "org.apache.kafka.common.security.plain.PlainLoginModule",
		"SCRAM-SHA-256": "org.apache.kafka.common.security.scram.ScramLoginModule",
		"SCRAM-SHA-512": "org.apache.kafka.common.security.scram.ScramLoginModule",
	}
	for mechanism, module := range modules {
		t.Run(mechanism, func(t *testing.T) {
			t.Parallel()
			b := openBroker(t, embedded.Options{Listen: "127.0.0.1:0", Users: []embedded.User{{Mechanism: mechanism, Name: "alice", Password: "s3cret"}}})
			log := func(password string) map[string]string {
				return map[string]string{
					"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": mechanism,
					"sasl.jaas.config": module + ` required username="alice" password="` + password + `";`,
				}
			}
			if err := tryOpen(t, b.Address(), log("s3cret")); err != nil {
				t.Error(err)
			}
			err := tryOpen(t, b.Address(), log("wr0ng"))
			if want := "authentication failed: " + mechanism + ` for user "alice"`; !errors.Is(err, broker.ErrAuthentication) || err.Error() != want {
				t.Errorf("wrong password: error %v, want %s", err, want)
			}
			if err := tryOpen(t, b.Address(), nil); err == nil {
				t.Error("let in without a log-in")
			}
		})
	}
}
