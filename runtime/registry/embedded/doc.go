// Package embedded is a schema registry with the rules of Confluent's: whether a schema
// may follow those before it, what may be changed, what deleting leaves. A [Registry]
// serves statements in the process, a [Handler] other programs over HTTP.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// Store keeps what a [Registry] decides about: a [registry.Memory] or a [registry.File].
type Store interface {
	Schema(ctx context.Context, id int) (registry.Schema, error)
	Latest(ctx context.Context, subject string) (registry.Version, error)
	Version(ctx context.Context, subject string, version int) (registry.Version, error)
	Subjects(ctx context.Context) ([]string, error)
	Versions(subject string) []registry.Version
	AllSubjects() []string
	Settings(subject string) registry.Settings

	Register(ctx context.Context, subject string, s registry.Schema) (id int, err error)
	Import(ctx context.Context, v registry.Version) error
	DeleteVersions(ctx context.Context, subject string, numbers []int, forGood bool) error
	Set(subject string, s registry.Settings) error
}

var _, _ Store = (*registry.Memory)(nil), (*registry.File)(nil)

// Registry applies the rules to a store. By default all versions of a subject have to
// be able to read what was written with the one before. It is safe for concurrent use.
type Registry struct {
	Store
	changing sync.Mutex // from the look at what there is until it is changed
}

// New returns the registry of a store.
func New(s Store) *Registry { return &Registry{Store: s} }

// Register makes the schema the latest version of the subject and returns its id, if
// the rules allow it; what they forbid is a [registry.ErrIncompatible] where that is
// because of earlier versions.
func (r *Registry) Register(ctx context.Context, subject string, s registry.Schema) (id int, err error) {
	v, err := r.register(ctx, registry.Version{Subject: subject, Schema: s})
	if err != nil {
		return 0, fmt.Errorf("registering a schema of subject %s: %w", subject, err)
	}
	return v.ID, nil
}

// Delete deletes the subject with all its versions, as [registry.Memory.Delete] does.
func (r *Registry) Delete(ctx context.Context, subject string) error {
	_, err := r.deleteSubject(ctx, subject, false)
	return err
}

// refusal is what a client is told with a code, whose first three digits are the
// status of HTTP.
type refusal struct {
	Code    int    `json:"error_code"`
	Message string `json:"message"`
}

func (r *refusal) Error() string { return r.Message }

// Unwrap returns the error that callers in the process ask for.
func (r *refusal) Unwrap() error {
	switch r.status() {
	case http.StatusNotFound:
		return registry.ErrNotFound
	case http.StatusConflict:
		return registry.ErrIncompatible
	}
	return nil
}

func (r *refusal) status() int {
	status := r.Code
	for status > 999 {
		status /= 10
	}
	return status
}

func refuse(code int, format string, args ...any) *refusal {
	return &refusal{code, fmt.Sprintf(format, args...)}
}

// notFound is the refusal of what a store does not have; other errors stay as they are.
func notFound(err error, code int, format string, args ...any) error {
	if errors.Is(err, registry.ErrNotFound) {
		return refuse(code, format, args...)
	}
	return err
}
