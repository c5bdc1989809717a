package kafka

import (
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// settings are the properties, parsed. Each is set by the property's row in
// properties.go, where its meaning and default are written.
type settings struct {
	bootstrap []string
	clientID  string

	protocol  string
	mechanism string
	jaas      string
	tls       tlsSettings

	dialTimeout    time.Duration
	requestTimeout time.Duration
	apiTimeout     time.Duration
	metadataMaxAge time.Duration
	idleTimeout    time.Duration
	backoff        time.Duration
	backoffMax     time.Duration

	isolation         broker.Isolation
	fetchMinBytes     int32
	fetchMaxBytes     int32
	partitionMaxBytes int32
	fetchMaxWait      time.Duration
	checkCRCs         bool

	acks            kgo.Acks
	idempotence     bool
	compression     kgo.CompressionCodec
	linger          time.Duration
	maxRequestSize  int32
	bufferMemory    int
	retries         int
	deliveryTimeout time.Duration
	inFlight        int
}

// tlsSettings are the ssl.* properties.
type tlsSettings struct {
	trustType, trustLocation, trustCertificates      string
	keyType, keyLocation, keyKey, keyChain, password string
	// checkHost is false when ssl.endpoint.identification.algorithm is empty.
	checkHost bool
}

// secure reports whether connections are encrypted.
func (s *settings) secure() bool {
	return s.protocol == "SSL" || s.protocol == "SASL_SSL"
}

// sasl reports whether connections log in.
func (s *settings) sasl() bool {
	return s.protocol == "SASL_PLAINTEXT" || s.protocol == "SASL_SSL"
}
