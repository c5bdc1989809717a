package ksqlite

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// Option changes how an engine is opened.
type Option func(*options)

// options is what [Open] was asked for.
type options struct {
	dataDir    string
	stateDir   string
	memory     int64 // of all stores; 0 for no bound
	disk       OpenStateDisk
	servers    []string
	serve      bool
	ephemeral  bool
	readOnly   bool
	listen     string
	advertise  string
	queries    string                 // the file of headless mode
	properties map[string]string      // of the Kafka client
	places     map[string]kafka.Place // of properties that a file holds
	server     map[string]string      // of the process, by ksqlDB's names
	idle       []string               // names that have no effect
	registry   map[string]string      // of the schema registry's client
	session    map[string]string      // of the engine and all sessions
	report     func(RecordError)
	logger     *slog.Logger
	clock      func() time.Time
	readScript func(path string) ([]byte, error)
}

// WithDataDir keeps what has been made on an embedded broker in a folder, which is
// created if it is missing: topics, streams, tables, types and queries. Only one
// process at a time can use a folder: [ErrDataDirInUse].
//
// By default nothing is kept, since a test or a first try should leave nothing
// behind: an embedded broker works in a temporary folder.
func WithDataDir(dir string) Option { return func(o *options) { o.dataDir = dir } }

// WithStateDir keeps snapshots of what persistent queries remember in a folder, which makes
// restarts fast, and what does not fit into memory, which is removed at the end. The
// folder is created if it is missing.
//
// By default it is the folder state in that of [WithDataDir]. Without that there are no
// snapshots, and what does not fit into memory goes to the system's folder for what is
// temporary.
func WithStateDir(dir string) Option { return func(o *options) { o.stateDir = dir } }

// OpenStateDisk opens a disk for what does not fit into memory. The function Open of
// github.com/ksqlite/ksqlite/runtime/state/disk is one.
type OpenStateDisk = state.OpenDisk

// LeastStateMemory is the least memory in bytes for [WithStateMemory]: with less, a disk is of
// no use.
const LeastStateMemory = 16_000_000

// WithStateMemory bounds the memory in bytes that the state of all queries takes together,
// which is [LeastStateMemory] at least: what is beyond goes to a disk, and queries that need
// it are slower.
//
// By default all state is in memory, so that a program carries nothing for what it may not
// need. The command ksqlite gives it a quarter of the machine's memory.
func WithStateMemory(bytes int64, disk OpenStateDisk) Option {
	return func(o *options) { o.memory, o.disk = bytes, disk }
}

// WithBootstrapServers works on a Kafka, which is found at the given addresses,
// each HOST:PORT. One that answers is enough. Streams, tables, types and queries are
// those of the service id, which all processes share: they are kept in its
// command topic, which the first statement makes that creates something.
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
// Those of a ksqlDB server may be among them, such as ksql.service.id, whose default
// is ksqlite_, or ksql.streams.processing.guarantee.
//
// The properties of a schema registry may be among them: schema.registry.url,
// basic.auth.user.info and schema.registry.ssl.truststore.location, or the same
// after ksql. as in ksqlDB. An embedded broker brings a registry of its own.
//
// By default each has the value that Kafka's own clients give it.
func WithKafkaProperties(properties map[string]string) Option {
	return func(o *options) { merge(&o.properties, properties) }
}

// WithProperties sets properties of the engine and of all its sessions, as the
// configuration file of a ksqlDB server does; a session may SET most of them anew.
//
// By default none is set: a push query over a stream starts with what arrives
// from now on. Set auto.offset.reset to earliest to begin with the oldest record, or to a
// time, such as 2024-05-01T08:00:00 or -10m.
func WithProperties(properties map[string]string) Option {
	return func(o *options) { merge(&o.session, properties) }
}

// WithServe makes the engine serve the service id on a Kafka: it runs all persistent
// queries, those too that other processes create, as long as it holds the service id. One
// process at a time does; others that serve stand by and take over when it ends.
//
// By default an engine on a Kafka runs those persistent queries alone that its own sessions
// create, while nobody serves. One with an embedded broker runs all in any case.
func WithServe() Option { return func(o *options) { o.serve = true } }

// WithEphemeral keeps the statements of an engine on a Kafka out of the command topic: it
// begins with no streams, tables and queries, whatever others have created, and
// forgets its own at the end. It needs no right to create topics.
//
// By default they are kept.
func WithEphemeral() Option { return func(o *options) { o.ephemeral = true } }

// WithReadOnly refuses every statement that would write something: records, topics,
// schemas, or declarations that are kept for others. Its error says which statement
// it was. No persistent query runs. What exists can be read, and on a Kafka with
// [WithEphemeral] be declared anew. The folder of [WithDataDir] has to be there: [ErrNoDataDir].
//
// By default an engine may write.
func WithReadOnly() Option { return func(o *options) { o.readOnly = true } }

// WithQueriesFile runs the statements of a file each time the engine is opened, as
// ksqlDB's headless mode does: persistent queries go on where they stopped, and
// nothing else is kept. It implies [WithServe]. The file holds CREATE, INSERT INTO …
// SELECT, SET and ASSERT.
//
// By default there is none, unless the property ksql.queries.file names one.
func WithQueriesFile(path string) Option { return func(o *options) { o.queries = path } }

// WithListen lets other programs reach the embedded broker on HOST:PORT; port 0 picks
// a free one. They are told to come back to advertise, if that is not empty.
//
// By default only this process reaches it.
func WithListen(address, advertise string) Option {
	return func(o *options) { o.listen, o.advertise = address, advertise }
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

// PropertiesFile is a file of properties that has been read.
type PropertiesFile = kafka.PropertiesFile

// LoadKafkaProperties reads a properties file as Java clients have it, for
// [WithKafkaPropertiesFile]. ${env:NAME} in a value stands for an environment variable, which
// has to be set. The error tells all that is wrong, a line each.
func LoadKafkaProperties(file string) (*PropertiesFile, error) {
	return kafka.LoadProperties(file)
}

// WithKafkaPropertiesFile is [WithKafkaProperties] with those of a file. Errors about them tell their lines.
//
// By default there is none.
func WithKafkaPropertiesFile(file *PropertiesFile) Option {
	return func(o *options) {
		merge(&o.properties, file.Values)
		merge(&o.places, file.Places)
	}
}

// newOptions applies the options and reports nonsense early.
func newOptions(opts []Option) (*options, error) {
	o := &options{clock: time.Now, logger: slog.New(slog.DiscardHandler), readScript: os.ReadFile} //nolint:forbidigo // the one place where the clock comes from
	for _, opt := range opts {
		opt(o)
	}
	o.takeRegistry()
	if len(o.servers) > 0 {
		merge(&o.properties, map[string]string{"bootstrap.servers": strings.Join(o.servers, ",")})
	}
	o.takeServer()
	o.serve = o.serve || o.queries != ""
	return o, o.validate()
}

func (o *options) validate() error {
	for _, address := range o.servers {
		if _, _, err := net.SplitHostPort(address); err != nil {
			if _, host, ok := strings.Cut(address, "@"); ok {
				address = "*@" + host // a password may stand before it
			}
			return fmt.Errorf("bootstrap server %s is not HOST:PORT", address)
		}
	}
	if err := o.checkProperties(); err != nil {
		return err
	}
	if len(o.properties) > 0 && o.embedded() {
		return errors.New("Kafka properties are given, but no bootstrap.servers among them, which is where the Kafka is: HOST:PORT")
	}
	if o.disk != nil && o.memory < LeastStateMemory {
		return fmt.Errorf("%d bytes are too little memory for state: %d are the least", o.memory, LeastStateMemory)
	}
	return o.validateServing()
}

// validateServing reports options that contradict each other.
func (o *options) validateServing() error {
	switch {
	case !o.embedded() && o.dataDir != "":
		return errors.New("a data folder is for the embedded broker: on a Kafka, statements are kept in its command topic")
	case !o.embedded() && o.listen != "":
		return errors.New("only the embedded broker can listen, and bootstrap.servers names another Kafka")
	case o.dataDir != "" && o.ephemeral:
		return errors.New("to keep statements in a data folder, and to keep none, contradict each other")
	case o.serve && o.readOnly:
		return errors.New("to serve, which runs queries that write, and to write nothing contradict each other")
	case o.serve && o.ephemeral:
		return errors.New("to serve, and to keep no statements, contradict each other")
	}
	return nil
}

// embedded reports whether the engine brings its own broker.
func (o *options) embedded() bool { return o.properties["bootstrap.servers"] == "" }

// kafka is how the engine connects to a Kafka.
func (o *options) kafka() kafka.Config {
	return kafka.Config{Properties: o.properties, Places: o.places, Logger: o.logger}
}

// own is the broker that the engine brings.
func (o *options) own() embedded.Options {
	return embedded.Options{
		Dir: o.dataDir, Existing: o.readOnly && o.dataDir != "",
		Listen: o.listen, Advertise: o.advertise, Logger: o.logger,
	}
}

// private reports whether no other process reaches that broker.
func (o *options) private() bool { return o.embedded() && o.listen == "" }

func merge[V any](into *map[string]V, from map[string]V) {
	if *into == nil {
		*into = map[string]V{}
	}
	maps.Copy(*into, from)
}
