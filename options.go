package ksqlite

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

// Option changes how an engine is opened.
type Option func(*options)

// options is what [Open] was asked for.
type options struct {
	dataDir    string
	servers    []string
	properties map[string]string // of the Kafka client
	registry   map[string]string // of the schema registry's client
	session    map[string]string // of the engine and all sessions
	report     func(RecordError)
	logger     *slog.Logger
	clock      func() time.Time
	readScript func(path string) ([]byte, error)
}

// WithDataDir keeps what has been made in a folder, which is created if it is
// missing: the streams, tables and types, and, with an embedded broker, the
// topics too. Only one process at a time can use a folder: [ErrDataDirInUse].
//
// By default nothing is kept, since a test or a first try should leave nothing
// behind: an embedded broker works in a temporary folder, and the streams and
// tables end with the engine.
func WithDataDir(dir string) Option { return func(o *options) { o.dataDir = dir } }

// WithBootstrapServers works on a Kafka, which is found at the given addresses,
// each HOST:PORT. One that answers is enough.
//
// By default the engine brings its own broker, which runs in the process and
// which no other process reaches.
func WithBootstrapServers(addresses ...string) Option {
	return func(o *options) { o.servers = append(o.servers, addresses...) }
}

// WithKafkaProperties sets properties of the Kafka client by the names that Java
// clients know, such as security.protocol, sasl.jaas.config or isolation.level.
// With bootstrap.servers among them the engine works on that Kafka. A property
// that is unknown is an error of [Open]; later ones win over earlier ones.
//
// The properties of a schema registry may be among them: schema.registry.url,
// basic.auth.user.info and schema.registry.ssl.truststore.location, or the same
// after ksql. as in ksqlDB. An embedded broker brings a registry of its own. So may
// all other properties that begin with ksql., which are those of [WithProperties].
//
// By default each has the value that Kafka's own clients give it.
func WithKafkaProperties(properties map[string]string) Option {
	return func(o *options) { merge(&o.properties, properties) }
}

// WithProperties sets properties of the engine and of all its sessions, as the
// configuration file of a ksqlDB server does; a session may SET most of them anew.
//
// By default none is set: a push query over a stream starts with what arrives
// from now on. Set auto.offset.reset to earliest to begin with the oldest record.
func WithProperties(properties map[string]string) Option {
	return func(o *options) { merge(&o.session, properties) }
}

// WithRecordErrors gives the faults of single records to a function: records
// that cannot be decoded and are skipped, fields that cannot be and are NULL, rows in
// which an expression failed; and persistent queries that failed and begin again.
// It is called by the goroutines that read rows, must return quickly, and must
// not call the engine.
//
// By default they are only counted, as SHOW and DESCRIBE EXTENDED tell.
func WithRecordErrors(report func(RecordError)) Option {
	return func(o *options) { o.report = report }
}

// WithLogger tells a logger of what happens in the background: connections that
// fail and are tried again, rejected requests to the embedded broker.
//
// By default nothing is logged, as what concerns a caller is returned to him.
func WithLogger(logger *slog.Logger) Option { return func(o *options) { o.logger = logger } }

// WithClock sets the clock that gives records their time and functions such as
// UNIX_TIMESTAMP the present.
//
// By default it is time.Now. Tests that need the same output every time set it.
func WithClock(clock func() time.Time) Option { return func(o *options) { o.clock = clock } }

// WithScripts sets how RUN SCRIPT and [Session.RunFile] read the file they name.
//
// By default it reads the process's own files. An engine that runs statements of
// others should not let them do that.
func WithScripts(read func(path string) ([]byte, error)) Option {
	return func(o *options) { o.readScript = read }
}

// LoadKafkaProperties reads a properties file as Java clients have it, for
// [WithKafkaProperties].
func LoadKafkaProperties(file string) (map[string]string, error) {
	return kafka.LoadProperties(file)
}

// newOptions applies the options and reports nonsense early.
func newOptions(opts []Option) (*options, error) {
	o := &options{clock: time.Now, logger: slog.New(slog.DiscardHandler)} //nolint:forbidigo // the one place where the clock comes from
	for _, opt := range opts {
		opt(o)
	}
	o.takeRegistry()
	o.takeOwn()
	if len(o.servers) > 0 {
		merge(&o.properties, map[string]string{"bootstrap.servers": strings.Join(o.servers, ",")})
	}
	return o, o.validate()
}

// takeOwn moves the properties of the engine out of those of the Kafka client.
func (o *options) takeOwn() {
	client := map[string]string{}
	for name, value := range o.properties {
		if strings.HasPrefix(name, "ksql.") {
			merge(&o.session, map[string]string{name: value})
		} else {
			client[name] = value
		}
	}
	o.properties = client
}

func (o *options) validate() error {
	for _, address := range o.servers {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf("bootstrap server %s is not HOST:PORT", address)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.properties)) {
		if err := kafka.ValidateProperty(name, o.properties[name]); err != nil {
			return err
		}
	}
	if len(o.properties) > 0 && o.embedded() {
		return errors.New("Kafka properties are given, but no bootstrap.servers among them")
	}
	return nil
}

// embedded reports whether the engine brings its own broker.
func (o *options) embedded() bool { return o.properties["bootstrap.servers"] == "" }

func merge(into *map[string]string, from map[string]string) {
	if *into == nil {
		*into = map[string]string{}
	}
	maps.Copy(*into, from)
}
