package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/registry/embedded"
)

// servedRegistry is the schema registry that a broker brings for other programs.
type servedRegistry struct {
	url    string
	file   *registry.File
	server *http.Server
	done   chan error // what serving has ended with
}

// serveRegistry serves the schemas of a data folder on an address; nil without one.
// The broker has locked the folder.
func serveRegistry(ctx context.Context, messages io.Writer, address, dir string) (*servedRegistry, error) {
	if address == "" {
		return nil, nil
	}
	file, err := registry.OpenFile(filepath.Join(dir, "schemas.jsonl"))
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("schema registry: %w", err), file.Close())
	}
	r := &servedRegistry{
		url: "http://" + listener.Addr().String(), file: file, done: make(chan error, 1),
		server: &http.Server{Handler: embedded.NewHandler(embedded.New(file)), ReadHeaderTimeout: 10 * time.Second},
	}
	go func() { r.done <- r.server.Serve(listener) }()
	fmt.Fprintf(messages, "ksqlite schema registry listens on %s\n", r.url)
	return r, nil
}

// Close ends the registry, requests that are being answered included.
func (r *servedRegistry) Close() error {
	if r == nil {
		return nil
	}
	err := r.server.Close()
	if served := <-r.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return errors.Join(err, r.file.Close())
}
