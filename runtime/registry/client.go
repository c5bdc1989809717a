package registry

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/twmb/franz-go/pkg/sr"
)

// Client speaks to a schema registry over HTTP. Its methods are safe for
// concurrent use.
type Client struct {
	client    *sr.Client
	transport *http.Transport
}

// Close closes the connections that wait for another request.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Register makes the schema the latest version of the subject, if the registry
// finds it compatible with the earlier ones, and returns its id. A schema that is
// a version of the subject already adds none.
func (c *Client) Register(ctx context.Context, subject string, s Schema) (id int, err error) {
	id, err = c.client.RegisterSchema(ctx, subject, toWire(s), -1, -1)
	return id, explained(err, "registering a schema of subject %s", subject)
}

// Schema returns the schema of that id.
func (c *Client) Schema(ctx context.Context, id int) (Schema, error) {
	s, err := c.client.SchemaByID(ctx, id)
	return fromWire(s), explained(err, "fetching schema %d", id)
}

// Latest returns the latest version of the subject.
func (c *Client) Latest(ctx context.Context, subject string) (Version, error) {
	return c.Version(ctx, subject, -1)
}

// Version returns one version of the subject; -1 is the latest.
func (c *Client) Version(ctx context.Context, subject string, version int) (Version, error) {
	s, err := c.client.SchemaByVersion(ctx, subject, version)
	v := Version{Subject: s.Subject, Version: s.Version, ID: s.ID, Schema: fromWire(s.Schema)}
	return v, explained(err, "fetching the schema of subject %s", subject)
}

// Subjects returns the names of all subjects, sorted.
func (c *Client) Subjects(ctx context.Context) ([]string, error) {
	subjects, err := c.client.Subjects(ctx)
	slices.Sort(subjects)
	return subjects, explained(err, "listing the subjects")
}

// Delete forgets the subject with all its versions.
func (c *Client) Delete(ctx context.Context, subject string) error {
	_, err := c.client.DeleteSubject(ctx, subject, sr.SoftDelete)
	return explained(err, "deleting subject %s", subject)
}

// explained says what was asked of the registry, and which property to look at where
// that is what is wrong. An answer of 404 is an ErrNotFound, one of 409 an ErrIncompatible.
func explained(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	doing := fmt.Sprintf(format, args...)
	if answer, ok := errors.AsType[*sr.ResponseError](err); ok {
		switch answer.StatusCode {
		case http.StatusNotFound:
			return fmt.Errorf("%s: %w: %s", doing, ErrNotFound, answer.Message)
		case http.StatusConflict:
			return fmt.Errorf("%s: %w: %s", doing, ErrIncompatible, answer.Message)
		case http.StatusUnauthorized, http.StatusForbidden:
			return fmt.Errorf("%s: the schema registry refuses the login of %s or %s: %w", doing, userInfoProperty, tokenProperty, err)
		}
	}
	if fault := faultOf(err); fault != nil {
		return fmt.Errorf("%s: %w", doing, fault)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fmt.Errorf("%s: %w: the certificates to trust are those of %s", doing, err, trustFileProperty)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

var wireTypes = map[sr.SchemaType]Type{sr.TypeAvro: Avro, sr.TypeProtobuf: Protobuf, sr.TypeJSON: JSON}

func fromWire(s sr.Schema) Schema {
	schema := Schema{Type: wireTypes[s.Type], Text: s.Schema}
	for _, r := range s.References {
		schema.References = append(schema.References, Reference{Name: r.Name, Subject: r.Subject, Version: r.Version})
	}
	return schema
}

func toWire(s Schema) sr.Schema {
	wire := sr.Schema{Schema: s.Text}
	for theirs, ours := range wireTypes {
		if ours == s.Type {
			wire.Type = theirs
		}
	}
	for _, r := range s.References {
		wire.References = append(wire.References, sr.SchemaReference{Name: r.Name, Subject: r.Subject, Version: r.Version})
	}
	return wire
}
