package credentials

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// token is what OAUTHBEARER logs in with.
type token struct {
	text    string
	expires time.Time
}

// lifetimeUsed is the share of a token's life after which another one is fetched, Java's
// sasl.login.refresh.window.factor.
const lifetimeUsed = 0.8

// newTokens hands out a token of fetch, and another one before it expires.
func newTokens(fetch func(context.Context) (token, error), now func() time.Time) *renewed[token] {
	return newRenewed(func(ctx context.Context) (token, error) {
		begun := now()
		fetched, err := fetch(ctx)
		fetched.expires = begun.Add(time.Duration(float64(fetched.expires.Sub(begun)) * lifetimeUsed))
		return fetched, err
	}, func(t token) bool { return now().Before(t.expires) })
}

// oauth logs in with a token.
func (s Settings) oauth(j jaas) (*Login, error) {
	o := s.OAuth
	o.ClientID, o.ClientSecret = cmp.Or(j.options["clientId"], o.ClientID), cmp.Or(j.options["clientSecret"], o.ClientSecret)
	o.Scope = cmp.Or(j.options["scope"], o.Scope)
	extensions := j.withPrefix("extension_")
	for pair := range strings.SplitSeq(o.Extensions, ",") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			extensions[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	l := &Login{Name: OAuthBearer, User: o.ClientID}
	var fetch func(context.Context) (token, error)
	switch endpoint, err := url.Parse(o.TokenURL); {
	case o.TokenURL == "":
		maps.Copy(extensions, j.withPrefix("unsecuredLoginExtension_"))
		claims, err := unsecuredClaims(j)
		if err != nil {
			return nil, err
		}
		l.User = claims.subject
		fetch = func(context.Context) (token, error) { return claims.token(s.Now()), nil }
	case err != nil || endpoint.Scheme != "https" && endpoint.Scheme != "http" && endpoint.Scheme != "file":
		return nil, &PropertyError{"sasl.oauthbearer.token.endpoint.url", errors.New("it has to be https://HOST/PATH, http://HOST/PATH or file:///PATH")}
	case endpoint.Scheme == "file":
		fetch = func(context.Context) (token, error) { return tokenOfFile(endpoint.Path, s.Now()) }
	default:
		e, err := newEndpoint(endpoint, o, j)
		if err != nil {
			return nil, err
		}
		fetch = func(ctx context.Context) (token, error) { return e.fetch(ctx, s.Now()) }
	}
	t := newTokens(fetch, s.Now)
	l.Mechanism = bearer{tokens: t, user: l.User, Mechanism: oauth.Oauth(func(ctx context.Context) (oauth.Auth, error) {
		current, err := t.current(ctx)
		return oauth.Auth{Token: current.text, Extensions: extensions}, err
	})}
	return l, nil
}

// tokenOfFile reads a token that another program keeps in a file.
func tokenOfFile(path string, now time.Time) (token, error) {
	failed := func(err error) (token, error) {
		return token{}, &SourceError{Change: "have a fresh token written to the file of sasl.oauthbearer.token.endpoint.url", Err: err}
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return failed(err)
	}
	text := strings.TrimSpace(string(content))
	if text == "" {
		return failed(fmt.Errorf("the file of the token, %s, is empty", path))
	}
	expires := expiryOf(text)
	if !expires.IsZero() && expires.Before(now) {
		return failed(fmt.Errorf("the token in %s has expired on %s", path, expires.UTC().Format(time.DateTime)))
	}
	// Whoever keeps the file may write another token at any time.
	return token{text: text, expires: now}, nil
}

// expiryOf reads when a JWT expires, the zero time where it does not say.
func expiryOf(text string) time.Time {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return time.Time{}
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	var claims struct {
		Expires json.Number `json:"exp"`
	}
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		return time.Time{}
	}
	seconds, err := claims.Expires.Float64()
	if err != nil {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

// bearer is OAUTHBEARER with an error for a token that the broker refuses, which it says in
// its challenge.
type bearer struct {
	sasl.Mechanism
	tokens *renewed[token]
	user   string
}

// Authenticate implements sasl.Mechanism.
func (b bearer) Authenticate(ctx context.Context, host string) (sasl.Session, []byte, error) {
	session, first, err := b.Mechanism.Authenticate(ctx, host)
	return bearerSession{session, b}, first, err
}

type bearerSession struct {
	sasl.Session
	of bearer
}

// Challenge implements sasl.Session.
func (s bearerSession) Challenge(answer []byte) (bool, []byte, error) {
	if len(answer) == 0 {
		return s.Session.Challenge(answer)
	}
	s.of.tokens.forget()
	var refusal struct {
		Status string `json:"status"`
	}
	_ = json.Unmarshal(answer, &refusal) // which may say nothing
	return false, nil, fmt.Errorf("%w: %s for user %q: the broker refuses the token: %s",
		broker.ErrAuthentication, OAuthBearer, s.of.user, cmp.Or(refusal.Status, "it does not say why"))
}
