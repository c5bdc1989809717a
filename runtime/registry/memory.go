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
	ids      map[string]int // by what identity returns
	subjects map[string][]Version
	last     int // the highest id that was given out by itself
}

// Register makes the schema the latest version of the subject and returns its id.
// A schema that is known, under whatever subject, keeps its id; one that is a
// version of the subject already adds none.
func (m *Memory) Register(_ context.Context, subject string, s Schema) (id int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id = m.next(s)
	m.last = max(m.last, id)
	m.add(subject, id, s)
	return id, nil
}

// next returns the id that the schema has or would get: the lowest above all that
// were given out.
func (m *Memory) next(s Schema) int {
	if id, known := m.ids[identity(s)]; known {
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
func (m *Memory) RegisterAs(_ context.Context, subject string, id int, s Schema) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.belongs(id, s); err != nil {
		return err
	}
	m.add(subject, id, s)
	return nil
}

// belongs reports an id that another schema has.
func (m *Memory) belongs(id int, s Schema) error {
	if old, taken := m.schemas[id]; taken && identity(old) != identity(s) {
		return fmt.Errorf("schema id %d belongs to another schema", id)
	}
	return nil
}

func (m *Memory) taken(id int) bool {
	_, taken := m.schemas[id]
	return taken
}

// has reports whether the schema of that id is a version of the subject.
func (m *Memory) has(subject string, id int) bool {
	return slices.ContainsFunc(m.subjects[subject], func(v Version) bool { return v.ID == id })
}

func (m *Memory) add(subject string, id int, s Schema) {
	if m.schemas == nil {
		m.schemas, m.ids, m.subjects = map[int]Schema{}, map[string]int{}, map[string][]Version{}
	}
	m.schemas[id] = s
	if key := identity(s); m.ids[key] == 0 {
		m.ids[key] = id
	}
	if m.has(subject, id) {
		return
	}
	versions := m.subjects[subject]
	next := 1
	if n := len(versions); n > 0 {
		next = versions[n-1].Version + 1
	}
	m.subjects[subject] = append(versions, Version{Subject: subject, Version: next, ID: id, Schema: s})
}

// identity is the same for schemas that are the same but for blanks in JSON.
func identity(s Schema) string {
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
	versions := m.subjects[subject]
	if len(versions) == 0 {
		return Version{}, missing("subject %s", subject)
	}
	return versions[len(versions)-1], nil
}

// Version returns one version of the subject.
func (m *Memory) Version(_ context.Context, subject string, version int) (Version, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, v := range m.subjects[subject] {
		if v.Version == version {
			return v, nil
		}
	}
	return Version{}, missing("version %d of subject %s", version, subject)
}

// Versions returns all versions of the subject, the oldest first.
func (m *Memory) Versions(_ context.Context, subject string) ([]Version, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	versions := m.subjects[subject]
	if len(versions) == 0 {
		return nil, missing("subject %s", subject)
	}
	return slices.Clone(versions), nil
}

// Subjects returns the names of all subjects, sorted.
func (m *Memory) Subjects(context.Context) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.subjects)), nil
}

// Delete forgets the subject with all its versions. Their schemas can still be
// found by their ids, since records may have been written with them.
func (m *Memory) Delete(_ context.Context, subject string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.subjects[subject]; !ok {
		return missing("subject %s", subject)
	}
	delete(m.subjects, subject)
	return nil
}
