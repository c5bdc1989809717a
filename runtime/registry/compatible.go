package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/twmb/avro"
)

// This file is about whether a schema may follow those before it.

// levels are the levels of compatibility: of subjects, and under "" of all others.
type levels struct {
	mu        sync.Mutex
	bySubject map[string]string
}

// levelNames are the levels of the registry. TRANSITIVE ones are about all versions,
// the others about the latest.
var levelNames = []string{"NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"}

func (l *levels) of(subject string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, name := range []string{subject, ""} {
		if level, ok := l.bySubject[name]; ok {
			return level
		}
	}
	return "BACKWARD"
}

func (l *levels) set(subject, level string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bySubject == nil {
		l.bySubject = map[string]string{}
	}
	l.bySubject[subject] = level
}

func (h *Handler) level(r *http.Request) (any, error) {
	return map[string]string{"compatibilityLevel": h.levels.of(r.PathValue("subject"))}, nil
}

func (h *Handler) setLevel(r *http.Request) (any, error) {
	var asked struct {
		Level string `json:"compatibility"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || !slices.Contains(levelNames, asked.Level) {
		return nil, refuse(42203, "Invalid compatibility level. Valid values are %s", strings.Join(levelNames, ", "))
	}
	h.levels.set(r.PathValue("subject"), asked.Level)
	return asked, nil
}

func (h *Handler) compatibility(r *http.Request) (any, error) {
	s, err := read(r)
	if err != nil {
		return nil, err
	}
	faults, err := h.check(r.Context(), r.PathValue("subject"), s)
	return map[string]any{"is_compatible": len(faults) == 0, "messages": faults}, err
}

// check returns why a schema cannot be the next version of the subject; one that is
// a version already can. The error is that it is no schema, or that the store fails.
func (h *Handler) check(ctx context.Context, subject string, s Schema) (faults []string, err error) {
	if s.Type != Avro {
		return nil, nil
	}
	next, err := h.parse(ctx, s)
	if err != nil {
		return nil, refuse(42201, "Invalid schema: %s", err)
	}
	versions, err := h.store.Versions(ctx, subject)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(versions, func(v Version) bool { return identity(v.Schema) == identity(s) }) {
		return nil, nil
	}
	level := h.levels.of(subject)
	if !strings.HasSuffix(level, "_TRANSITIVE") {
		versions = versions[len(versions)-1:]
	}
	for _, v := range versions {
		if v.Schema.Type != Avro {
			faults = append(faults, fmt.Sprintf("version %d is of type %s", v.Version, v.Schema.Type))
			continue
		}
		old, err := h.parse(ctx, v.Schema)
		if err != nil {
			return nil, err
		}
		faults = append(faults, incompatible(level, old, next)...)
	}
	return faults, nil
}

// incompatible returns why next cannot follow old. Backward, readers with the next
// schema have to read what was written with the old one; forward, the other way round.
func incompatible(level string, old, next *avro.Schema) (faults []string) {
	if strings.HasPrefix(level, "BACKWARD") || strings.HasPrefix(level, "FULL") {
		if err := avro.CheckCompatibility(old, next); err != nil {
			faults = append(faults, err.Error())
		}
	}
	if strings.HasPrefix(level, "FORWARD") || strings.HasPrefix(level, "FULL") {
		if err := avro.CheckCompatibility(next, old); err != nil {
			faults = append(faults, err.Error())
		}
	}
	return faults
}

// parse reads a schema and what it refers to.
func (h *Handler) parse(ctx context.Context, s Schema) (*avro.Schema, error) {
	var cache avro.SchemaCache
	if err := h.refer(ctx, &cache, s, 0); err != nil {
		return nil, err
	}
	return cache.Parse(s.Text)
}

// refer reads what a schema refers to, the referred before what refers to it.
func (h *Handler) refer(ctx context.Context, cache *avro.SchemaCache, s Schema, depth int) error {
	const deepest = 50
	if depth > deepest {
		return errors.New("the references are too deep")
	}
	for _, r := range s.References {
		versions, err := h.store.Versions(ctx, r.Subject)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(versions, func(v Version) bool { return v.Version == r.Version })
		if i < 0 {
			return missing("version %d of subject %s", r.Version, r.Subject)
		}
		if err := h.refer(ctx, cache, versions[i].Schema, depth+1); err != nil {
			return err
		}
		if _, err := cache.Parse(versions[i].Schema.Text); err != nil {
			return err
		}
	}
	return nil
}
