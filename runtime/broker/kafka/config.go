package kafka

import (
	"context"
	"log/slog"
	"net"
)

// Config says how to connect.
type Config struct {
	// Properties are Kafka client properties by name, as Properties lists
	// them. bootstrap.servers is required.
	Properties map[string]string
	// Dial opens connections in place of TCP. TLS, when asked for, is put
	// on top of it.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Diagnose, when set, is asked what is behind an UNKNOWN_SERVER_ERROR
	// of the broker. It returns nil when it doesn't know.
	Diagnose func() error
	// Logger is told of connections that fail and are tried again.
	Logger *slog.Logger
}
