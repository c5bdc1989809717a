package credentials

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

// claims are those of tokens that nobody signs, for development: the options
// unsecuredLogin… of JAAS.
type claims struct {
	subject  string
	values   map[string]any
	lifetime time.Duration
}

// unsecuredClaims reads the options, which Java's documentation of
// OAuthBearerUnsecuredLoginCallbackHandler lists.
func unsecuredClaims(j jaas) (claims, error) {
	c := claims{values: map[string]any{}, lifetime: time.Hour}
	for name, value := range j.withPrefix("unsecuredLoginStringClaim_") {
		c.values[name] = value
	}
	for name, value := range j.withPrefix("unsecuredLoginNumberClaim_") {
		number, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return c, jaasFault("unsecuredLoginNumberClaim_%s has to be a number", name)
		}
		c.values[name] = number
	}
	for name, value := range j.withPrefix("unsecuredLoginListClaim_") {
		if value != "" { // the first character stands between the items
			c.values[name] = strings.Split(value[1:], value[:1])
		}
	}
	if text := j.options["unsecuredLoginLifetimeSeconds"]; text != "" {
		seconds, err := strconv.ParseInt(text, 10, 32)
		if err != nil || seconds <= 0 {
			return c, jaasFault("unsecuredLoginLifetimeSeconds has to be a number of seconds above 0")
		}
		c.lifetime = time.Duration(seconds) * time.Second
	}
	principal := j.options["unsecuredLoginPrincipalClaimName"]
	if principal == "" {
		principal = "sub"
	}
	c.subject, _ = c.values[principal].(string)
	if c.subject == "" {
		return c, fmt.Errorf("%s needs the client property sasl.oauthbearer.token.endpoint.url, or for tokens that nobody signs unsecuredLoginStringClaim_%s in sasl.jaas.config",
			OAuthBearer, principal)
	}
	return c, nil
}

// token makes a token that is valid from now on.
func (c claims) token(now time.Time) token {
	values := map[string]any{"iat": float64(now.UnixMilli()) / 1000, "exp": float64(now.Add(c.lifetime).UnixMilli()) / 1000}
	maps.Copy(values, c.values)
	payload, err := json.Marshal(values)
	if err != nil {
		panic(err) // texts, numbers and lists of texts can be written
	}
	encode := base64.RawURLEncoding.EncodeToString
	return token{text: encode([]byte(`{"alg":"none"}`)) + "." + encode(payload) + ".", expires: now.Add(c.lifetime)}
}
