package registry_test

import (
	"encoding/pem"
	"errors"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/registry/embedded"
)

// TestClient does what every registry can do through HTTP, with a login, where the first
// of two addresses does not answer.
func TestClient(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(toAnna(embedded.NewHandler(embedded.New(&registry.Memory{}))))
	t.Cleanup(server.Close)
	checkStore(t, open(t, map[string]string{
		"ksql.schema.registry.url": "http://127.0.0.1:1, " + server.URL + "/",
		"basic.auth.user.info":     "anna:geheim:1", "bootstrap.servers": "localhost:9092",
	}))
}

// TestSecured comes to a registry with TLS and a login by all names that its properties
// have.
func TestSecured(t *testing.T) {
	t.Parallel()
	server, trusted := secured(t)
	text, err := os.ReadFile(trusted)
	if err != nil {
		t.Fatal(err)
	}
	withUser := strings.Replace(server, "https://", "https://anna:geheim%3A1@", 1)
	for name, properties := range map[string]map[string]string{
		"kafka": {
			"schema.registry.url": server, "schema.registry.ssl.truststore.location": trusted,
			"basic.auth.credentials.source": "USER_INFO", "basic.auth.user.info": "anna:geheim:1",
		},
		"ksqldb": {
			"ksql.schema.registry.url": server, "ksql.schema.registry.ssl.truststore.location": trusted, "ksql.schema.registry.ssl.truststore.type": "PEM",
			"ksql.schema.registry.basic.auth.credentials.source": "USER_INFO", "ksql.schema.registry.basic.auth.user.info": "anna:geheim:1",
		},
		"certificates as text": {
			"schema.registry.url": server, "schema.registry.ssl.truststore.certificates": string(text), "schema.registry.basic.auth.user.info": "anna:geheim:1",
		},
		"user in the address": {
			"schema.registry.url": withUser, "schema.registry.ssl.truststore.location": trusted, "basic.auth.credentials.source": "URL",
		},
		"token": {
			"schema.registry.url": server, "schema.registry.ssl.truststore.location": trusted,
			"bearer.auth.credentials.source": "STATIC_TOKEN", "bearer.auth.token": "annas",
		},
		"token for ksqldb": {
			"ksql.schema.registry.url": server, "ksql.schema.registry.ssl.truststore.location": trusted,
			"ksql.schema.registry.bearer.auth.token": "annas",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if subjects, err := open(t, properties).Subjects(t.Context()); err != nil || len(subjects) != 0 {
				t.Errorf("got %v, %v", subjects, err)
			}
		})
	}
}

// TestSecuredRefuses holds that an error names the property that is wrong, and no password.
func TestSecuredRefuses(t *testing.T) {
	t.Parallel()
	server, trusted := secured(t)
	right := map[string]string{
		"schema.registry.url": server, "schema.registry.ssl.truststore.location": trusted, "basic.auth.user.info": "anna:geheim:1",
	}
	for name, c := range map[string]struct{ property, value, want string }{
		"wrong password": {"basic.auth.user.info", "anna:falsch", "refuses the login of basic.auth.user.info"},
		"no login":       {"basic.auth.user.info", "", "refuses the login of basic.auth.user.info"},
		"not trusted":    {"schema.registry.ssl.truststore.location", "", "are those of schema.registry.ssl.truststore.location"},
		"no TLS":         {"schema.registry.url", strings.Replace(server, "https", "http", 1), " speaks TLS: write https:// in schema.registry.url"},
		"nobody there": {
			"schema.registry.url", "http://127.0.0.1:1",
			"schema of subject s: nothing listens on 127.0.0.1:1: start the schema registry, or correct the port in schema.registry.url",
		},
		"TLS to a port without": {"schema.registry.url", "https://" + plain(t), " speaks no TLS: write http:// in schema.registry.url"},
		"an alert as answer":    {"schema.registry.url", "http://" + alerting(t), " speaks TLS: write https:// in schema.registry.url"},
		"another user's server": {"schema.registry.url", "http://" + plain(t), "answers, but not as a schema registry does"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			properties := maps.Clone(right)
			properties[c.property] = c.value
			_, err := open(t, properties).Latest(t.Context(), "s")
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "falsch") || errors.Is(err, registry.ErrNotFound) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// open opens a client as a user's properties describe it.
func open(t *testing.T, properties map[string]string) *registry.Client {
	t.Helper()
	own := map[string]string{}
	for given, value := range properties {
		name, ok := registry.Name(given)
		if ok != (given != "bootstrap.servers") {
			t.Errorf("%s is taken for the registry's: %t", given, ok)
		}
		if ok {
			own[name] = value
		}
	}
	client, err := registry.Open(own)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// secured serves an empty registry with TLS to anna, and returns its address and the
// file of its certificate.
func secured(t *testing.T) (url, trusted string) {
	t.Helper()
	server := httptest.NewUnstartedServer(toAnna(embedded.NewHandler(embedded.New(&registry.Memory{}))))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that have to fail
	server.StartTLS()
	t.Cleanup(server.Close)
	trusted = filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(trusted, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return server.URL, trusted
}

// plain serves a page without TLS, and returns its address.
func plain(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// alerting serves as a port for TLS that knows nothing of HTTP: whatever comes is answered by an alert.
func alerting(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1024))
			_, _ = conn.Write([]byte{21, 3, 3, 0, 2, 2, 80})
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}

// toAnna lets only anna pass, whose password has a colon in it, or who has her token.
func toAnna(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if (user != "anna" || password != "geheim:1") && r.Header.Get("Authorization") != "Bearer annas" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
