package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

const propertiesHelp = `Show what a file for --config-file can hold: how a Kafka is reached.

The file that a vendor hands out for Java's clients, or librdkafka's, works as it is;
one of a ksqlDB server does too. Without such a file write one, client.properties say:

  # user and password, over TLS; SCRAM-SHA-256 and SCRAM-SHA-512 go with ScramLoginModule
  bootstrap.servers=kafka.example.com:9093
  security.protocol=SASL_SSL
  sasl.mechanism=PLAIN
  sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
    username="orders" password="${env:ORDERS_PASSWORD}";

  # a certificate of this client; PKCS12, JKS and PEM are told by the file
  bootstrap.servers=kafka.example.com:9093
  security.protocol=SSL
  ssl.keystore.location=client.p12
  ssl.keystore.password=${env:STORE_PASSWORD}

  # tokens of an OAuth server
  bootstrap.servers=kafka.example.com:9093
  security.protocol=SASL_SSL
  sasl.mechanism=OAUTHBEARER
  sasl.oauthbearer.token.endpoint.url=https://login.example.com/token
  sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required \
    clientId="orders" clientSecret="${env:ORDERS_SECRET}" scope="kafka";

  # Amazon MSK, with the credentials that aws finds
  bootstrap.servers=b-1.example.kafka.eu-west-1.amazonaws.com:9098
  security.protocol=SASL_SSL
  sasl.mechanism=AWS_MSK_IAM
  sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required;

  # to each of them, where the brokers' certificates are of an authority of your own
  ssl.truststore.location=ca.pem

  # and where there is a schema registry
  schema.registry.url=https://registry.example.com
  basic.auth.credentials.source=USER_INFO
  basic.auth.user.info=KEY:SECRET

Then see whether it works, and begin:

  ksqlite doctor --config-file client.properties --topic orders
  ksqlite --config-file client.properties
  ksql> SELECT * FROM TOPIC 'orders' EMIT CHANGES;

${env:NAME} is an environment variable. A password that is left out is asked for at
the terminal, and no password is shown anywhere. The right to read a topic is enough to
query it. These properties have an effect; others of Kafka's clients and of ksqlDB's
server may stand there too:

`

func newProperties() *cobra.Command {
	return &cobra.Command{
		Use:   "properties",
		Short: "Show how a secured Kafka is reached: the file for --config-file",
		Long:  propertiesHelp + effective(),
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := io.WriteString(c.OutOrStdout(), c.Long)
			return err
		},
	}
}

// effective lists the properties of a client that have an effect, by name.
func effective() string {
	list := kafka.Properties()
	slices.SortFunc(list, func(a, b kafka.Property) int { return strings.Compare(a.Name, b.Name) })
	var b strings.Builder
	for _, p := range list {
		if p.Class == kafka.Idle {
			continue
		}
		doc := p.Doc
		if p.Means == "" && len(p.Values) > 0 {
			doc += " One of " + strings.Join(slices.DeleteFunc(slices.Clone(p.Values), func(v string) bool { return v == "" }), ", ") + "."
		}
		if p.Default != "" {
			doc += " By default " + p.Default + "."
		}
		fmt.Fprintf(&b, "  %s\n      %s\n", p.Name, doc)
	}
	return b.String()
}
