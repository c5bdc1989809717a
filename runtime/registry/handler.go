package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

// Store is what a [Handler] serves: a [Memory] or a [File].
type Store interface {
	Register(ctx context.Context, subject string, s Schema) (id int, err error)
	Schema(ctx context.Context, id int) (Schema, error)
	Versions(ctx context.Context, subject string) ([]Version, error)
	Subjects(ctx context.Context) ([]string, error)
	Delete(ctx context.Context, subject string) error
}

// Handler serves a store over HTTP, in the manner of Confluent's Schema Registry, so
// that its clients can use it. It refuses Avro schemas that are not compatible with
// the versions before them; schemas in other languages are taken as they are. The
// levels of compatibility that clients set are forgotten when it ends.
// It is safe for concurrent use.
type Handler struct {
	mux         http.ServeMux
	store       Store
	levels      levels
	registering sync.Mutex // from the look at the versions until there is one more
}

var _ http.Handler = (*Handler)(nil)

// NewHandler returns a handler of the store, for which every level is BACKWARD.
func NewHandler(s Store) *Handler {
	h := &Handler{store: s}
	for pattern, answer := range map[string]func(*http.Request) (any, error){
		"GET /{$}":                                                  func(*http.Request) (any, error) { return struct{}{}, nil },
		"GET /mode":                                                 func(*http.Request) (any, error) { return map[string]string{"mode": "READWRITE"}, nil },
		"GET /schemas/types":                                        func(*http.Request) (any, error) { return []Type{JSON, Protobuf, Avro}, nil },
		"GET /schemas/ids/{id}":                                     h.schema,
		"GET /subjects":                                             func(r *http.Request) (any, error) { return h.subjects(r.Context()) },
		"POST /subjects/{subject}":                                  h.lookUp,
		"DELETE /subjects/{subject}":                                h.remove,
		"GET /subjects/{subject}/versions":                          h.versions,
		"POST /subjects/{subject}/versions":                         h.register,
		"GET /subjects/{subject}/versions/{version}":                h.version,
		"POST /compatibility/subjects/{subject}/versions":           h.compatibility,
		"POST /compatibility/subjects/{subject}/versions/{version}": h.compatibility,
		"GET /config":                                               h.level,
		"PUT /config":                                               h.setLevel,
		"GET /config/{subject}":                                     h.level,
		"PUT /config/{subject}":                                     h.setLevel,
	} {
		h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, mostBytes)
			result, err := answer(r)
			respond(w, result, err)
		})
	}
	return h
}

// mostBytes is how long a request may be.
const mostBytes = 1 << 22

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// refusal is an error that a client is told with a code; the status is its first
// three digits.
type refusal struct {
	Code    int    `json:"error_code"`
	Message string `json:"message"`
}

func (r *refusal) Error() string { return r.Message }

func refuse(code int, format string, args ...any) *refusal {
	return &refusal{code, fmt.Sprintf(format, args...)}
}

func respond(w http.ResponseWriter, result any, err error) {
	w.Header().Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	if err != nil {
		told, ok := errors.AsType[*refusal](err)
		if !ok {
			told = refuse(50001, "Error in the backend data store: %s", err)
		}
		status := told.Code
		for status > 999 {
			status /= 10
		}
		w.WriteHeader(status)
		result = told
	}
	_ = json.NewEncoder(w).Encode(result) // who does not listen any more is told nothing
}

// document is a schema as it is written in requests and answers.
type document struct {
	Subject    string      `json:"subject,omitempty"`
	Version    int         `json:"version,omitempty"`
	ID         int         `json:"id,omitempty"`
	Type       Type        `json:"schemaType,omitempty"` // not written for Avro
	Text       string      `json:"schema"`
	References []Reference `json:"references,omitempty"`
}

func documentOf(s Schema) document {
	d := document{Type: s.Type, Text: s.Text, References: s.References}
	if s.Type == Avro {
		d.Type = ""
	}
	return d
}

func documentOfVersion(v Version) document {
	d := documentOf(v.Schema)
	d.Subject, d.Version, d.ID = v.Subject, v.Version, v.ID
	return d
}

// read reads the schema of a request.
func read(r *http.Request) (Schema, error) {
	var d document
	if err := json.NewDecoder(r.Body).Decode(&d); err != nil {
		return Schema{}, refuse(42201, "Invalid request: %s", err)
	}
	if d.Type == "" {
		d.Type = Avro
	}
	return Schema{Type: d.Type, Text: d.Text, References: d.References}, nil
}

func (h *Handler) subjects(ctx context.Context) ([]string, error) {
	subjects, err := h.store.Subjects(ctx)
	if subjects == nil {
		subjects = []string{}
	}
	return subjects, err
}

func (h *Handler) schema(r *http.Request) (any, error) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		return nil, refuse(404, "HTTP 404 Not Found")
	}
	s, err := h.store.Schema(r.Context(), id)
	if errors.Is(err, ErrNotFound) {
		return nil, refuse(40403, "Schema %d not found", id)
	}
	return documentOf(s), err
}

// of returns the versions of the request's subject.
func (h *Handler) of(r *http.Request) ([]Version, error) {
	versions, err := h.store.Versions(r.Context(), r.PathValue("subject"))
	if errors.Is(err, ErrNotFound) {
		return nil, refuse(40401, "Subject '%s' not found.", r.PathValue("subject"))
	}
	return versions, err
}

func (h *Handler) versions(r *http.Request) (any, error) {
	versions, err := h.of(r)
	numbers := make([]int, len(versions))
	for i, v := range versions {
		numbers[i] = v.Version
	}
	return numbers, err
}

func (h *Handler) version(r *http.Request) (any, error) {
	versions, err := h.of(r)
	if err != nil {
		return nil, err
	}
	wanted := r.PathValue("version")
	if wanted == "latest" || wanted == "-1" {
		return documentOfVersion(versions[len(versions)-1]), nil
	}
	for _, v := range versions {
		if strconv.Itoa(v.Version) == wanted {
			return documentOfVersion(v), nil
		}
	}
	return nil, refuse(40402, "Version %s not found.", wanted)
}

// lookUp finds a schema among the versions of a subject.
func (h *Handler) lookUp(r *http.Request) (any, error) {
	s, err := read(r)
	if err != nil {
		return nil, err
	}
	versions, err := h.of(r)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		if identity(v.Schema) == identity(s) {
			return documentOfVersion(v), nil
		}
	}
	return nil, refuse(40403, "Schema not found")
}

func (h *Handler) remove(r *http.Request) (any, error) {
	numbers, err := h.versions(r)
	if err != nil {
		return nil, err
	}
	return numbers, h.store.Delete(r.Context(), r.PathValue("subject"))
}

func (h *Handler) register(r *http.Request) (any, error) {
	s, err := read(r)
	if err != nil {
		return nil, err
	}
	h.registering.Lock()
	defer h.registering.Unlock()
	faults, err := h.check(r.Context(), r.PathValue("subject"), s)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, refuse(409, "Schema being registered is incompatible with an earlier schema for subject \"%s\", details: %v",
			r.PathValue("subject"), faults)
	}
	id, err := h.store.Register(r.Context(), r.PathValue("subject"), s)
	return map[string]int{"id": id}, err
}
