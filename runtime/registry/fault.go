package registry

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/ksqlite/ksqlite/runtime/network"
)

// FaultError says why a registry cannot be asked at all.
type FaultError struct {
	// Cause says in one line what is wrong, Change what to do about it.
	Cause, Change string
	// Err is the error that showed it.
	Err error
}

// Error implements error, in one line.
func (f *FaultError) Error() string { return f.Cause + ": " + f.Change }

// Unwrap implements errors.Is.
func (f *FaultError) Unwrap() error { return f.Err }

// faultOf returns what keeps a client from the registry, nil where an error is of something else.
func faultOf(err error) *FaultError {
	address := addressIn(err)
	peer := network.Peer{Name: "the schema registry", Property: urlProperty}
	switch fault, ok := peer.Explain(err, address); {
	case ok:
		return &FaultError{fault.Cause, fault.Change, err}
	case errors.As(err, new(tls.RecordHeaderError)), errors.Is(err, http.ErrSchemeMismatch):
		return &FaultError{address + " speaks no TLS", "write http:// in " + urlProperty + ", or name the port that speaks TLS", err}
	case strings.Contains(err.Error(), alertInAnswer), strings.Contains(err.Error(), plainRefused):
		return &FaultError{address + " speaks TLS", "write https:// in " + urlProperty, err}
	case errors.As(err, new(*json.SyntaxError)):
		return &FaultError{address + " answers, but not as a schema registry does", "correct " + urlProperty, err}
	}
	return nil
}

// addressIn returns the HOST:PORT that a request went to as far as its error tells it.
func addressIn(err error) string {
	asked := ""
	if request, ok := errors.AsType[*url.Error](err); ok {
		asked = request.URL
	} else if answer, ok := errors.AsType[*sr.ResponseError](err); ok {
		asked = answer.URL
	}
	if u, err := url.Parse(asked); err == nil && u.Host != "" {
		return u.Host
	}
	return "the server of " + urlProperty
}

const (
	// alertInAnswer is how the beginning of an alert of TLS stands in the error of a client that has read it as an
	// answer of HTTP.
	alertInAnswer = `malformed HTTP response "\x15\x03`
	// plainRefused is what a server in Go answers on its port for TLS.
	plainRefused = "sent an HTTP request to an HTTPS server"
)
