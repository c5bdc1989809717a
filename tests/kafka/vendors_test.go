package kafka_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	jks "github.com/pavlo-v-chernykh/keystore-go/v4"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/tests/kafka/apache"
)

// This file uses the client files that vendors hand out, in the folder vendors, as they are: names
// and secrets are invented, so --bootstrap-server names a Kafka here with the same kind of
// listener, and certificates are those of that Kafka.

// vendor is a file and the door that it is for.
type vendor struct {
	file      string
	listener  apache.Listener
	mechanism apache.Mechanism
	user      string // and its password, which the file has
	password  string
}

var vendors = []vendor{
	{"confluent-cloud", apache.SASLTLS, apache.Plain, "QZ3N7KHW5TPLX2VD", "cfltUq0Tn4vE1/jw8+RmZbQ2yKc7hX5sLpA9dGfB3oIuV6tJrNzM"},
	{"redpanda", apache.SASLTLS, apache.ScramSHA256, "redpanda-app", "R3dP4nd4-1nv3nt3d"},
	{"strimzi", apache.MutualTLS, "", "", "b8RkT4wZ1nYc"},
	{"aiven", apache.MutualTLS, "", "", "aiven-changeit"},
	{"oauth", apache.SASLTLS, apache.OAuthBearer, "orders-reader", "kc-1nv3nt3d-cl13nt-s3cr3t"},
	{"msk-iam", apache.SASLTLS, "AWS_MSK_IAM", "AKIAINVENTEDEXAMPLE1", "aws-1nv3nt3d-s3cr3t"},
}

// vendorUsers are the users of the files, for the shared Kafka.
func vendorUsers() map[string]string {
	users := map[string]string{}
	for _, v := range vendors {
		if v.user != "" {
			users[v.user] = v.password
		}
	}
	return users
}

func TestVendorsOnApacheKafka(t *testing.T) {
	t.Parallel()
	server := shared(t)
	for _, v := range vendors {
		t.Run(v.file, func(t *testing.T) {
			t.Parallel()
			if v.mechanism == "AWS_MSK_IAM" {
				t.Skip("Amazon's alone")
			}
			v.try(t, server.Addr(v.listener), apache.Certificates{Authority: server.AuthorityFile(), Client: server.ClientFile()})
		})
	}
}

func TestVendorsOnEmbeddedBroker(t *testing.T) {
	t.Parallel()
	for _, v := range vendors {
		t.Run(v.file, func(t *testing.T) {
			t.Parallel()
			certs, err := apache.MakeCertificates(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			security := serverTLS(t, certs, v.listener == apache.MutualTLS)
			address := ""
			switch v.mechanism {
			case apache.OAuthBearer, "AWS_MSK_IAM":
				address = fakeLogin(t, security, v)
			case "":
				address = startEmbedded(t, embedded.Options{TLS: security}).Address()
			default:
				address = startEmbedded(t, embedded.Options{TLS: security, Users: []embedded.User{{Mechanism: string(v.mechanism), Name: v.user, Password: v.password}}}).Address()
			}
			v.try(t, address, certs)
		})
	}
}

// serverTLS shows the certificate of a server, and may ask clients for theirs.
func serverTLS(t *testing.T, certs apache.Certificates, mutual bool) *tls.Config {
	t.Helper()
	own, err := tls.LoadX509KeyPair(certs.Server, certs.Server)
	if err != nil {
		t.Fatal(err)
	}
	c := &tls.Config{Certificates: []tls.Certificate{own}}
	if mutual {
		c.ClientCAs, c.ClientAuth = x509.NewCertPool(), tls.RequireAndVerifyClientCert
		c.ClientCAs.AppendCertsFromPEM(readFile(t, certs.Authority))
	}
	return c
}

// fakeLogin starts a Kafka of kfake with a log-in that kfake does not know.
func fakeLogin(t *testing.T, security *tls.Config, v vendor) (address string) {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.TLS(security))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.ControlKey(int16(kmsg.SASLHandshake), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		answer := kmsg.NewPtrSASLHandshakeResponse()
		if q, ok := r.(*kmsg.SASLHandshakeRequest); !ok || q.Mechanism != string(v.mechanism) {
			answer.ErrorCode = 33
		}
		return answer, nil, true
	})
	c.ControlKey(int16(kmsg.SASLAuthenticate), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		answer := kmsg.NewPtrSASLAuthenticateResponse()
		answer.Version = r.GetVersion()
		if q, ok := r.(*kmsg.SASLAuthenticateRequest); !ok || !credible(q.SASLAuthBytes, v) {
			answer.ErrorCode = 58
		} else if v.mechanism == "AWS_MSK_IAM" {
			answer.SASLAuthBytes = []byte(`{"version":"2020_10_22","request-id":"1"}`)
		}
		return answer, nil, true
	})
	return c.ListenAddrs()[0]
}

// credible reports whether a log-in names the user: in a token, or in a request that is signed.
func credible(said []byte, v vendor) bool {
	if v.mechanism == apache.OAuthBearer {
		return strings.Contains(string(said), tokenOf(v.user)[:40])
	}
	var signed map[string]string
	return json.Unmarshal(said, &signed) == nil && strings.HasPrefix(signed["x-amz-credential"], v.user+"/") &&
		signed["action"] == "kafka-cluster:Connect" && signed["host"] == "127.0.0.1" && len(signed["x-amz-signature"]) == 64
}

// try uses the file as it is: a topic is made, written and read, and the doctor finds no fault.
func (v vendor) try(t *testing.T, address string, certs apache.Certificates) {
	t.Helper()
	folder := t.TempDir()
	file := v.file + ".properties"
	writeFile(t, filepath.Join(folder, file), readFile(t, filepath.Join("vendors", file)))
	makeStores(t, folder, certs)
	environment := v.environment(t, folder, certs)
	topic := strings.ReplaceAll(topicName(t), "_", "-")
	sql := fmt.Sprintf(`SET 'auto.offset.reset' = 'earliest';
		CREATE STREAM s (n INT) WITH (kafka_topic='%s', value_format='JSON', partitions=1);
		INSERT INTO s VALUES (1); INSERT INTO s VALUES (2);
		SELECT n * 10 AS tens FROM s EMIT CHANGES LIMIT 2;`, topic)
	connection := []string{"--config-file", file, "--bootstrap-server", address}
	out, said := v.run(t, folder, environment, append(connection, "--ephemeral", "--output", "CSV", "-e", sql)...)
	if out != "TENS\n10\n20\n" {
		t.Errorf("printed %q, said %s", out, said)
	}
	arguments := append([]string{"doctor"}, append(connection, "--topic", topic)...)
	// The registry that a file names is nowhere.
	if out, _ = v.run(t, folder, environment, arguments...); strings.Contains(strings.ReplaceAll(out, "FAULT schema registry", ""), "FAULT") ||
		!strings.Contains(out, "ok    topic: "+topic+" has 1 partition and about 2 records") {
		t.Errorf("doctor: %s", out)
	}
	v.run(t, folder, environment, append(connection, "--ephemeral", "-e",
		fmt.Sprintf("CREATE STREAM s (n INT) WITH (kafka_topic='%s', value_format='JSON'); DROP STREAM s DELETE TOPIC;", topic))...)
}

// run runs ksqlite and holds that it shows no secret.
func (v vendor) run(t *testing.T, folder string, environment []string, arguments ...string) (out, said string) {
	t.Helper()
	var messages bytes.Buffer
	c := exec.CommandContext(t.Context(), program(t), arguments...)
	c.Dir, c.Env, c.Stderr = folder, environment, &messages
	written, _ := c.Output() // what went wrong is in what was said
	for _, text := range []string{string(written), messages.String()} {
		if strings.Contains(text, v.password) {
			t.Errorf("shows the password: %s", text)
		}
	}
	return string(written), messages.String()
}

// environment is that of the program: it trusts the Kafka's authority, as it would trust a public
// one, and has keys of AWS and a way to where tokens are.
func (v vendor) environment(t *testing.T, folder string, certs apache.Certificates) []string {
	t.Helper()
	provider := tokens(t, v)
	trusted := append(readFile(t, certs.Authority), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: provider.Certificate().Raw})...)
	writeFile(t, filepath.Join(folder, "system.pem"), trusted)
	return []string{
		"HOME=" + folder, "SSL_CERT_FILE=" + filepath.Join(folder, "system.pem"), "SSL_CERT_DIR=" + folder,
		"HTTPS_PROXY=" + proxy(t, provider.Listener.Addr().String()),
		"AWS_ACCESS_KEY_ID=" + v.user, "AWS_SECRET_ACCESS_KEY=" + v.password, "AWS_REGION=eu-central-1",
	}
}

// makeStores writes what the vendors hand out beside the file: the authority and the client's key.
func makeStores(t *testing.T, folder string, certs apache.Certificates) {
	t.Helper()
	block, _ := pem.Decode(readFile(t, certs.Authority))
	authority, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := pkcs12.Modern2023.EncodeTrustStore([]*x509.Certificate{authority}, "uH6pQ2sX9vLm")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(folder, "ca.p12"), trust)
	own, err := tls.LoadX509KeyPair(certs.Client, certs.Client)
	if err != nil {
		t.Fatal(err)
	}
	for name, encode := range map[string]func() ([]byte, error){
		"user.p12": func() ([]byte, error) { return pkcs12.Modern2023.Encode(own.PrivateKey, own.Leaf, nil, "b8RkT4wZ1nYc") },
		"client.keystore.p12": func() ([]byte, error) {
			return pkcs12.LegacyDES.Encode(own.PrivateKey, own.Leaf, nil, "aiven-changeit")
		},
		"client.truststore.jks": func() ([]byte, error) {
			store, out := jks.New(), bytes.Buffer{}
			if err := store.SetTrustedCertificateEntry("ca", jks.TrustedCertificateEntry{
				CreationTime: time.Now(), Certificate: jks.Certificate{Type: "X509", Content: authority.Raw},
			}); err != nil {
				return nil, err
			}
			err := store.Store(&out, []byte("aiven-changeit"))
			return out.Bytes(), err
		},
	} {
		content, err := encode()
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(folder, name), content)
	}
}

// tokens is a provider that hands a token to the vendor's client.
func tokens(t *testing.T, v vendor) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		if id != v.user || secret != v.password || r.FormValue("grant_type") != "client_credentials" || r.FormValue("scope") != "kafka" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": tokenOf(id), "expires_in": 300, "token_type": "Bearer"})
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of those who come for another host
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// tokenOf is a token that nobody has signed.
func tokenOf(user string) string {
	encode := base64.RawURLEncoding.EncodeToString
	now := time.Now()
	return encode([]byte(`{"alg":"none"}`)) + "." +
		encode(fmt.Appendf(nil, `{"sub":%q,"scope":"kafka","iat":%d,"exp":%d}`, user, now.Unix(), now.Add(time.Hour).Unix())) + "."
}

// proxy leads all connections to one address, whatever host they are for.
func proxy(t *testing.T, address string) (url string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		there, err := net.Dial("tcp", address)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer there.Close()
		here, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer here.Close()
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(there, buffered) }()
		_, _ = io.Copy(here, there)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(content)
}

func writeFile(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
