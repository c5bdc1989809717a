package apache

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/tests/java"
)

// Main classes of Kafka's jars.
const (
	serverClass  = "kafka.Kafka"
	storageClass = "kafka.tools.StorageTool"
)

// clusterID is what every server calls its cluster.
const clusterID = "a3NxbGl0ZS10ZXN0cy1hYg"

// pollEvery is how often a starting server is asked whether it is there.
const pollEvery = 25 * time.Millisecond

// stopTimeout is how long a server may take to stop before it is killed.
const stopTimeout = 20 * time.Second

// errPortTaken is the end of a server that found its port in use.
var errPortTaken = errors.New("port taken")

// Server is one Apache Kafka node. Its methods are not safe for use by several
// goroutines at once, but for Addr, ClientOptions and the file names.
type Server struct {
	options   Options
	installed installation
	folder    string
	certs     Certificates
	ports     map[Listener]int
	process   *java.Process // nil while the server is stopped
}

// Start makes a folder for a new node, formats its storage, starts it and
// waits until it answers. The server is the caller's, who ends it with Close.
func Start(ctx context.Context, o Options) (*Server, error) {
	installed, err := findInstallation()
	if err != nil {
		return nil, err
	}
	return startIn(ctx, installed, o)
}

// startIn is Start with a Kafka that has been found.
func startIn(ctx context.Context, installed installation, o Options) (*Server, error) {
	s, err := prepare(installed, o)
	if err != nil {
		return nil, err
	}
	if err := s.format(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	for range 3 {
		if err = s.launch(ctx, installed.args(serverClass)); !errors.Is(err, errPortTaken) {
			break
		}
		if err := s.configure(); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// prepare makes the folder of a server and all files that it starts from.
func prepare(installed installation, o Options) (*Server, error) {
	folder, err := os.MkdirTemp("", "ksqlite-kafka-")
	if err != nil {
		return nil, fmt.Errorf("making Kafka's folder: %w", err)
	}
	s := &Server{options: o, installed: installed, folder: folder}
	if s.certs, err = MakeCertificates(folder); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.configure(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// configure chooses the ports and writes the configuration.
func (s *Server) configure() error {
	var err error
	if s.ports, err = freePorts(s.options.all()); err != nil {
		return err
	}
	properties := formatProperties(serverProperties(s.options, s.ports, s.certs))
	if err := os.WriteFile(filepath.Join(s.folder, propertiesFile), properties, 0o600); err != nil {
		return fmt.Errorf("writing Kafka's configuration: %w", err)
	}
	if err := os.WriteFile(filepath.Join(s.folder, logConfigFile), []byte(logConfig), 0o600); err != nil {
		return fmt.Errorf("writing Kafka's configuration: %w", err)
	}
	return nil
}

// format prepares the node's storage and puts the user of SCRAM into it.
func (s *Server) format(ctx context.Context) error {
	args := append(s.installed.args(storageClass), "format", "-t", clusterID, "-c", propertiesFile)
	for name, password := range s.options.users() {
		for _, m := range []Mechanism{ScramSHA256, ScramSHA512} {
			args = append(args, "--add-scram", fmt.Sprintf("%s=[name=%s,password=%s]", m, name, password))
		}
	}
	p, err := java.Launch(s.installed.java, s.folder, logFile, args)
	if err != nil {
		return err
	}
	succeeded, err := p.Wait(ctx)
	if err != nil {
		return fmt.Errorf("formatting Kafka's storage: %w", err)
	}
	if !succeeded {
		return fmt.Errorf("formatting Kafka's storage:\n%s", s.Log())
	}
	return nil
}

// launch starts the node's process and waits until it answers.
func (s *Server) launch(ctx context.Context, args []string) error {
	p, err := java.Launch(s.installed.java, s.folder, logFile, append(args, propertiesFile))
	if err != nil {
		return err
	}
	s.process = p
	if err := s.awaitAnswer(ctx); err != nil {
		s.Kill()
		return err
	}
	return nil
}

// awaitAnswer returns once the node has elected itself and serves clients.
func (s *Server) awaitAnswer(ctx context.Context) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(s.Addr(Plaintext)))
	if err != nil {
		return fmt.Errorf("making a client for Kafka: %w", err)
	}
	defer client.Close()

	for {
		if s.answers(ctx, kadm.NewClient(client)) {
			return nil
		}
		select {
		case <-s.process.Ended:
			return s.deathInStart()
		case <-ctx.Done():
			return fmt.Errorf("waiting for Kafka to answer: %w\n%s", ctx.Err(), s.Log())
		case <-time.After(pollEvery):
		}
	}
}

// answers reports whether the node is registered as its cluster's broker.
func (s *Server) answers(ctx context.Context, admin *kadm.Client) bool {
	connection, err := net.Dial("tcp", s.Addr(Plaintext))
	if err != nil {
		return false // cheaper than a client's own retries
	}
	_ = connection.Close()
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	metadata, err := admin.BrokerMetadata(ctx)
	return err == nil && slices.ContainsFunc(metadata.Brokers, func(b kadm.BrokerDetail) bool { return int(b.NodeID) == s.Node() })
}

// deathInStart says what a node that ended while starting died of.
func (s *Server) deathInStart() error {
	log := s.Log()
	if portTaken.MatchString(log) {
		return errPortTaken
	}
	return fmt.Errorf("apache kafka ended while starting:\n%s", log)
}

// Node is the server's number in its cluster, by which partitions name their leader and replicas.
func (s *Server) Node() int { return s.options.node() }

// Addr is the address of a listener, host:port. It stays the same over
// Restart. Addr panics when the server was not asked for that listener.
func (s *Server) Addr(l Listener) string {
	port, ok := s.ports[l]
	if !ok {
		panic(fmt.Sprintf("the server has no listener %s", l))
	}
	return address(port)
}

// Stop shuts the node down as an operator would, keeping its data. A stopped
// server stays as it is.
func (s *Server) Stop() error {
	return s.stop(context.Background(), stopTimeout)
}

// stop is Stop, killing the node when ctx ends or the time is up.
func (s *Server) stop(ctx context.Context, timeout time.Duration) error {
	if s.process == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := s.process.Stop(ctx)
	s.process = nil
	return err
}

// Kill ends the node as a power failure would, keeping its data.
func (s *Server) Kill() {
	if s.process == nil {
		return
	}
	s.process.Kill()
	s.process = nil
}

// Restart starts the node again on its ports and its data, stopping it first
// where it still runs, and waits until it answers.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Stop(); err != nil {
		return err
	}
	return s.launch(ctx, s.installed.args(serverClass))
}

// Close kills the node and deletes its data.
func (s *Server) Close() error {
	s.Kill()
	return os.RemoveAll(s.folder)
}
