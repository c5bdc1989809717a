package embedded

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// This file is about what can be set of a subject, and of all: the level of
// compatibility, and the mode, which says what may be changed.

var modes = []string{"READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT"}

const defaultMode = "READWRITE"

// modeOf returns the mode of a subject. READONLY_OVERRIDE of all is stronger than that
// of a subject.
func (r *Registry) modeOf(subject string) string {
	all := r.Settings("").Mode
	own := r.Settings(subject).Mode
	switch {
	case all == "READONLY_OVERRIDE" || own == "" && all != "":
		return all
	case own != "":
		return own
	}
	return defaultMode
}

// writable refuses changes that the mode forbids: whether a schema brings its id has to
// be as the mode demands.
func (r *Registry) writable(subject string, withID bool) error {
	mode := r.modeOf(subject)
	switch {
	case strings.HasPrefix(mode, "READONLY"):
		return refuse(42205, "Subject %s is in read-only mode", subject)
	case withID && mode != "IMPORT":
		return refuse(42205, "Subject %s is not in import mode", subject)
	}
	return nil
}

// change changes the settings of the request's subject.
func (h *Handler) change(r *http.Request, how func(*registry.Settings)) error {
	h.registry.changing.Lock()
	defer h.registry.changing.Unlock()
	subject := r.PathValue("subject")
	set := h.registry.Settings(subject)
	how(&set)
	return h.registry.Set(subject, set)
}

// global reports whether the request is about everything that has no settings of its own.
func global(r *http.Request) bool {
	return r.PathValue("subject") == "" || asked(r, "defaultToGlobal")
}

func (h *Handler) level(r *http.Request) (any, error) {
	subject := r.PathValue("subject")
	if !global(r) && h.registry.Settings(subject).Level == "" {
		return nil, refuse(40408, "Subject '%s' does not have subject-level compatibility configured", subject)
	}
	return map[string]any{"compatibilityLevel": h.registry.level(subject)}, nil
}

func (h *Handler) setLevel(r *http.Request) (any, error) {
	var wanted struct {
		Level string `json:"compatibility"`
	}
	err := json.NewDecoder(r.Body).Decode(&wanted)
	wanted.Level = strings.ToUpper(wanted.Level)
	if err != nil || !slices.Contains(levels, wanted.Level) {
		return nil, refuse(42203, "Invalid compatibility level. Valid values are %s", strings.Join(levels, ", "))
	}
	return wanted, h.change(r, func(s *registry.Settings) { s.Level = wanted.Level })
}

// resetLevel answers with the level that was, under both names that clients look for.
func (h *Handler) resetLevel(r *http.Request) (any, error) {
	subject := r.PathValue("subject")
	old := h.registry.level(subject)
	if subject != "" && h.registry.Settings(subject).Level == "" {
		return nil, refuse(40401, "Subject '%s' not found.", subject)
	}
	return map[string]any{"compatibilityLevel": old, "compatibility": old}, h.change(r, func(s *registry.Settings) { s.Level = "" })
}

func (h *Handler) mode(r *http.Request) (any, error) {
	subject := r.PathValue("subject")
	if !global(r) && h.registry.Settings(subject).Mode == "" {
		return nil, refuse(40409, "Subject '%s' does not have subject-level mode configured", subject)
	}
	return map[string]string{"mode": h.registry.modeOf(subject)}, nil
}

func (h *Handler) setMode(r *http.Request) (any, error) {
	var wanted struct {
		Mode string `json:"mode"`
	}
	err := json.NewDecoder(r.Body).Decode(&wanted)
	wanted.Mode = strings.ToUpper(wanted.Mode)
	if err != nil || !slices.Contains(modes, wanted.Mode) {
		return nil, refuse(42204, "Invalid mode. Valid values are %s", strings.Join(modes, ", "))
	}
	if wanted.Mode == "IMPORT" && !asked(r, "force") && h.filled(r.PathValue("subject")) {
		return nil, refuse(42205, "Cannot import since found existing subjects")
	}
	return wanted, h.change(r, func(s *registry.Settings) { s.Mode = wanted.Mode })
}

// filled reports whether there are schemas of the subject, or of any if it is empty.
func (h *Handler) filled(subject string) bool {
	if subject == "" {
		return len(h.registry.AllSubjects()) > 0
	}
	return len(h.registry.Versions(subject)) > 0
}

func (h *Handler) resetMode(r *http.Request) (any, error) {
	subject := r.PathValue("subject")
	old := h.registry.modeOf(subject)
	if subject != "" && h.registry.Settings(subject).Mode == "" {
		return nil, refuse(40401, "Subject '%s' not found.", subject)
	}
	return map[string]string{"mode": old}, h.change(r, func(s *registry.Settings) { s.Mode = "" })
}
