package embedded

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// This file answers questions about schemas by their ids, and about all of them.

// byID returns the schema whose id is in the path.
func (h *Handler) byID(r *http.Request) (id int, s registry.Schema, err error) {
	id, err = strconv.Atoi(r.PathValue("id"))
	if err != nil {
		return 0, s, refuse(404, "HTTP 404 Not Found")
	}
	s, err = h.registry.Schema(r.Context(), id)
	return id, s, notFound(err, 40403, "Schema %d not found", id)
}

func (h *Handler) schema(r *http.Request) (any, error) {
	_, s, err := h.byID(r)
	return documentOf(registry.Version{Schema: s}), err
}

func (h *Handler) schemaText(r *http.Request) (any, error) {
	_, s, err := h.byID(r)
	return plain(s.Text), err
}

// uses returns the versions that have the schema of the path.
func (h *Handler) uses(r *http.Request) ([]registry.Version, error) {
	id, _, err := h.byID(r)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(h.all(r), func(v registry.Version) bool { return v.ID != id }), nil
}

func (h *Handler) schemaSubjects(r *http.Request) (any, error) {
	uses, err := h.uses(r)
	subjects := []string{}
	for _, v := range uses {
		subjects = append(subjects, v.Subject)
	}
	return slices.Compact(subjects), err
}

func (h *Handler) schemaVersions(r *http.Request) (any, error) {
	type use struct {
		Subject string `json:"subject"`
		Version int    `json:"version"`
	}
	uses, err := h.uses(r)
	answer := []use{}
	for _, v := range uses {
		answer = append(answer, use{v.Subject, v.Version})
	}
	return answer, err
}

// all returns the versions of all subjects that begin as the request demands, deleted
// ones if it asks for them.
func (h *Handler) all(r *http.Request) []registry.Version {
	var all []registry.Version
	for _, subject := range h.registry.AllSubjects() {
		if strings.HasPrefix(subject, r.URL.Query().Get("subjectPrefix")) {
			all = append(all, h.chosen(r, h.registry.Versions(subject))...)
		}
	}
	return all
}

// chosen leaves deleted versions out, unless the request asks for them, or only for them.
func (h *Handler) chosen(r *http.Request, versions []registry.Version) []registry.Version {
	only := asked(r, "deletedOnly")
	return slices.DeleteFunc(versions, func(v registry.Version) bool {
		return v.Deleted && !only && !asked(r, "deleted") || !v.Deleted && only
	})
}

func (h *Handler) schemas(r *http.Request) (any, error) {
	answer := []document{}
	all := h.all(r)
	for i, v := range all {
		last := i == len(all)-1 || all[i+1].Subject != v.Subject
		if last || !asked(r, "latestOnly") {
			answer = append(answer, documentOf(v))
		}
	}
	return page(r, answer), nil
}

// page returns the part of an answer that the request asks for.
func page[T any](r *http.Request, all []T) []T {
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	all = all[min(max(offset, 0), len(all)):]
	if limit, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil && limit > 0 {
		all = all[:min(limit, len(all))]
	}
	return all
}
