package config

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Properties are the properties that are set: by the process and, over that, by
// a session. They are immutable: With and Without return others. The zero
// Properties has every default.
type Properties struct {
	process, session map[string]string
}

// Level says who set a property, in the words of SHOW PROPERTIES.
type Level string

// The levels of properties, weakest first.
const (
	Standard Level = ""
	Server   Level = "SERVER"
	Session  Level = "SESSION"
)

// New returns what a process has set for all its sessions. The error is an
// *UnknownError or a *ValueError.
func New(process map[string]string) (Properties, error) {
	checked := make(map[string]string, len(process))
	for _, name := range slices.Sorted(maps.Keys(process)) {
		row, ok := Find(name)
		if !ok {
			return Properties{}, &UnknownError{Name: name}
		}
		value, err := row.check(process[name])
		if err != nil {
			return Properties{}, err
		}
		checked[row.Name] = value
	}
	return Properties{process: checked}, nil
}

// With returns the properties with one set for the session, as SET does. The
// error is an *UnknownError, a *FixedError or a *ValueError.
func (p Properties) With(name, value string) (Properties, error) {
	row, ok := Find(name)
	if !ok {
		return p, &UnknownError{Name: name}
	}
	if row.Fixed || p.denied(row.Name) {
		return p, &FixedError{Name: name}
	}
	value, err := row.check(value)
	if err != nil {
		return p, err
	}
	session := maps.Clone(p.session)
	if session == nil {
		session = map[string]string{}
	}
	session[row.Name] = value
	return Properties{process: p.process, session: session}, nil
}

// Without returns the properties with one no longer set for the session, as
// UNSET does.
func (p Properties) Without(name string) Properties {
	row, ok := Find(name)
	if !ok {
		return p
	}
	session := maps.Clone(p.session)
	delete(session, row.Name)
	return Properties{process: p.process, session: session}
}

// Override returns the session's value of a property, whose name may have its
// prefix; ok is false if the session has set none.
func (p Properties) Override(name string) (value string, ok bool) {
	row, found := Find(name)
	if !found {
		return "", false
	}
	value, ok = p.session[row.Name]
	return value, ok
}

// Overrides returns what the session has set, by name. The caller owns it.
func (p Properties) Overrides() map[string]string {
	overrides := maps.Clone(p.session)
	if overrides == nil {
		overrides = map[string]string{}
	}
	return overrides
}

// Explicit returns what is set, by the process or the session, of the properties
// that a session can set. The caller owns it. Whatever a statement means depends
// on no others, and no secrets are among them.
func (p Properties) Explicit() map[string]string {
	explicit := map[string]string{}
	for _, row := range table() {
		if value, level, _ := p.Lookup(row.Name); level != Standard && !row.Fixed {
			explicit[row.Name] = value
		}
	}
	return explicit
}

// Lasting returns those of Explicit on which a persistent query depends as long as it
// runs. The caller owns it.
func (p Properties) Lasting() map[string]string {
	lasting := p.Explicit()
	maps.DeleteFunc(lasting, func(name, _ string) bool {
		row, _ := Find(name)
		return row.Momentary
	})
	return lasting
}

// WithOverrides returns the properties with exactly these set for the session,
// unchecked: they come from Explicit or Overrides, perhaps of an earlier process.
func (p Properties) WithOverrides(overrides map[string]string) Properties {
	return Properties{process: p.process, session: maps.Clone(overrides)}
}

// Lookup returns the value in force and who set it; ok is false where it is
// NULL. The name is one of the table's; another one is a fault of the program.
func (p Properties) Lookup(name string) (value string, level Level, ok bool) {
	row, found := Find(name)
	if !found {
		panic("config: no property " + name)
	}
	if value, ok := p.session[row.Name]; ok {
		return value, Session, true
	}
	if value, ok := p.process[row.Name]; ok {
		return value, Server, true
	}
	return row.Default, Standard, !row.Optional
}

// String returns the value of a property as text, "" where it is NULL.
func (p Properties) String(name string) string {
	value, _, _ := p.Lookup(name)
	return value
}

// Int returns the value of a property of kind Whole, 0 where it is NULL.
func (p Properties) Int(name string) int64 {
	n, _ := strconv.ParseInt(p.String(name), 10, 64) // was checked when it was set
	return n
}

// Bool returns the value of a property of kind Flag, false where it is NULL.
func (p Properties) Bool(name string) bool { return p.String(name) == "true" }

// Duration returns the value of a property of kind Millis, 0 where it is NULL.
func (p Properties) Duration(name string) time.Duration { return millis(p.String(name)) }

// List returns the parts of a property of kind List, without empty ones.
func (p Properties) List(name string) []string {
	var parts []string
	for part := range strings.SplitSeq(p.String(name), ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// Matches reports whether one of the patterns of a List property is about the
// whole of text. A pattern that is not a regular expression matches itself.
func (p Properties) Matches(name, text string) bool {
	return slices.ContainsFunc(p.List(name), func(pattern string) bool {
		whole, err := regexp.Compile(`^(?:` + pattern + `)$`)
		if err != nil {
			return pattern == text
		}
		return whole.MatchString(text)
	})
}

// denied reports whether the process forbids sessions to set a property.
func (p Properties) denied(name string) bool {
	return slices.ContainsFunc(p.List(OverridesDenylist), func(denied string) bool {
		return denied == name || shorten(denied) == name
	})
}
