package doctor_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

// world is where faults are seeded: servers of all kinds by name, and a folder with what
// clients need for them.
type world struct {
	folder    string
	authority issuer
	start     map[string]func(t *testing.T, w *world) (address string)
}

// issuer signs certificates.
type issuer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

const (
	user     = "alice"
	password = "s3cret-of-alice"
)

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{folder: t.TempDir()}
	w.authority = newIssuer(t, "Example Authority", filepath.Join(w.folder, "ca.pem"))
	stranger := newIssuer(t, "Strange Authority", filepath.Join(w.folder, "strange-ca.pem"))
	w.issue(t, "client", w.authority, func(*x509.Certificate) {})
	w.issue(t, "stranger", stranger, func(*x509.Certificate) {})
	write(t, filepath.Join(w.folder, "expired.jwt"), "e30."+encoded(`{"exp":1000}`)+".")
	hour := time.Hour
	w.start = map[string]func(*testing.T, *world) string{
		"plain":       func(t *testing.T, _ *world) string { t.Helper(); return brokerOf(t, embedded.Options{}) },
		"tls":         withTLS("localhost", -hour, hour),
		"mutual":      mutualTLS,
		"elsewhere":   withTLS("kafka.example", -hour, hour),
		"unlisted":    withCommonName,
		"expired":     withTLS("localhost", -2*hour, -hour),
		"future":      withTLS("localhost", hour, 2*hour),
		"scram":       withUser("SCRAM-SHA-512"),
		"password":    withUser("PLAIN"),
		"unresolved":  advertising("kafka-1.internal:9092"),
		"unreachable": advertising("127.0.0.1:1"),
		"closed":      func(*testing.T, *world) string { return "127.0.0.1:1" },
		"silent":      silent,
		"web":         func(t *testing.T, _ *world) string { t.Helper(); return web(t).Listener.Addr().String() },
		"acl":         withACL,
		"oauth":       withOAuth,
	}
	return w
}

// brokerOf starts a broker with a topic of three records, behind the name localhost.
func brokerOf(t *testing.T, o embedded.Options) string {
	t.Helper()
	o.Listen = "localhost:0"
	b, err := embedded.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	options := []kgo.Opt{kgo.SeedBrokers("within"), kgo.Dialer(b.Dial)}
	if len(o.Users) == 0 {
		fill(t, options...)
	}
	return b.Address()
}

// fill makes the topic orders with three records, and an empty one.
func fill(t *testing.T, options ...kgo.Opt) {
	t.Helper()
	c, err := kgo.NewClient(append(options, kgo.AllowAutoTopicCreation())...)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 3 {
		if err := c.ProduceSync(t.Context(), &kgo.Record{Topic: "orders", Value: []byte("{}")}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// withTLS starts a broker whose certificate is for a host and for a time from now.
func withTLS(host string, from, to time.Duration) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		t.Helper()
		return brokerOf(t, embedded.Options{TLS: &tls.Config{Certificates: []tls.Certificate{w.server(t, host, from, to)}}})
	}
}

func mutualTLS(t *testing.T, w *world) string {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(w.authority.certificate)
	return brokerOf(t, embedded.Options{TLS: &tls.Config{
		Certificates: []tls.Certificate{w.server(t, "localhost", -time.Hour, time.Hour)}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
	}})
}

// server is a key pair of a broker.
func (w *world) server(t *testing.T, host string, from, to time.Duration) tls.Certificate {
	t.Helper()
	file := w.issue(t, "server-"+t.Name(), w.authority, func(c *x509.Certificate) {
		c.DNSNames, c.NotBefore, c.NotAfter = []string{host}, time.Now().Add(from), time.Now().Add(to)
	})
	return keyPair(t, file)
}

// withCommonName starts a broker whose certificate has no names but that of its subject.
func withCommonName(t *testing.T, w *world) string {
	t.Helper()
	file := w.issue(t, "localhost/"+t.Name(), w.authority, func(*x509.Certificate) {})
	return brokerOf(t, embedded.Options{TLS: &tls.Config{Certificates: []tls.Certificate{keyPair(t, file)}}})
}

func keyPair(t *testing.T, file string) tls.Certificate {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(file, file)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func withUser(mechanism string) func(*testing.T, *world) string {
	return func(t *testing.T, _ *world) string {
		t.Helper()
		return brokerOf(t, embedded.Options{Users: []embedded.User{{Mechanism: mechanism, Name: user, Password: password}}})
	}
}

// withACL starts a cluster on which the user may describe the topic orders, and read the
// topic mine alone.
func withACL(t *testing.T, _ *world) string {
	t.Helper()
	allowed := func(topic string, operation kmsg.ACLOperation) kfake.ACL {
		return kfake.ACL{Resource: kmsg.ACLResourceTypeTopic, Name: topic, Pattern: kmsg.ACLResourcePatternTypeLiteral, Operation: operation, Allow: true}
	}
	c := cluster(t, kfake.EnableSASL(), kfake.EnableACLs(), kfake.Superuser("PLAIN", "admin", "admin"), kfake.SeedTopics(1, "orders", "mine", "secret"),
		kfake.User("PLAIN", user, password, allowed("orders", kmsg.ACLOperationDescribe), allowed("mine", kmsg.ACLOperationRead)))
	return c.ListenAddrs()[0]
}

// advertising starts a cluster whose broker says that it is elsewhere.
func advertising(address string) func(*testing.T, *world) string {
	return func(t *testing.T, _ *world) string {
		t.Helper()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		cluster(t, kfake.ListenFn(func(string, string) (net.Listener, error) { return elsewhere{l, address}, nil }))
		return l.Addr().String()
	}
}

// elsewhere is a listener with another address.
type elsewhere struct {
	net.Listener
	address string
}

func (e elsewhere) Addr() net.Addr { return e }
func (elsewhere) Network() string  { return "tcp" }
func (e elsewhere) String() string { return e.address }

func cluster(t *testing.T, options ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(append(options, kfake.NumBrokers(1))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// withOAuth starts a cluster that logs in whoever brings the token that [web] hands out.
func withOAuth(t *testing.T, _ *world) string {
	t.Helper()
	c := cluster(t, kfake.SeedTopics(1, "orders"))
	c.ControlKey(int16(kmsg.SASLHandshake), func(kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		return kmsg.NewPtrSASLHandshakeResponse(), nil, true
	})
	c.ControlKey(int16(kmsg.SASLAuthenticate), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		answer := kmsg.NewPtrSASLAuthenticateResponse()
		if q, ok := r.(*kmsg.SASLAuthenticateRequest); ok && !strings.Contains(string(q.SASLAuthBytes), "Bearer good-token") {
			answer.SASLAuthBytes = []byte(`{"status":"invalid_token"}`)
		}
		answer.Version = r.GetVersion()
		return answer, nil, true
	})
	return c.ListenAddrs()[0]
}

// web is a server of HTTP that hands out tokens, and to others than the client reader 401.
func web(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		switch {
		case id != "reader" || secret != "reader-s3cret":
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"` + secret + ` is wrong"}`))
		case r.FormValue("scope") == "bad":
			_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "bad-token", "expires_in": 60})
		default:
			_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "good-token", "expires_in": 60})
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// silent accepts connections and says nothing.
func silent(t *testing.T, _ *world) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // the system accepts, and nobody ever reads
	return l.Addr().String()
}

// lookup knows localhost alone.
func lookup(_ context.Context, host string) ([]string, error) {
	if host == "localhost" || net.ParseIP(host) != nil {
		return []string{"127.0.0.1"}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func newIssuer(t *testing.T, name, file string) issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := template(name)
	c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	write(t, file, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	return issuer{c, key}
}

// issue writes a key and its certificate to a file of the world.
func (w *world) issue(t *testing.T, name string, by issuer, change func(*x509.Certificate)) (file string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := template(strings.Split(name, "/")[0])
	change(c)
	der, err := x509.CreateCertificate(rand.Reader, c, by.certificate, key.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(w.folder, strings.ReplaceAll(name, "/", "-")+".pem")
	write(t, file, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))+
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	return file
}

func template(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func encoded(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
