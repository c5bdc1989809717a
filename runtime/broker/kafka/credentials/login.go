package credentials

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/keystore"
)

// The mechanisms that there are.
const (
	Plain       = "PLAIN"
	ScramSHA256 = "SCRAM-SHA-256"
	ScramSHA512 = "SCRAM-SHA-512"
	OAuthBearer = "OAUTHBEARER"
	AWSMSKIAM   = "AWS_MSK_IAM"
)

// Mechanisms returns the names of all mechanisms.
func Mechanisms() []string { return []string{Plain, ScramSHA256, ScramSHA512, OAuthBearer, AWSMSKIAM} }

// Settings are the sasl.* properties.
type Settings struct {
	// Mechanism is "" for the one that the login module of JAAS is for, or PLAIN.
	Mechanism string
	JAAS      string
	// LoginHandler is the class of sasl.login.callback.handler.class.
	LoginHandler string
	// User and Password are those of clients of librdkafka, who know no JAAS.
	User, Password string
	OAuth          OAuth
	// Now is the clock for what expires; nil is time.Now.
	Now func() time.Time
}

// OAuth are the sasl.oauthbearer.* properties. What stands in JAAS too wins over that.
type OAuth struct {
	TokenURL                      string
	ClientID, ClientSecret, Scope string
	// Extensions are NAME=VALUE with commas between them.
	Extensions string
	// Encoded says that id and secret are URL-encoded in the header.
	Encoded bool
}

// Login is a way to log in.
type Login struct {
	Mechanism sasl.Mechanism
	// Name is the mechanism's, and User whom it logs in as far as that is known here: a user,
	// the id of an OAuth client, the subject of a token, a profile of AWS.
	Name, User string
	// Account says in which properties user and password stand; "" where the mechanism has none.
	Account string
}

// MissingError says that a secret is not there, and by which property it can be given.
type MissingError struct {
	Property string
	Prompt   string // what to ask a person for
	Needs    string // what the error says
}

// Error implements error.
func (e *MissingError) Error() string { return e.Needs }

// PropertyError is an error about a property that is there.
type PropertyError struct {
	Property string
	Err      error
}

// Error implements error.
func (e *PropertyError) Error() string {
	return fmt.Sprintf("client property %s: %v", e.Property, e.Err)
}

// Unwrap implements errors.Is.
func (e *PropertyError) Unwrap() error { return e.Err }

// jaasFault is an error about sasl.jaas.config with a format.
func jaasFault(format string, args ...any) error {
	return &PropertyError{Property: "sasl.jaas.config", Err: fmt.Errorf(format, args...)}
}

// SourceError is an ErrAuthentication: there is nothing to log in with where it was looked for.
type SourceError struct {
	Change string // what to do about it
	Err    error
}

// Error implements error.
func (e *SourceError) Error() string { return e.Err.Error() }

// Unwrap implements errors.Is.
func (e *SourceError) Unwrap() []error { return []error{broker.ErrAuthentication, e.Err} }

// New makes a log-in of the properties. An error about a missing secret is a *MissingError.
func New(s Settings) (*Login, error) {
	if s.Now == nil {
		s.Now = time.Now //nolint:forbidigo // the default of an option
	}
	var j jaas
	if s.JAAS != "" {
		var err error
		if j, err = parseJAAS(s.JAAS); err != nil {
			return nil, jaasFault("%w", err)
		}
		if s.Mechanism == "" {
			s.Mechanism = j.mechanism()
		}
		if err := j.fits(s.Mechanism); err != nil {
			return nil, err
		}
	}
	s.Mechanism = cmp.Or(s.Mechanism, Plain)
	switch s.Mechanism {
	case OAuthBearer:
		if strings.HasSuffix(s.LoginHandler, "IAMOAuthBearerLoginCallbackHandler") {
			return s.iam(j, OAuthBearer) // the brokers that take its tokens take signatures too
		}
		return s.oauth(j)
	case AWSMSKIAM:
		return s.iam(j, AWSMSKIAM)
	default:
		return s.password(j)
	}
}

// modules are the classes of login modules for each mechanism, the usual one first.
func modules(mechanism string) []string {
	const (
		plainModule = "org.apache.kafka.common.security.plain.PlainLoginModule"
		scramModule = "org.apache.kafka.common.security.scram.ScramLoginModule"
	)
	switch mechanism {
	case OAuthBearer:
		return []string{"org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"}
	case AWSMSKIAM:
		return []string{"software.amazon.msk.auth.iam.IAMLoginModule"}
	case Plain:
		return []string{plainModule, scramModule}
	}
	return []string{scramModule, plainModule}
}

// mechanism is the only one that the login module is for, "" where that is left open: a password must not be sent
// as it is to whom a proof of it would do.
func (j jaas) mechanism() string {
	for _, m := range []string{Plain, OAuthBearer, AWSMSKIAM} {
		if strings.HasSuffix(modules(m)[0], "."+j.module) {
			return m
		}
	}
	return ""
}

// fits reports a login module that is for another mechanism.
func (j jaas) fits(mechanism string) error {
	if mechanism == "" && strings.HasSuffix(modules(ScramSHA256)[0], "."+j.module) {
		return fmt.Errorf("the client property sasl.mechanism is missing: for %s it is %s or %s", j.module, ScramSHA256, ScramSHA512)
	}
	mechanism = cmp.Or(mechanism, Plain)
	for _, class := range modules(mechanism) {
		if strings.HasSuffix(class, "."+j.module) {
			return nil
		}
	}
	return jaasFault("%s does not go with sasl.mechanism %s, which needs %s", j.module, mechanism, modules(mechanism)[0])
}

// password logs in with a user and a password.
func (s Settings) password(j jaas) (*Login, error) {
	user, password := s.account(j)
	switch {
	case user == "" && s.JAAS == "":
		return nil, errors.New("security.protocol with SASL needs the client property sasl.jaas.config, or sasl.username and sasl.password")
	case user == "":
		return nil, jaasFault(`it has to give username="…" and password="…"`)
	case password == "":
		return nil, &MissingError{
			Property: "sasl.password", Prompt: "Password of Kafka user " + user,
			Needs: fmt.Sprintf("the password of Kafka user %q is missing: give password in sasl.jaas.config, or the client property sasl.password", user),
		}
	}
	l := &Login{Name: s.Mechanism, User: user, Account: accountPlace(j)}
	switch s.Mechanism {
	case ScramSHA256:
		l.Mechanism = scram.Auth{User: user, Pass: password, IsToken: j.options["tokenauth"] == "true"}.AsSha256Mechanism()
	case ScramSHA512:
		l.Mechanism = scram.Auth{User: user, Pass: password, IsToken: j.options["tokenauth"] == "true"}.AsSha512Mechanism()
	default:
		l.Mechanism = plain.Auth{User: user, Pass: password}.AsMechanism()
	}
	return l, nil
}

// accountPlace says in which properties user and password stand: JAAS wins where it has them.
func accountPlace(j jaas) string {
	user, password := j.options["username"] != "", j.options["password"] != ""
	switch {
	case user && password:
		return "username and password in sasl.jaas.config"
	case user:
		return "username in sasl.jaas.config, and the password that was typed or is sasl.password"
	case password:
		return "sasl.username, and password in sasl.jaas.config"
	}
	return "sasl.username, and the password that was typed or is sasl.password"
}

// Account returns the user and the password; both are empty where there are none, or sasl.jaas.config is wrong.
func (s Settings) Account() (user, password string) {
	j := jaas{}
	if s.JAAS != "" {
		var err error
		if j, err = parseJAAS(s.JAAS); err != nil {
			return "", ""
		}
	}
	return s.account(j)
}

func (s Settings) account(j jaas) (user, password string) {
	return cmp.Or(j.options["username"], s.User), cmp.Or(j.options["password"], s.Password)
}

// endpointTLS are the ssl.* options of JAAS, which are for the token endpoint.
func (j jaas) endpointTLS() keystore.Settings {
	o := j.withPrefix("ssl.")
	return keystore.Settings{
		Within:    "sasl.jaas.config",
		TrustType: keystore.Format(strings.ToUpper(o["truststore.type"])), TrustLocation: o["truststore.location"],
		TrustPassword: o["truststore.password"], TrustCertificates: o["truststore.certificates"],
		KeyType: keystore.Format(strings.ToUpper(o["keystore.type"])), KeyLocation: o["keystore.location"],
		StorePassword: o["keystore.password"], KeyPassword: o["key.password"],
	}
}
