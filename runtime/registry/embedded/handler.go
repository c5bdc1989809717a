package embedded

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// Handler serves a registry over HTTP, in the manner of Confluent's Schema Registry, so
// that its clients can use it. It is safe for concurrent use.
type Handler struct {
	mux      http.ServeMux
	registry *Registry
}

var _ http.Handler = (*Handler)(nil)

// NewHandler returns a handler of the registry.
func NewHandler(r *Registry) *Handler {
	h := &Handler{registry: r}
	for pattern, answer := range h.routes() {
		h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, mostBytes)
			result, err := answer(r)
			respond(w, result, err)
		})
	}
	return h
}

// routes are the paths of Confluent's API; what else there is of it (contexts that are
// not the default one, exporters, keys of encryption) is not here.
func (h *Handler) routes() map[string]func(*http.Request) (any, error) {
	return map[string]func(*http.Request) (any, error){
		"/":                   func(*http.Request) (any, error) { return nil, refuse(404, "HTTP 404 Not Found") },
		"GET /{$}":            func(*http.Request) (any, error) { return struct{}{}, nil },
		"GET /contexts":       func(*http.Request) (any, error) { return []string{"."}, nil },
		"GET /v1/metadata/id": func(*http.Request) (any, error) { return map[string]any{"scope": map[string]any{}}, nil },

		"GET /schemas": h.schemas,
		"GET /schemas/types": func(*http.Request) (any, error) {
			return []registry.Type{registry.JSON, registry.Protobuf, registry.Avro}, nil
		},
		"GET /schemas/ids/{id}":          h.schema,
		"GET /schemas/ids/{id}/schema":   h.schemaText,
		"GET /schemas/ids/{id}/subjects": h.schemaSubjects,
		"GET /schemas/ids/{id}/versions": h.schemaVersions,

		"GET /subjects":                                             h.subjects,
		"POST /subjects/{subject}":                                  h.lookUp,
		"DELETE /subjects/{subject}":                                h.deleteSubject,
		"GET /subjects/{subject}/versions":                          h.versions,
		"POST /subjects/{subject}/versions":                         h.register,
		"GET /subjects/{subject}/versions/{version}":                h.version,
		"DELETE /subjects/{subject}/versions/{version}":             h.deleteVersion,
		"GET /subjects/{subject}/versions/{version}/schema":         h.versionText,
		"GET /subjects/{subject}/versions/{version}/referencedby":   h.referrers,
		"POST /compatibility/subjects/{subject}/versions":           h.compatible,
		"POST /compatibility/subjects/{subject}/versions/{version}": h.compatibleWith,

		"GET /config":              h.level,
		"PUT /config":              h.setLevel,
		"DELETE /config":           h.resetLevel,
		"GET /config/{subject}":    h.level,
		"PUT /config/{subject}":    h.setLevel,
		"DELETE /config/{subject}": h.resetLevel,
		"GET /mode":                h.mode,
		"PUT /mode":                h.setMode,
		"DELETE /mode":             h.resetMode,
		"GET /mode/{subject}":      h.mode,
		"PUT /mode/{subject}":      h.setMode,
		"DELETE /mode/{subject}":   h.resetMode,
	}
}

// mostBytes is how long a request may be.
const mostBytes = 1 << 22

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// plain is an answer that is not made JSON.
type plain string

func respond(w http.ResponseWriter, result any, err error) {
	w.Header().Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	if err != nil {
		told, ok := errors.AsType[*refusal](err)
		if !ok {
			told = refuse(50001, "Error in the backend data store: %s", err)
		}
		w.WriteHeader(told.status())
		result = told
	}
	// Who does not listen any more is told nothing.
	if text, ok := result.(plain); ok {
		_, _ = w.Write([]byte(text))
		return
	}
	_ = json.NewEncoder(w).Encode(result)
}

// document is a schema as it is written in requests and answers.
type document struct {
	Subject    string               `json:"subject,omitempty"`
	Version    int                  `json:"version,omitempty"`
	ID         int                  `json:"id,omitempty"`
	Type       registry.Type        `json:"schemaType,omitempty"` // not written for Avro
	Text       string               `json:"schema"`
	References []registry.Reference `json:"references,omitempty"`
	Deleted    bool                 `json:"deleted,omitempty"`
}

func documentOf(v registry.Version) document {
	d := document{
		Subject: v.Subject, Version: v.Version, ID: v.ID, Deleted: v.Deleted,
		Type: v.Schema.Type, Text: v.Schema.Text, References: v.Schema.References,
	}
	if d.Type == registry.Avro {
		d.Type = ""
	}
	return d
}

// read reads the schema of a request, which is one of its subject.
func read(r *http.Request) (registry.Version, error) {
	var d document
	if err := json.NewDecoder(r.Body).Decode(&d); err != nil {
		return registry.Version{}, refuse(42201, "Invalid request: %s", err)
	}
	if d.Text == "" {
		return registry.Version{}, refuse(42201, "Empty schema")
	}
	if d.Type == "" {
		d.Type = registry.Avro
	}
	return registry.Version{
		Subject: r.PathValue("subject"), Version: max(0, d.Version), ID: max(0, d.ID),
		Schema: registry.Schema{Type: d.Type, Text: d.Text, References: d.References},
	}, nil
}

// asked reports whether a parameter of the request is true.
func asked(r *http.Request, parameter string) bool {
	return r.URL.Query().Get(parameter) == "true"
}
