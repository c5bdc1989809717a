package embedded

import (
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// This file answers questions about subjects and their versions, and changes them.

func (h *Handler) subjects(r *http.Request) (any, error) {
	names := []string{}
	for _, v := range h.all(r) {
		names = append(names, v.Subject)
	}
	return page(r, slices.Compact(names)), nil
}

// of returns the versions of the request's subject.
func (h *Handler) of(r *http.Request) ([]registry.Version, error) {
	subject := r.PathValue("subject")
	versions := h.chosen(r, h.registry.Versions(subject))
	if len(versions) == 0 {
		return nil, refuse(40401, "Subject '%s' not found.", subject)
	}
	return versions, nil
}

func (h *Handler) versions(r *http.Request) (any, error) {
	versions, err := h.of(r)
	numbers := make([]int, len(versions))
	for i, v := range versions {
		numbers[i] = v.Version
	}
	return page(r, numbers), err
}

// at returns the version that the request names, among some of its subject.
func at(r *http.Request, versions []registry.Version) (registry.Version, error) {
	name := r.PathValue("version")
	if name == "latest" || name == "-1" {
		return versions[len(versions)-1], nil
	}
	number, err := strconv.Atoi(name)
	if err != nil || number < 1 || number > math.MaxInt32 {
		return registry.Version{}, refuse(42202, "The specified version '%s' is not a valid version id. "+
			"Allowed values are between [1, 2^31-1] and the string \"latest\"", name)
	}
	for _, v := range versions {
		if v.Version == number {
			return v, nil
		}
	}
	return registry.Version{}, refuse(40402, "Version %d not found.", number)
}

func (h *Handler) named(r *http.Request) (registry.Version, error) {
	versions, err := h.of(r)
	if err != nil {
		return registry.Version{}, err
	}
	return at(r, versions)
}

func (h *Handler) version(r *http.Request) (any, error) {
	v, err := h.named(r)
	return documentOf(v), err
}

func (h *Handler) versionText(r *http.Request) (any, error) {
	v, err := h.named(r)
	return plain(v.Schema.Text), err
}

func (h *Handler) referrers(r *http.Request) (any, error) {
	v, err := h.named(r)
	return h.registry.referrers(v), err
}

// lookUp finds a schema among the versions of a subject.
func (h *Handler) lookUp(r *http.Request) (any, error) {
	wanted, err := read(r)
	if err != nil {
		return nil, err
	}
	versions, err := h.of(r)
	if err != nil {
		return nil, err
	}
	if wanted.Schema, err = h.registry.pinned(r.Context(), wanted.Schema); err != nil {
		return nil, err
	}
	for _, v := range slices.Backward(versions) {
		if registry.Identity(v.Schema) == registry.Identity(wanted.Schema) {
			return documentOf(v), nil
		}
	}
	return nil, refuse(40403, "Schema not found")
}

func (h *Handler) register(r *http.Request) (any, error) {
	v, err := read(r)
	if err != nil {
		return nil, err
	}
	v, err = h.registry.register(r.Context(), v)
	return map[string]int{"id": v.ID}, err
}

func (h *Handler) deleteSubject(r *http.Request) (any, error) {
	return h.registry.deleteSubject(r.Context(), r.PathValue("subject"), asked(r, "permanent"))
}

func (h *Handler) deleteVersion(r *http.Request) (any, error) {
	versions := h.registry.Versions(r.PathValue("subject"))
	if len(versions) == 0 {
		return nil, refuse(40401, "Subject '%s' not found.", r.PathValue("subject"))
	}
	v, err := at(r, versions)
	if err != nil {
		return nil, err
	}
	return v.Version, h.registry.deleteVersion(r.Context(), v, asked(r, "permanent"))
}

// compatible says whether a schema could be registered.
func (h *Handler) compatible(r *http.Request) (any, error) {
	return h.compare(r, h.registry.versions(r.PathValue("subject")))
}

// compatibleWith says whether a schema could follow one version.
func (h *Handler) compatibleWith(r *http.Request) (any, error) {
	v, err := h.named(r)
	if err != nil {
		return nil, err
	}
	return h.compare(r, []registry.Version{v})
}

// compare says whether a schema could follow versions, and why not where the request
// is verbose.
func (h *Handler) compare(r *http.Request, versions []registry.Version) (any, error) {
	next, err := read(r)
	if err != nil {
		return nil, err
	}
	if next.Schema, err = h.registry.pinned(r.Context(), next.Schema); err != nil {
		return nil, err
	}
	faults, err := h.registry.check(r.Context(), next.Subject, next.Schema, versions)
	answer := map[string]any{"is_compatible": len(faults) == 0}
	if asked(r, "verbose") {
		answer["messages"] = append([]string{}, faults...)
	}
	return answer, err
}
