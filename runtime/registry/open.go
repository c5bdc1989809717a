package registry

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/runtime/keystore"
)

// The properties of a client. Java clients write those of a login without a
// prefix, ksqlDB writes ksql. before everything.
const (
	urlProperty         = "schema.registry.url"
	userInfoProperty    = "basic.auth.user.info"
	sourceProperty      = "basic.auth.credentials.source"
	tokenProperty       = "bearer.auth.token"
	tokenSourceProperty = "bearer.auth.credentials.source"
	trustFileProperty   = "schema.registry.ssl.truststore.location"
	trustTextProperty   = "schema.registry.ssl.truststore.certificates"
	keyFileProperty     = "schema.registry.ssl.keystore.location"
	trustFormatProperty = "schema.registry.ssl.truststore.type"
	keyFormatProperty   = "schema.registry.ssl.keystore.type"

	trustPasswordProperty = "schema.registry.ssl.truststore.password"
	storePasswordProperty = "schema.registry.ssl.keystore.password"
	keyPasswordProperty   = "schema.registry.ssl.key.password"
	hostProperty          = "schema.registry.ssl.endpoint.identification.algorithm"
)

// inheritSource is the value of basic.auth.credentials.source for the user of the Kafka client.
const inheritSource = "SASL_INHERIT"

// Inherits reports whether the properties of a registry say that the user and password of the Kafka
// client log in there too.
func Inherits(properties map[string]string) bool {
	return strings.EqualFold(properties[sourceProperty], inheritSource)
}

// Inherit gives the properties that user and password.
func Inherit(properties map[string]string, user, password string) {
	properties[userInfoProperty] = user + ":" + password
}

// Name returns the one name here of a property of the registry, whichever of its names it has been given by, and false
// for a property of something else.
func Name(given string) (name string, ok bool) {
	plain := strings.TrimPrefix(given, "ksql.")
	switch {
	case strings.HasPrefix(plain, "schema.registry.basic.auth."), strings.HasPrefix(plain, "schema.registry.bearer.auth."):
		return strings.TrimPrefix(plain, "schema.registry."), true
	case strings.HasPrefix(plain, "schema.registry."), strings.HasPrefix(given, "basic.auth."), strings.HasPrefix(given, "bearer.auth."):
		return plain, true
	}
	return given, false
}

// CheckName reports a name, as [Name] returns it, that no property of the registry has.
func CheckName(name string) error {
	if slices.Contains(names(), name) {
		return nil
	}
	if near := source.Nearest(name, names()); near != "" {
		return fmt.Errorf("unknown property of the schema registry %s: did you mean %s?", name, near)
	}
	return fmt.Errorf("unknown property of the schema registry %s", name)
}

// Open returns a client as properties by their names here, which [Name] returns, describe it; it
// does not connect yet. Without schema.registry.url there is no registry: the
// result is nil.
func Open(properties map[string]string) (*Client, error) {
	if properties[urlProperty] == "" {
		return nil, nil
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if err := CheckName(name); err != nil {
			return nil, err
		}
	}
	urls, err := parseURLs(properties[urlProperty])
	if err != nil {
		return nil, err
	}
	options := []sr.ClientOpt{sr.UserAgent("ksqlite")}
	login, err := loginOption(properties, urls[0])
	if err != nil {
		return nil, err
	}
	if login != nil {
		options = append(options, login)
	}
	for _, name := range []string{trustFormatProperty, keyFormatProperty} {
		if format := properties[name]; format != "" && !slices.Contains(keystore.Formats(), strings.ToUpper(format)) {
			return nil, fmt.Errorf("%s cannot be %s: valid values are %s", name, format, strings.Join(keystore.Formats(), ", "))
		}
	}
	security, err := tlsSettings(properties).Config()
	if err != nil {
		return nil, err
	}
	transport := keystore.NewTransport(security)
	options = append(options, sr.URLs(withoutUsers(urls)...), sr.HTTPClient(&http.Client{Transport: transport, Timeout: timeout}))
	client, err := sr.NewClient(options...)
	if err != nil {
		return nil, fmt.Errorf("schema registry: %w", err)
	}
	return &Client{client: client, transport: transport}, nil
}

// timeout is how long one request may take: as long as statements wait for brokers.
const timeout = 9 * time.Second

// names are those of all properties.
func names() []string {
	return []string{
		urlProperty, userInfoProperty, sourceProperty, tokenProperty, tokenSourceProperty, trustFileProperty, trustTextProperty,
		keyFileProperty, trustFormatProperty, keyFormatProperty,
		trustPasswordProperty, storePasswordProperty, keyPasswordProperty, hostProperty,
	}
}

// parseURLs reads addresses with commas between them.
func parseURLs(list string) ([]*url.URL, error) {
	var urls []*url.URL
	for text := range strings.SplitSeq(list, ",") {
		u, err := url.Parse(strings.TrimSpace(text))
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			// The text may hold a password, so it is not shown.
			return nil, errors.New(urlProperty + " must be one or more of http://HOST:PORT or https://HOST:PORT, with commas between them")
		}
		urls = append(urls, u)
	}
	return urls, nil
}

// loginOption returns how the client logs in: with a token, or as a user; nil for not at all.
func loginOption(properties map[string]string, address *url.URL) (sr.ClientOpt, error) {
	token, source := properties[tokenProperty], properties[tokenSourceProperty]
	switch {
	case source != "" && !strings.EqualFold(source, "STATIC_TOKEN"):
		return nil, fmt.Errorf("%s cannot be %s: the valid value is STATIC_TOKEN", tokenSourceProperty, source)
	case source != "" && token == "":
		return nil, fmt.Errorf("%s = STATIC_TOKEN needs %s", tokenSourceProperty, tokenProperty)
	case token != "" && (properties[userInfoProperty] != "" || properties[sourceProperty] != ""):
		return nil, fmt.Errorf("there can be one login: %s, or %s and %s", tokenProperty, userInfoProperty, sourceProperty)
	case token != "":
		return sr.BearerToken(token), nil
	}
	user, err := login(properties, address)
	if user == nil || err != nil {
		return nil, err
	}
	password, _ := user.Password()
	return sr.BasicAuth(user.Username(), password), nil
}

// login returns the user and the password to log in with, nil for none. They
// stand in a property, or, where basic.auth.credentials.source is URL, in the address.
func login(properties map[string]string, address *url.URL) (*url.Userinfo, error) {
	source := properties[sourceProperty]
	switch {
	case strings.EqualFold(source, "URL"):
		return address.User, nil
	case Inherits(properties) && properties[userInfoProperty] == "":
		return nil, fmt.Errorf("%s = %s needs username and password in sasl.jaas.config, or sasl.username and sasl.password", sourceProperty, inheritSource)
	case source != "" && !strings.EqualFold(source, "USER_INFO") && !Inherits(properties):
		return nil, fmt.Errorf("%s cannot be %s: valid values are URL, USER_INFO and %s", sourceProperty, source, inheritSource)
	case properties[userInfoProperty] == "":
		return address.User, nil
	}
	user, password, found := strings.Cut(properties[userInfoProperty], ":")
	if !found {
		return nil, errors.New(userInfoProperty + " must be USER:PASSWORD")
	}
	return url.UserPassword(user, password), nil
}

func withoutUsers(urls []*url.URL) []string {
	texts := make([]string, len(urls))
	for i, u := range urls {
		plain := *u
		plain.User = nil
		texts[i] = strings.TrimSuffix(plain.String(), "/")
	}
	return texts
}

// tlsSettings are the properties of TLS; without them the system's certificates are trusted.
func tlsSettings(properties map[string]string) keystore.Settings {
	algorithm, given := properties[hostProperty]
	format := func(name string) keystore.Format { return keystore.Format(strings.ToUpper(properties[name])) }
	return keystore.Settings{
		Prefix:    "schema.registry.",
		TrustType: format(trustFormatProperty), TrustLocation: properties[trustFileProperty],
		TrustPassword: properties[trustPasswordProperty], TrustCertificates: properties[trustTextProperty],
		KeyType: format(keyFormatProperty), KeyLocation: properties[keyFileProperty],
		StorePassword: properties[storePasswordProperty], KeyPassword: properties[keyPasswordProperty],
		AnyHost: given && algorithm == "",
	}
}
