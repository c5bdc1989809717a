package apache

import "maps"

// Listener is one of the doors of a server, by the name that its
// configuration gives it.
type Listener string

// The listeners that a server can have. Plaintext is always there, since the
// broker speaks to itself through it.
const (
	Plaintext     Listener = "PLAINTEXT"
	SASLPlaintext Listener = "SASL_PLAINTEXT"
	TLS           Listener = "SSL"
	SASLTLS       Listener = "SASL_SSL"
	// MutualTLS refuses clients that show no certificate of the server's
	// authority.
	MutualTLS Listener = "MUTUAL_SSL"
)

// protocol is the security protocol that a listener speaks.
func (l Listener) protocol() string {
	if l == MutualTLS {
		return string(TLS)
	}
	return string(l)
}

// encrypted reports whether clients of the listener use TLS.
func (l Listener) encrypted() bool {
	return l == TLS || l == SASLTLS || l == MutualTLS
}

// authenticated reports whether clients of the listener log in.
func (l Listener) authenticated() bool {
	return l == SASLPlaintext || l == SASLTLS
}

// Mechanism is a way to log in through a listener with SASL. Each of them
// knows [User] with [Password], and the users of the options.
type Mechanism string

// The mechanisms that every SASL listener offers.
const (
	Plain       Mechanism = "PLAIN"
	ScramSHA256 Mechanism = "SCRAM-SHA-256"
	ScramSHA512 Mechanism = "SCRAM-SHA-512"
	// OAuthBearer takes tokens that nobody has signed, from anybody.
	OAuthBearer Mechanism = "OAUTHBEARER"
)

// User and Password are what the SASL listeners let in.
const (
	User     = "alice"
	Password = "alice-secret"
)

// Options say what a server is to be like. The zero Options make one with a
// plaintext listener.
type Options struct {
	// Listeners are opened besides Plaintext.
	Listeners []Listener

	// Users are let in by the SASL listeners besides User: passwords by name.
	Users map[string]string

	// ACLs says that rights are asked for. All that the options name may do everything;
	// others only what an ACL allows.
	ACLs bool

	// Joins is the server whose cluster this one joins, as a broker alone. It has to
	// outlive this one. nil makes a cluster of its own.
	Joins *Server

	// Properties are added to the server's configuration and win over what
	// it says otherwise.
	Properties map[string]string
}

// users are all that the SASL listeners let in.
func (o Options) users() map[string]string {
	users := map[string]string{User: Password}
	maps.Copy(users, o.Users)
	return users
}

// node is the server's number in its cluster, from 1.
func (o Options) node() int {
	if o.Joins == nil {
		return 1
	}
	return o.Joins.Node() + 1
}

// all returns the listeners with Plaintext among them, each once.
func (o Options) all() []Listener {
	listeners := []Listener{Plaintext}
	for _, l := range o.Listeners {
		if l != Plaintext {
			listeners = append(listeners, l)
		}
	}
	return listeners
}
