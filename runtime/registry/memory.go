package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Memory is a registry in the process, which ends with it. It accepts every
// schema as the next version of any subject. The zero Memory is empty and ready
// for use; its methods are safe for concurrent use and need no network, so they
// do not look at their contexts.
type Memory struct {
	mu       sync.Mutex
	schemas  map[int]Schema
	ids      map[string]int // by what Identity returns
	subjects map[string][]Version
	settings map[string]Settings
	last     int                // the highest id that was given out by itself
	journal  func(change) error // writes down what changes, before it does; nil for nothing
}

// change is one change of a registry: the memory is a fold over its changes.
type change struct {
	Subject  string    `json:"subject"`
	ID       int       `json:"id,omitempty"`
	Version  int       `json:"version,omitempty"` // of the subject; 0 is the next
	Schema   *Schema   `json:"schema,omitempty"`
	Settings *Settings `json:"settings,omitempty"`
	Deleted  []int     `json:"deleted,omitempty"`  // versions
	Gone     bool      `json:"permanent,omitzero"` // they are deleted for good
}

// commit makes a change, after it is written down.
func (m *Memory) commit(c change) error {
	if m.journal != nil {
		if err := m.journal(c); err != nil {
			return err
		}
	}
	m.apply(c)
	return nil
}

func (m *Memory) apply(c change) {
	if m.subjects == nil {
		m.schemas, m.ids, m.subjects, m.settings = map[int]Schema{}, map[string]int{}, map[string][]Version{}, map[string]Settings{}
	}
	switch {
	case c.Schema != nil:
		m.add(c)
	case c.Settings != nil:
		m.settings[c.Subject] = *c.Settings
	default:
		m.remove(c)
	}
}

func (m *Memory) add(c change) {
	m.schemas[c.ID] = *c.Schema
	if key := Identity(*c.Schema); m.ids[key] == 0 {
		m.ids[key] = c.ID
	}
	versions := m.subjects[c.Subject]
	number := c.Version
	if number == 0 {
		number = 1
		if n := len(versions); n > 0 {
			number = versions[n-1].Version + 1
		}
	}
	versions = append(versions, Version{Subject: c.Subject, Version: number, ID: c.ID, Schema: *c.Schema})
	slices.SortFunc(versions, func(a, b Version) int { return a.Version - b.Version })
	m.subjects[c.Subject] = versions
}

func (m *Memory) remove(c change) {
	var left []Version
	for _, v := range m.subjects[c.Subject] {
		deleted := slices.Contains(c.Deleted, v.Version)
		v.Deleted = v.Deleted || deleted
		if !deleted || !c.Gone {
			left = append(left, v)
		}
	}
	if m.subjects[c.Subject] = left; len(left) == 0 {
		delete(m.subjects, c.Subject)
	}
}

// Register makes the schema the latest version of the subject and returns its id.
// A schema that is known, under whatever subject, keeps its id; one that is a
// version of the subject already adds none.
func (m *Memory) Register(_ context.Context, subject string, s Schema) (id int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id = m.next(s)
	if m.has(subject, id) {
		return id, nil
	}
	if err := m.commit(change{Subject: subject, ID: id, Schema: &s}); err != nil {
		return 0, err
	}
	m.last = max(m.last, id)
	return id, nil
}

// next returns the id that the schema has or would get: the lowest above all that
// were given out.
func (m *Memory) next(s Schema) int {
	if id, known := m.ids[Identity(s)]; known {
		return id
	}
	id := m.last + 1
	for m.taken(id) {
		id++
	}
	return id
}

// RegisterAs is Register with an id that the caller chooses. It is an error if
// another schema has that id.
func (m *Memory) RegisterAs(ctx context.Context, subject string, id int, s Schema) error {
	return m.Import(ctx, Version{Subject: subject, ID: id, Schema: s})
}

// Import is RegisterAs with the number of the version, too; 0 is the next. It is an
// error if the subject has another schema of that number.
func (m *Memory) Import(_ context.Context, v Version) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, taken := m.schemas[v.ID]; taken && Identity(old) != Identity(v.Schema) {
		return fmt.Errorf("schema id %d belongs to another schema", v.ID)
	}
	if m.has(v.Subject, v.ID) {
		return nil
	}
	if slices.ContainsFunc(m.subjects[v.Subject], func(old Version) bool { return old.Version == v.Version }) {
		return fmt.Errorf("version %d of subject %s is another schema", v.Version, v.Subject)
	}
	return m.commit(change{Subject: v.Subject, ID: v.ID, Version: v.Version, Schema: &v.Schema})
}

func (m *Memory) taken(id int) bool {
	_, taken := m.schemas[id]
	return taken
}

// has reports whether the schema of that id is a version of the subject.
func (m *Memory) has(subject string, id int) bool {
	return slices.ContainsFunc(m.subjects[subject], func(v Version) bool { return v.ID == id && !v.Deleted })
}

// Identity is the same for schemas that are the same but for blanks in JSON.
func Identity(s Schema) string {
	var text bytes.Buffer
	if s.Type == Protobuf || json.Compact(&text, []byte(s.Text)) != nil {
		text.Reset()
		text.WriteString(s.Text)
	}
	return fmt.Sprintf("%s %v %s", s.Type, s.References, text.Bytes())
}

// Schema returns the schema of that id.
func (m *Memory) Schema(_ context.Context, id int) (Schema, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.schemas[id]
	if !ok {
		return Schema{}, missing("schema %d", id)
	}
	return s, nil
}

// Latest returns the latest version of the subject.
func (m *Memory) Latest(_ context.Context, subject string) (Version, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, v := range slices.Backward(m.subjects[subject]) {
		if !v.Deleted {
			return v, nil
		}
	}
	return Version{}, missing("subject %s", subject)
}

// Version returns one version of the subject.
func (m *Memory) Version(_ context.Context, subject string, version int) (Version, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, v := range m.subjects[subject] {
		if v.Version == version && !v.Deleted {
			return v, nil
		}
	}
	return Version{}, missing("version %d of subject %s", version, subject)
}

// Versions returns all versions of the subject, the oldest first, those that were
// deleted but not for good among them; nothing if there are none.
func (m *Memory) Versions(subject string) []Version {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.subjects[subject])
}

// AllSubjects returns the names of all subjects that Versions knows something of, sorted.
func (m *Memory) AllSubjects() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.subjects))
}

// Subjects returns the names of all subjects, sorted.
func (m *Memory) Subjects(context.Context) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	names := []string{}
	for name, versions := range m.subjects {
		if slices.ContainsFunc(versions, func(v Version) bool { return !v.Deleted }) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// Delete deletes the subject with all its versions, which count on where it is
// registered again. Their schemas can still be found by their ids, since records may
// have been written with them.
func (m *Memory) Delete(ctx context.Context, subject string) error {
	if _, err := m.Latest(ctx, subject); err != nil {
		return err
	}
	var numbers []int
	for _, v := range m.Versions(subject) {
		numbers = append(numbers, v.Version)
	}
	return m.DeleteVersions(ctx, subject, numbers, false)
}

// DeleteVersions deletes versions of a subject, for good or so that [Memory.Versions]
// still has them.
func (m *Memory) DeleteVersions(_ context.Context, subject string, numbers []int, forGood bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.commit(change{Subject: subject, Deleted: numbers, Gone: forGood})
}

// Settings returns what was set for a subject; "" is about all that have nothing of
// their own.
func (m *Memory) Settings(subject string) Settings {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.settings[subject]
}

// Set replaces the settings of a subject.
func (m *Memory) Set(subject string, s Settings) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.commit(change{Subject: subject, Settings: &s})
}
