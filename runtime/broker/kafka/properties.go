package kafka

import (
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// Property is a Kafka client property this package understands.
type Property struct {
	Name string
	// Kind is the type of its value in Kafka's words: string, list, int,
	// long, boolean or password.
	Kind string
	// Default is the value in force when it is not given.
	Default string
	// Values are the valid ones, where they can be listed.
	Values []string
	// Doc says what it does in one sentence.
	Doc string

	// set parses a value into the settings. Nil marks a property that is
	// accepted, because Java clients are given it, and has no effect here.
	set func(*settings, string) error
}

// Properties returns every property that may be given, in the order of a
// connection's life.
func Properties() []Property {
	return slices.Concat(connectionProperties(), loginProperties(), tlsProperties(),
		consumerProperties(), producerProperties(), ignoredProperties())
}

func connectionProperties() []Property {
	return []Property{
		{
			Name: "bootstrap.servers", Kind: "list",
			Doc: "The HOST:PORT of one or more brokers, separated by commas, to find the others from.",
			set: setServers,
		},
		{
			Name: "client.id", Kind: "string", Default: "ksqlite",
			Doc: "The name the brokers' logs and quotas know this client by.",
			set: text(func(s *settings) *string { return &s.clientID }),
		},
		{
			Name: "socket.connection.setup.timeout.ms", Kind: "long", Default: "5000",
			Doc: "How long to wait for a connection to be made.",
			set: millis(func(s *settings) *time.Duration { return &s.dialTimeout }),
		},
		{
			Name: "request.timeout.ms", Kind: "int", Default: "9000",
			Doc: "How long to wait for the answer to a request, also to the first one of a connection.",
			set: millis(func(s *settings) *time.Duration { return &s.requestTimeout }),
		},
		{
			Name: "default.api.timeout.ms", Kind: "int", Default: "9000",
			Doc: "How long a statement tries to reach a broker before it gives up.",
			set: millis(func(s *settings) *time.Duration { return &s.apiTimeout }),
		},
		{
			Name: "metadata.max.age.ms", Kind: "long", Default: "5000",
			Doc: "How often to look for new partitions of a topic that is read.",
			set: millis(func(s *settings) *time.Duration { return &s.metadataMaxAge }),
		},
		{
			Name: "connections.max.idle.ms", Kind: "long", Default: "540000",
			Doc: "How long an unused connection is kept.",
			set: millis(func(s *settings) *time.Duration { return &s.idleTimeout }),
		},
		{
			Name: "retry.backoff.ms", Kind: "long", Default: "20",
			Doc: "How long to wait before the first retry; each further one waits twice as long.",
			set: millis(func(s *settings) *time.Duration { return &s.backoff }),
		},
		{
			Name: "retry.backoff.max.ms", Kind: "long", Default: "1000",
			Doc: "The longest wait between two tries.",
			set: millis(func(s *settings) *time.Duration { return &s.backoffMax }),
		},
	}
}

func loginProperties() []Property {
	return []Property{
		{
			Name: "security.protocol", Kind: "string", Default: "PLAINTEXT",
			Values: []string{"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"},
			Doc:    "Whether connections are encrypted (SSL) and log in (SASL).",
			set:    text(func(s *settings) *string { return &s.protocol }),
		},
		{
			Name: "sasl.mechanism", Kind: "string", Default: "PLAIN",
			Values: []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"},
			Doc:    "How to log in.",
			set:    text(func(s *settings) *string { return &s.mechanism }),
		},
		{
			Name: "sasl.jaas.config", Kind: "password",
			Doc: `User name and password: a line such as org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";`,
			set: text(func(s *settings) *string { return &s.jaas }),
		},
	}
}

func tlsProperties() []Property {
	tlsText := func(field func(*tlsSettings) *string) func(*settings, string) error {
		return text(func(s *settings) *string { return field(&s.tls) })
	}
	return []Property{
		{
			Name: "ssl.truststore.type", Kind: "string", Default: "PEM", Values: []string{"PEM"},
			Doc: "The format of the trusted certificates.",
			set: tlsText(func(t *tlsSettings) *string { return &t.trustType }),
		},
		{
			Name: "ssl.truststore.location", Kind: "string",
			Doc: "A file of trusted certificates. Without it the system's are trusted.",
			set: tlsText(func(t *tlsSettings) *string { return &t.trustLocation }),
		},
		{
			Name: "ssl.truststore.certificates", Kind: "password",
			Doc: "Trusted certificates, given here instead of in a file.",
			set: tlsText(func(t *tlsSettings) *string { return &t.trustCertificates }),
		},
		{
			Name: "ssl.keystore.type", Kind: "string", Default: "PEM", Values: []string{"PEM"},
			Doc: "The format of this client's key and certificate.",
			set: tlsText(func(t *tlsSettings) *string { return &t.keyType }),
		},
		{
			Name: "ssl.keystore.location", Kind: "string",
			Doc: "A file with this client's private key and certificate chain.",
			set: tlsText(func(t *tlsSettings) *string { return &t.keyLocation }),
		},
		{
			Name: "ssl.keystore.key", Kind: "password",
			Doc: "This client's private key (PKCS#8), given here instead of in a file.",
			set: tlsText(func(t *tlsSettings) *string { return &t.keyKey }),
		},
		{
			Name: "ssl.keystore.certificate.chain", Kind: "password",
			Doc: "This client's certificate and those above it, given here instead of in a file.",
			set: tlsText(func(t *tlsSettings) *string { return &t.keyChain }),
		},
		{
			Name: "ssl.key.password", Kind: "password",
			Doc: "Not supported: private keys have to be unencrypted.",
			set: tlsText(func(t *tlsSettings) *string { return &t.password }),
		},
		{
			Name: "ssl.endpoint.identification.algorithm", Kind: "string", Default: "https",
			Values: []string{"https", ""},
			Doc:    "Whether the broker's certificate has to carry its host name; empty leaves that check out.",
			set: func(s *settings, v string) error {
				s.tls.checkHost = v != ""
				return nil
			},
		},
	}
}

func consumerProperties() []Property {
	return []Property{
		{
			Name: "auto.offset.reset", Kind: "string", Default: "latest",
			Values: []string{"latest", "earliest"},
			Doc:    "Where a query starts to read. The engine's own setting of this name wins.",
		},
		{
			Name: "isolation.level", Kind: "string", Default: "read_committed",
			Values: []string{"read_committed", "read_uncommitted"},
			Doc:    "Whether records of open and aborted transactions are left out.",
			set: func(s *settings, v string) error {
				s.isolation = broker.ReadCommitted
				if v == "read_uncommitted" {
					s.isolation = broker.ReadUncommitted
				}
				return nil
			},
		},
		{
			Name: "fetch.min.bytes", Kind: "int", Default: "1",
			Doc: "How much a broker collects before it answers, within fetch.max.wait.ms.",
			set: integer(1, 1<<30, func(s *settings) *int32 { return &s.fetchMinBytes }),
		},
		{
			Name: "fetch.max.bytes", Kind: "int", Default: "2097152",
			Doc: "How much a broker answers at once. At most two answers a broker and query are held in memory.",
			set: integer(1024, 1<<30, func(s *settings) *int32 { return &s.fetchMaxBytes }),
		},
		{
			Name: "max.partition.fetch.bytes", Kind: "int", Default: "1048576",
			Doc: "How much of one partition a broker answers at once.",
			set: integer(1024, 1<<30, func(s *settings) *int32 { return &s.partitionMaxBytes }),
		},
		{
			Name: "fetch.max.wait.ms", Kind: "int", Default: "500",
			Doc: "How long a broker waits for records before it answers without.",
			set: millis(func(s *settings) *time.Duration { return &s.fetchMaxWait }),
		},
		{
			Name: "check.crcs", Kind: "boolean", Default: "true",
			Doc: "Whether the checksum of each batch is checked.",
			set: boolean(func(s *settings) *bool { return &s.checkCRCs }),
		},
	}
}

func producerProperties() []Property {
	return []Property{
		{
			Name: "acks", Kind: "string", Default: "all", Values: []string{"all", "-1", "1", "0"},
			Doc: "Which brokers must have a record before it counts as written: all in-sync ones, the leader, none.",
			set: setAcks,
		},
		{
			Name: "enable.idempotence", Kind: "boolean", Default: "true",
			Doc: "Whether a retry can never write a record twice. Needs acks=all.",
			set: boolean(func(s *settings) *bool { return &s.idempotence }),
		},
		{
			Name: "compression.type", Kind: "string", Default: "none",
			Values: []string{"none", "gzip", "snappy", "lz4", "zstd"},
			Doc:    "How batches of records are compressed.",
			set:    setCompression,
		},
		{
			Name: "linger.ms", Kind: "long", Default: "0",
			Doc: "How long to wait for further records to fill a batch.",
			set: millis(func(s *settings) *time.Duration { return &s.linger }),
		},
		{
			Name: "max.request.size", Kind: "int", Default: "1048588",
			Doc: "The largest record, and the largest batch of records, in bytes. The broker has its own limit, message.max.bytes.",
			set: integer(1024, 1<<30, func(s *settings) *int32 { return &s.maxRequestSize }),
		},
		{
			Name: "buffer.memory", Kind: "long", Default: "33554432",
			Doc: "How many bytes of records may wait to be sent.",
			set: integer(1024, 1<<40, func(s *settings) *int { return &s.bufferMemory }),
		},
		{
			Name: "retries", Kind: "int", Default: "2147483647",
			Doc: "How often to try again to write a record, within delivery.timeout.ms.",
			set: integer(0, 1<<31-1, func(s *settings) *int { return &s.retries }),
		},
		{
			Name: "delivery.timeout.ms", Kind: "int", Default: "9000",
			Doc: "How long to try to write a record.",
			set: millis(func(s *settings) *time.Duration { return &s.deliveryTimeout }),
		},
		{
			Name: "max.in.flight.requests.per.connection", Kind: "int", Default: "5",
			Doc: "How many batches may be on their way to a broker.",
			set: integer(1, 1000, func(s *settings) *int { return &s.inFlight }),
		},
	}
}

// ignoredProperties are common in files made for Java clients and mean
// nothing here; refusing them would refuse the file.
func ignoredProperties() []Property {
	const none = "Accepted for files made for Java clients; has no effect."
	return []Property{
		{Name: "batch.size", Kind: "int", Doc: "Accepted for files made for Java clients; batches are as large as max.request.size allows."},
		{Name: "client.dns.lookup", Kind: "string", Doc: none},
		{Name: "group.id", Kind: "string", Doc: "Accepted for files made for Java clients; queries name their groups themselves."},
		{Name: "enable.auto.commit", Kind: "boolean", Doc: none},
		{Name: "key.deserializer", Kind: "string", Doc: none},
		{Name: "value.deserializer", Kind: "string", Doc: none},
		{Name: "key.serializer", Kind: "string", Doc: none},
		{Name: "value.serializer", Kind: "string", Doc: none},
		{Name: "session.timeout.ms", Kind: "int", Doc: none},
		{Name: "heartbeat.interval.ms", Kind: "int", Doc: none},
		{Name: "max.poll.records", Kind: "int", Doc: none},
		{Name: "max.poll.interval.ms", Kind: "int", Doc: none},
		{Name: "max.block.ms", Kind: "long", Doc: none},
		{Name: "receive.buffer.bytes", Kind: "int", Doc: none},
		{Name: "send.buffer.bytes", Kind: "int", Doc: none},
		{Name: "reconnect.backoff.ms", Kind: "long", Doc: none},
		{Name: "reconnect.backoff.max.ms", Kind: "long", Doc: none},
		{Name: "socket.connection.setup.timeout.max.ms", Kind: "long", Doc: none},
		{Name: "ssl.protocol", Kind: "string", Doc: "Accepted for files made for Java clients; TLS 1.2 or newer is used."},
		{Name: "ssl.enabled.protocols", Kind: "list", Doc: "Accepted for files made for Java clients; TLS 1.2 or newer is used."},
	}
}

func setAcks(s *settings, v string) error {
	switch v {
	case "0":
		s.acks = kgo.NoAck()
	case "1":
		s.acks = kgo.LeaderAck()
	default:
		s.acks = kgo.AllISRAcks()
	}
	return nil
}

func setCompression(s *settings, v string) error {
	switch v {
	case "gzip":
		s.compression = kgo.GzipCompression()
	case "snappy":
		s.compression = kgo.SnappyCompression()
	case "lz4":
		s.compression = kgo.Lz4Compression()
	case "zstd":
		s.compression = kgo.ZstdCompression()
	default:
		s.compression = kgo.NoCompression()
	}
	return nil
}
