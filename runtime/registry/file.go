package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// File is a registry in the process whose schemas are there again the next time:
// it writes down each registration. One process at a time may use a file.
type File struct {
	Memory
	file *os.File
}

// entry is one line of the file.
type entry struct {
	Subject string  `json:"subject"`
	ID      int     `json:"id,omitempty"` // 0 where the subject was deleted
	Schema  *Schema `json:"schema,omitempty"`
}

// OpenFile returns the registry that a file holds; a file that is not there is an
// empty registry. A last line without an end was not written completely and is
// taken away.
func OpenFile(path string) (*File, error) {
	f := &File{}
	complete, err := f.load(path)
	if err != nil {
		return nil, fmt.Errorf("reading the schemas in %s: %w", path, err)
	}
	if f.file, err = os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644); err != nil {
		return nil, fmt.Errorf("opening the schemas: %w", err)
	}
	if err := errors.Join(f.file.Truncate(complete), seek(f.file, complete)); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the schemas: %w", err), f.file.Close())
	}
	return f, nil
}

func seek(f *os.File, to int64) error {
	_, err := f.Seek(to, io.SeekStart)
	return err
}

// load reads the complete lines and returns where they end.
func (f *File) load(path string) (complete int64, err error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	complete = int64(bytes.LastIndexByte(content, '\n') + 1)
	number := 0
	for line := range bytes.Lines(content[:complete]) {
		number++
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return 0, fmt.Errorf("line %d: %w", number, err)
		}
		f.replay(e)
	}
	return complete, nil
}

func (f *File) replay(e entry) {
	if e.Schema == nil {
		delete(f.subjects, e.Subject)
		return
	}
	f.last = max(f.last, e.ID)
	f.add(e.Subject, e.ID, *e.Schema)
}

// Register is [Memory.Register]. It returns once the file has the schema.
func (f *File) Register(_ context.Context, subject string, s Schema) (id int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id = f.next(s)
	if f.has(subject, id) {
		return id, nil
	}
	if err := f.write(entry{Subject: subject, ID: id, Schema: &s}); err != nil {
		return 0, err
	}
	f.last = max(f.last, id)
	f.add(subject, id, s)
	return id, nil
}

// RegisterAs is [Memory.RegisterAs]. It returns once the file has the schema.
func (f *File) RegisterAs(_ context.Context, subject string, id int, s Schema) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.belongs(id, s); err != nil {
		return err
	}
	if f.has(subject, id) {
		return nil
	}
	if err := f.write(entry{Subject: subject, ID: id, Schema: &s}); err != nil {
		return err
	}
	f.add(subject, id, s)
	return nil
}

// Delete is [Memory.Delete].
func (f *File) Delete(_ context.Context, subject string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.subjects[subject]; !ok {
		return missing("subject %s", subject)
	}
	if err := f.write(entry{Subject: subject}); err != nil {
		return err
	}
	delete(f.subjects, subject)
	return nil
}

func (f *File) write(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := f.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("writing a schema: %w", err)
	}
	return f.file.Sync()
}

// Close closes the file. The registry must not be used any more.
func (f *File) Close() error { return f.file.Close() }
