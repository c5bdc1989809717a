package credentials

import (
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

const module = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required "

// logIn makes the first message of a log-in.
func logIn(t *testing.T, s Settings) (string, error) {
	t.Helper()
	s.Mechanism = OAuthBearer
	l, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	_, message, err := l.Mechanism.Authenticate(t.Context(), "kafka:9092")
	return strings.ReplaceAll(string(message), "\x01", "|"), err
}

// A token is fetched once and used until most of its life is over.
func TestTokensOfAnEndpoint(t *testing.T) {
	t.Parallel()
	asked, now := 0, time.Now()
	provider := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		id, secret, _ := r.BasicAuth()
		fmt.Fprintf(w, `{"access_token":"token-%d-%s-%s-%s","expires_in":100}`, asked, id, secret, r.FormValue("scope"))
	}))
	t.Cleanup(provider.Close)
	trusted := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: provider.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := New(Settings{
		Mechanism: OAuthBearer, Now: func() time.Time { return now }, OAuth: OAuth{TokenURL: provider.URL, Encoded: true},
		JAAS: module + `clientId="a b" clientSecret="c/d" scope="s" extension_logicalCluster="lkc-1" ssl.truststore.location="` + trusted + `";`,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		after time.Duration
		token string
	}{{0, "token-1-a+b-c%2Fd-s"}, {79 * time.Second, "token-1-"}, {2 * time.Second, "token-2-"}} {
		now = now.Add(want.after)
		_, message, err := l.Mechanism.Authenticate(t.Context(), "kafka:9092")
		text := strings.ReplaceAll(string(message), "\x01", "|")
		if err != nil || !strings.HasPrefix(text, "n,,|auth=Bearer "+want.token) || !strings.HasSuffix(text, "|logicalCluster=lkc-1||") {
			t.Errorf("%s, %v", text, err)
		}
	}
}

// What an endpoint answers instead of a token is told, but for secrets.
func TestEndpointsThatGiveNoToken(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`401 {"error":"invalid_client","error_description":"s3cret"}`: `answers 401 Unauthorized (invalid_client) to client "me"`,
		"403 nothing":                   `answers 403 Forbidden to client "me"`,
		"500 oops":                      `no token: the token endpoint URL answers 500 Internal Server Error to client "me"`,
		`200 {"token":"s3cret"}`:        `answers without an access_token to client "me"`,
		"200 <html>s3cret":              "without an access_token",
		`200 {"access_token":"a.b.c"}`:  "",
		`200 {"access_token":"opaque"}`: "",
	} {
		provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			var status int
			_, _ = fmt.Sscanf(answer, "%d", &status)
			w.WriteHeader(status)
			fmt.Fprint(w, answer[4:])
		}))
		_, err := logIn(t, Settings{OAuth: OAuth{TokenURL: provider.URL, ClientID: "me", ClientSecret: "s3cret"}})
		provider.Close()
		text := ""
		if err != nil {
			text = strings.ReplaceAll(err.Error(), provider.URL, "URL")
		}
		if want == "" && err != nil || !strings.Contains(text, want) || strings.Contains(text, "s3cret") {
			t.Errorf("%s: %s", answer, text)
		}
		if refused := errors.Is(err, broker.ErrAuthentication); refused != (want != "" && !strings.HasPrefix(answer, "500")) {
			t.Errorf("%s: an error of authentication: %t", answer, refused)
		}
	}
}

// A token that nobody signs holds what the options say.
func TestUnsecuredTokens(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	j, err := parseJAAS(module + `unsecuredLoginStringClaim_sub="alice" unsecuredLoginNumberClaim_n="1.5" unsecuredLoginListClaim_scope="|a|b" unsecuredLoginLifetimeSeconds="60";`)
	if err != nil {
		t.Fatal(err)
	}
	c, err := unsecuredClaims(j)
	if err != nil {
		t.Fatal(err)
	}
	made := c.token(now)
	// {"alg":"none"} . {"exp":1060,"iat":1000,"n":1.5,"scope":["a","b"],"sub":"alice"} .
	if want := "eyJhbGciOiJub25lIn0.eyJleHAiOjEwNjAsImlhdCI6MTAwMCwibiI6MS41LCJzY29wZSI6WyJhIiwiYiJdLCJzdWIiOiJhbGljZSJ9."; made.text != want {
		t.Errorf("got %s", made.text)
	}
	if !expiryOf(made.text).Equal(now.Add(time.Minute)) {
		t.Errorf("expires at %v", expiryOf(made.text))
	}
}

// A file's token is read each time, since others renew it.
func TestTokensOfAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token.jwt")
	s := Settings{OAuth: OAuth{TokenURL: "file://" + file}}
	if _, err := logIn(t, s); !errors.Is(err, broker.ErrAuthentication) {
		t.Errorf("without a file: %v", err)
	}
	for _, text := range []string{"first\n", "second"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if message, err := logIn(t, s); err != nil || message != "n,,|auth=Bearer "+strings.TrimSpace(text)+"||" {
			t.Errorf("%s, %v", message, err)
		}
	}
}
