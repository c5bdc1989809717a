package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// File is a registry in the process whose schemas are there again the next time: its
// methods return once the change is in a file, a line each. One process at a time may
// use a file.
type File struct {
	Memory
	file *os.File
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
	f.journal = f.write
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
		var c change
		if err := json.Unmarshal(line, &c); err != nil {
			return 0, fmt.Errorf("line %d: %w", number, err)
		}
		f.last = max(f.last, c.ID)
		f.apply(c)
	}
	return complete, nil
}

func (f *File) write(c change) error {
	line, err := json.Marshal(c)
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
