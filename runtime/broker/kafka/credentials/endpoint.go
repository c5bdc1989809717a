package credentials

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/keystore"
)

// EndpointError says that a token endpoint gave no token. It wraps ErrAuthentication when the
// endpoint has refused the client, and what went wrong with the connection when it was not reached.
type EndpointError struct {
	URL    string // without a password
	Client string
	Status string // of the answer; "" without one
	Err    error
}

// Error implements error.
func (e *EndpointError) Error() string {
	if e.Status != "" {
		return fmt.Sprintf("%v: the token endpoint %s answers %s to client %q", e.Err, e.URL, e.Status, e.Client)
	}
	return fmt.Sprintf("the token endpoint %s cannot be reached: %v", e.URL, e.Err)
}

// Unwrap implements errors.Is.
func (e *EndpointError) Unwrap() error { return e.Err }

// endpoint is where OAuth clients are given tokens.
type endpoint struct {
	url    *url.URL
	oauth  OAuth
	client *http.Client
}

const (
	// tokenTimeout is how long an endpoint may take.
	tokenTimeout = 8 * time.Second
	// maxTokenAnswer is how much of an answer is read.
	maxTokenAnswer = 1 << 20
	// unsaidLifetime is how long a token is used that does not say when it expires.
	unsaidLifetime = time.Minute
)

func newEndpoint(u *url.URL, o OAuth, j jaas) (*endpoint, error) {
	switch {
	case o.ClientID == "":
		return nil, jaasFault(`OAUTHBEARER with a token endpoint needs clientId="…" and clientSecret="…"`)
	case o.ClientSecret == "":
		return nil, &MissingError{
			Property: "sasl.oauthbearer.client.credentials.client.secret", Prompt: "Secret of OAuth client " + o.ClientID,
			Needs: fmt.Sprintf("the secret of OAuth client %q is missing: give clientSecret in sasl.jaas.config", o.ClientID),
		}
	}
	security, err := j.endpointTLS().Config()
	if err != nil {
		return nil, err
	}
	transport := keystore.NewTransport(security)
	transport.DisableKeepAlives = true
	return &endpoint{url: u, oauth: o, client: &http.Client{Transport: transport, Timeout: tokenTimeout}}, nil
}

// fetch asks for a token with the id and secret of the client.
func (e *endpoint) fetch(ctx context.Context, now time.Time) (token, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	if e.oauth.Scope != "" {
		form.Set("scope", e.oauth.Scope)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return token{}, e.failed("", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	id, secret := e.oauth.ClientID, e.oauth.ClientSecret
	if e.oauth.Encoded {
		id, secret = url.QueryEscape(id), url.QueryEscape(secret)
	}
	request.SetBasicAuth(id, secret)
	response, err := e.client.Do(request)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // which would say the address twice
		}
		return token{}, e.failed("", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxTokenAnswer))
	if err != nil {
		return token{}, e.failed("", err)
	}
	return e.read(response, body, now)
}

// read takes the token out of an answer.
func (e *endpoint) read(response *http.Response, body []byte, now time.Time) (token, error) {
	var answer struct {
		Token   string      `json:"access_token"`
		Seconds json.Number `json:"expires_in"`
		Error   string      `json:"error"`
	}
	malformed := json.Unmarshal(body, &answer) != nil
	switch {
	case response.StatusCode >= http.StatusInternalServerError:
		return token{}, e.failed(response.Status, errors.New("no token"))
	case response.StatusCode != http.StatusOK && answer.Error != "" && len(answer.Error) < 100:
		return token{}, e.failed(response.Status+" ("+answer.Error+")", broker.ErrAuthentication)
	case response.StatusCode != http.StatusOK:
		return token{}, e.failed(response.Status, broker.ErrAuthentication)
	case malformed || answer.Token == "":
		return token{}, e.failed("without an access_token", broker.ErrAuthentication)
	}
	t := token{text: answer.Token, expires: expiryOf(answer.Token)}
	if seconds, err := answer.Seconds.Int64(); err == nil && seconds > 0 {
		t.expires = now.Add(time.Duration(seconds) * time.Second)
	}
	if t.expires.IsZero() {
		t.expires = now.Add(unsaidLifetime)
	}
	return t, nil
}

func (e *endpoint) failed(status string, err error) error {
	return &EndpointError{URL: e.url.Redacted(), Client: e.oauth.ClientID, Status: status, Err: err}
}
