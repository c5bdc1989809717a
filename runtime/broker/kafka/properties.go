package kafka

import (
	"maps"
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

	// Class says what becomes of it.
	Class Class

	// Means is the property that it is another name of, "" for none.
	Means string

	// set parses a value into the settings. Of the honoured properties those
	// of a connection have one.
	set func(*settings, string) error
}

// Class says what becomes of a property that is given.
type Class uint8

// The classes of properties. One that is in none of them is refused.
const (
	// Honoured properties do here what they do in Kafka's clients.
	Honoured Class = iota
	// Engines are honoured by the engine, whose own properties have these names.
	Engines
	// Idle properties are known to Kafka's clients and mean nothing here: files
	// made for those clients have them, and refusing them would refuse the file.
	Idle
)

// Properties returns every property that may be given, in the order of a
// connection's life. It is the one table of them.
func Properties() []Property {
	list := slices.Concat(connectionProperties(), loginProperties(), tlsProperties(), consumerProperties(), producerProperties())
	return slices.Concat(list, otherNames(list), idleProperties())
}

// librdkafkaNames are what librdkafka's clients call properties, and what Java's do.
var librdkafkaNames = map[string]string{
	"metadata.broker.list":           "bootstrap.servers",
	"sasl.mechanisms":                "sasl.mechanism",
	"sasl.oauthbearer.client.id":     "sasl.oauthbearer.client.credentials.client.id",
	"sasl.oauthbearer.client.secret": "sasl.oauthbearer.client.credentials.client.secret",
	"ssl.ca.location":                "ssl.truststore.location",
	"ssl.ca.pem":                     "ssl.truststore.certificates",
	"ssl.certificate.pem":            "ssl.keystore.certificate.chain",
	"ssl.key.pem":                    "ssl.keystore.key",
}

// otherNames are the properties of a list that librdkafka's clients have under another name.
func otherNames(list []Property) []Property {
	var others []Property
	for _, name := range slices.Sorted(maps.Keys(librdkafkaNames)) {
		means := librdkafkaNames[name]
		p := list[slices.IndexFunc(list, func(p Property) bool { return p.Name == means })]
		p.Name, p.Means, p.Default, p.Doc = name, means, "", means+", as clients of librdkafka call it."
		others = append(others, p)
	}
	return others
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

func consumerProperties() []Property {
	return []Property{
		{
			Name: "auto.offset.reset", Kind: "string", Default: "latest", Class: Engines,
			Doc: "Where a push query starts to read, unless a session sets it anew.",
		},
		{
			Name: "group.id", Kind: "string", Class: Engines,
			Doc: "The group whose committed offsets a push query begins with that filters and projects one stream.",
		},
		{
			Name: "enable.auto.commit", Kind: "boolean", Default: "false", Class: Engines,
			Doc: "Whether a push query with a group.id commits there how far its rows have been read.",
		},
		{
			Name: "auto.commit.interval.ms", Kind: "int", Default: "5000", Class: Engines,
			Doc: "How often a query commits with enable.auto.commit.",
		},
		{
			Name: "session.timeout.ms", Kind: "int", Default: "10000", Class: Engines,
			Doc: "How long a process that runs persistent queries may be silent until others take it for dead.",
			set: millisFrom(1, func(*settings) *time.Duration { return new(time.Duration) }),
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
			Name: "client.rack", Kind: "string",
			Doc: "Where this client is: brokers that know such places name a replica nearby, from which records are read.",
			set: text(func(s *settings) *string { return &s.rack }),
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
			Name: "batch.size", Kind: "int",
			Doc: "How many bytes of records end the wait of linger.ms. Without it a full batch does, which is as large as max.request.size allows.",
			set: integer(0, 1<<30, func(s *settings) *int { return &s.batchSize }),
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
			Name: deliveryTimeout, Kind: "int", Default: "9000",
			Doc: "How long to try to write a record: linger.ms and request.timeout.ms at least.",
			set: millis(func(s *settings) *time.Duration { return &s.deliveryTimeout }),
		},
		{
			Name: "max.in.flight.requests.per.connection", Kind: "int", Default: "5",
			Doc: "How many batches may be on their way to a broker.",
			set: integer(1, 1000, func(s *settings) *int { return &s.inFlight }),
		},
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
