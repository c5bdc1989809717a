package embedded

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

// Options say where a broker keeps its data and who may reach it. The zero
// value is a private broker whose data goes when it is closed.
type Options struct {
	// Dir keeps the topics. Empty means a temporary folder, removed at Close.
	Dir string
	// Listen is the HOST:PORT other programs connect to; port 0 picks a free
	// one. Empty means that only this process reaches the broker.
	Listen string
	// Advertise is the HOST:PORT clients are told to connect to, by default
	// the one listened on. Port 0 stands for the port listened on.
	Advertise string
	// Existing refuses a Dir that is no data folder yet, with [ErrMissing].
	Existing bool
	// DefaultPartitions is what a topic gets that is created without a
	// number, or by a producer that simply writes to it. By default 1.
	DefaultPartitions int
	// SyncWrites syncs each batch to disk, at a third of the speed.
	SyncWrites bool
	// TLS, when set, is what connections over Listen must speak.
	TLS *tls.Config
	// Users, when there are any, are those who may connect. They are not kept in Dir.
	Users []User
	// Logger is told of rejected connections and of trouble with the disk.
	Logger *slog.Logger
}

// User may log in with SASL.
type User struct {
	// Mechanism is PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.
	Mechanism      string
	Name, Password string
}

// Broker is a running broker.
type Broker struct {
	folder   *folder
	listener *listener
	guard    *guard
	faults   *faultLog
	cluster  *kfake.Cluster

	closing sync.Once
	closed  error
}

// Open starts a broker. It returns ErrInUse when another process has the data
// folder, and an error that names the folder or the address when one of them
// cannot be used.
func Open(o Options) (*Broker, error) {
	log := o.logger()
	if o.Existing {
		if err := checkExisting(o.Dir); err != nil {
			return nil, err
		}
	}
	folder, err := openFolder(o.Dir)
	if err != nil {
		return nil, err
	}
	if err := recoverFolder(folder, o); err != nil {
		return nil, errors.Join(fmt.Errorf("recovering data folder %s: %w", folder.path, err), folder.close())
	}
	b := &Broker{folder: folder, guard: &guard{log: log}, faults: &faultLog{log: log}}
	if b.listener, err = newListener(o, b.guard); err != nil {
		return nil, errors.Join(err, folder.close())
	}
	if err := b.start(o); err != nil {
		_ = b.listener.Close()
		b.listener.wait()
		return nil, errors.Join(fmt.Errorf("starting the broker on data folder %s: %w", folder.path, err), folder.close())
	}
	installControls(b.cluster)
	shareFetches(b.cluster)
	if !folder.temporary {
		(&journal{folder: folder.path, log: log, open: map[string]*noted{}}).install(b.cluster)
	}
	return b, nil
}

// start starts kfake, with the users of the options alone.
func (b *Broker) start(o Options) error {
	if err := b.folder.forgetUsers(); err != nil {
		return err
	}
	cluster, err := kfake.NewCluster(settings(o, b.folder.path, b.listener, b.faults)...)
	if err != nil {
		return err
	}
	b.cluster = cluster
	if err := b.folder.forgetUsers(); err != nil {
		b.cluster.Close()
		return err
	}
	return nil
}

// Address is the HOST:PORT the broker advertises. A private broker has a name
// that only Dial understands.
func (b *Broker) Address() string { return b.listener.advertised.String() }

// Rejected is the number of connections closed because what came over them
// was no Kafka request.
func (b *Broker) Rejected() int64 { return b.guard.rejected.Load() }

// Dial connects this process to the broker without a socket, whatever address
// is named.
func (b *Broker) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	return b.listener.dial(ctx)
}

// Config is how a client in this process connects. It may be changed before
// it is given to [kafka.Open].
func (b *Broker) Config() kafka.Config {
	return kafka.Config{
		Properties: map[string]string{
			"bootstrap.servers": b.Address(),
			"max.request.size":  strconv.Itoa(maxMessageBytes),
		},
		Dial:     b.Dial,
		Diagnose: b.faults.fault,
	}
}

// Connect opens a client in this process.
func (b *Broker) Connect(ctx context.Context) (broker.Cluster, error) {
	return kafka.Open(ctx, b.Config())
}

// Close ends the connections, writes what is to be kept and waits until
// nothing of the broker is left running. It returns an error when something
// could not be written. Further calls return the same error.
func (b *Broker) Close() error {
	b.closing.Do(func() {
		b.faults.forget()
		if b.folder.temporary {
			b.faults.mute()
			b.folder.abandon()
		}
		b.cluster.Close()
		b.listener.wait()
		b.closed = errors.Join(b.faults.fault(), b.folder.forgetUsers(), b.folder.settled(), b.folder.close())
	})
	return b.closed
}
