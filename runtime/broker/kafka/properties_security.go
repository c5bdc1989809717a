package kafka

import (
	"github.com/ksqlite/ksqlite/runtime/broker/kafka/credentials"
	"github.com/ksqlite/ksqlite/runtime/keystore"
)

// This file lists the properties by which a connection is made safe. Those that
// librdkafka's clients have for the same thing stand beside Java's.

func loginProperties() []Property {
	login := func(field func(*credentials.Settings) *string) func(*settings, string) error {
		return text(func(s *settings) *string { return field(&s.login) })
	}
	return append([]Property{
		{
			Name: "security.protocol", Kind: "string", Default: "PLAINTEXT",
			Values: []string{"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"},
			Doc:    "Whether connections are encrypted (SSL) and log in (SASL).",
			set:    text(func(s *settings) *string { return &s.protocol }),
		},
		{
			Name: "sasl.mechanism", Kind: "string", Values: credentials.Mechanisms(),
			Doc: "How to log in. Without it the login module in sasl.jaas.config tells, or it is PLAIN.",
			set: login(func(l *credentials.Settings) *string { return &l.Mechanism }),
		},
		{
			Name: "sasl.jaas.config", Kind: "password",
			Doc: `What to log in with: a line such as org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";`,
			set: login(func(l *credentials.Settings) *string { return &l.JAAS }),
		},
		{
			Name: "sasl.username", Kind: "string",
			Doc: "The user, where sasl.jaas.config does not name one.",
			set: login(func(l *credentials.Settings) *string { return &l.User }),
		},
		{
			Name: "sasl.password", Kind: "password",
			Doc: "The password, where sasl.jaas.config does not hold it.",
			set: login(func(l *credentials.Settings) *string { return &l.Password }),
		},
		{
			Name: "sasl.login.callback.handler.class", Kind: "string",
			Doc: "A class of Java; AWS's for OAUTHBEARER stands for AWS_MSK_IAM, others have no effect.",
			set: login(func(l *credentials.Settings) *string { return &l.LoginHandler }),
		},
	}, oauthProperties()...)
}

func oauthProperties() []Property {
	oauth := func(field func(*credentials.OAuth) *string) func(*settings, string) error {
		return text(func(s *settings) *string { return field(&s.login.OAuth) })
	}
	return []Property{
		{
			Name: "sasl.oauthbearer.token.endpoint.url", Kind: "string",
			Doc: "Where OAUTHBEARER gets tokens: https://HOST/PATH, for which sasl.jaas.config has clientId, clientSecret and scope, or file:///PATH.",
			set: oauth(func(o *credentials.OAuth) *string { return &o.TokenURL }),
		},
		{
			Name: "sasl.oauthbearer.client.credentials.client.id", Kind: "string",
			Doc: "clientId, where sasl.jaas.config has none.",
			set: oauth(func(o *credentials.OAuth) *string { return &o.ClientID }),
		},
		{
			Name: "sasl.oauthbearer.client.credentials.client.secret", Kind: "password",
			Doc: "clientSecret, where sasl.jaas.config has none.",
			set: oauth(func(o *credentials.OAuth) *string { return &o.ClientSecret }),
		},
		{
			Name: "sasl.oauthbearer.scope", Kind: "string",
			Doc: "scope, where sasl.jaas.config has none.",
			set: oauth(func(o *credentials.OAuth) *string { return &o.Scope }),
		},
		{
			Name: "sasl.oauthbearer.extensions", Kind: "list",
			Doc: "NAME=VALUE, with commas between them, that are sent with the token.",
			set: oauth(func(o *credentials.OAuth) *string { return &o.Extensions }),
		},
		{
			Name: "sasl.oauthbearer.header.urlencode", Kind: "boolean", Default: "false",
			Doc: "Whether clientId and clientSecret are URL-encoded before they are sent to the endpoint.",
			set: boolean(func(s *settings) *bool { return &s.login.OAuth.Encoded }),
		},
	}
}

func tlsProperties() []Property {
	trust := func(s *settings) *keystore.Format { return &s.tls.TrustType }
	key := func(s *settings) *keystore.Format { return &s.tls.KeyType }
	return append([]Property{
		{
			Name: "ssl.truststore.type", Kind: "string", Values: keystore.Formats(), set: format(trust),
			Doc: "The format of the trusted certificates. Without it the file tells.",
		},
		{
			Name: "ssl.truststore.location", Kind: "string", set: tlsText(func(t *keystore.Settings) *string { return &t.TrustLocation }),
			Doc: "A file of trusted certificates. Without it the system's are trusted.",
		},
		{
			Name: "ssl.truststore.password", Kind: "password", set: tlsText(func(t *keystore.Settings) *string { return &t.TrustPassword }),
			Doc: "The password of the file that ssl.truststore.location names.",
		},
		{
			Name: "ssl.truststore.certificates", Kind: "password", set: tlsText(func(t *keystore.Settings) *string { return &t.TrustCertificates }),
			Doc: "Trusted certificates in PEM, given here instead of in a file.",
		},
		{
			Name: "ssl.keystore.type", Kind: "string", Values: keystore.Formats(), set: format(key),
			Doc: "The format of this client's key and certificate. Without it the file tells.",
		},
		{
			Name: "ssl.keystore.location", Kind: "string", set: tlsText(func(t *keystore.Settings) *string { return &t.KeyLocation }),
			Doc: "A file with this client's private key and certificate chain.",
		},
		{
			Name: "ssl.keystore.password", Kind: "password", set: tlsText(func(t *keystore.Settings) *string { return &t.StorePassword }),
			Doc: "The password of the file that ssl.keystore.location names.",
		},
		{
			Name: "ssl.key.password", Kind: "password", set: tlsText(func(t *keystore.Settings) *string { return &t.KeyPassword }),
			Doc: "The password of the private key, where it is encrypted in PEM or has its own in JKS.",
		},
		{
			Name: "ssl.keystore.key", Kind: "password", set: tlsText(func(t *keystore.Settings) *string { return &t.Key }),
			Doc: "This client's private key (PKCS#8) in PEM, given here instead of in a file.",
		},
		{
			Name: "ssl.keystore.certificate.chain", Kind: "password", set: tlsText(func(t *keystore.Settings) *string { return &t.Chain }),
			Doc: "This client's certificate and those above it in PEM, given here instead of in a file.",
		},
		{
			Name: "ssl.endpoint.identification.algorithm", Kind: "string", Default: "https",
			Values: []string{"https", "", "none"},
			Doc:    "Whether the broker's certificate has to carry its host name; empty leaves that check out, and so does none, as clients of librdkafka call it.",
			set: func(s *settings, v string) error {
				s.tls.AnyHost = v != "https"
				return nil
			},
		},
		{
			Name: "ssl.enabled.protocols", Kind: "list", set: tlsText(func(t *keystore.Settings) *string { return &t.Protocols }),
			Doc: "The versions of TLS that may be spoken, TLSv1.2 and TLSv1.3; older ones never are.",
		},
	}, librdkafkaTLS()...)
}

// librdkafkaTLS are those of librdkafka's clients that Java's have in another shape.
func librdkafkaTLS() []Property {
	return []Property{
		{
			Name: "ssl.certificate.location", Kind: "string", set: tlsText(func(t *keystore.Settings) *string { return &t.ChainFile }),
			Doc: "A file in PEM with this client's certificate and those above it.",
		},
		{
			Name: "ssl.key.location", Kind: "string", set: tlsText(func(t *keystore.Settings) *string { return &t.KeyFile }),
			Doc: "A file in PEM with this client's private key.",
		},
	}
}

func tlsText(field func(*keystore.Settings) *string) func(*settings, string) error {
	return text(func(s *settings) *string { return field(&s.tls) })
}

func format(field func(*settings) *keystore.Format) func(*settings, string) error {
	return func(s *settings, v string) error {
		*field(s) = keystore.Format(v)
		return nil
	}
}
