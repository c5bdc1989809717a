package kafka

import (
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka/credentials"
	"github.com/ksqlite/ksqlite/runtime/keystore"
)

// settings are the properties, parsed. Each is set by the property's row in
// properties.go, where its meaning and default are written.
type settings struct {
	bootstrap []string
	clientID  string

	protocol string
	login    credentials.Settings
	tls      keystore.Settings

	dialTimeout    time.Duration
	requestTimeout time.Duration
	apiTimeout     time.Duration
	metadataMaxAge time.Duration
	idleTimeout    time.Duration
	backoff        time.Duration
	backoffMax     time.Duration

	rack              string
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
	batchSize       int // 0 for max.request.size
	maxRequestSize  int32
	bufferMemory    int
	retries         int
	deliveryTimeout time.Duration
	inFlight        int
}

// secure reports whether connections are encrypted.
func (s *settings) secure() bool {
	return s.protocol == "SSL" || s.protocol == "SASL_SSL"
}

// sasl reports whether connections log in.
func (s *settings) sasl() bool {
	return s.protocol == "SASL_PLAINTEXT" || s.protocol == "SASL_SSL"
}
