package exec

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// FileLog is a Log in a file: one JSON object a line. Nothing but the last line
// can be damaged by a crash, and that one only when its statement was never
// acknowledged; it is dropped when the log is opened. The folder's owner sees to
// it that no two processes open the same file.
type FileLog struct {
	file    *os.File
	entries []Entry
	// size is the length of the sound lines.
	size int64
}

var _ Log = (*FileLog)(nil)

// OpenFileLog opens the log in the file of that name, which is made if it is not
// there.
func OpenFileLog(name string) (*FileLog, error) {
	_, err := os.Stat(name)
	fresh := errors.Is(err, os.ErrNotExist)
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening the log of statements: %w", err)
	}
	l := &FileLog{file: file}
	if err := l.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("reading the log of statements %s: %w", name, err), file.Close())
	}
	if fresh {
		if err := syncFolder(filepath.Dir(name)); err != nil {
			return nil, errors.Join(fmt.Errorf("making the log of statements %s: %w", name, err), file.Close())
		}
	}
	return l, nil
}

// load reads all lines and cuts off one that was not written whole.
func (l *FileLog) load() error {
	text, err := io.ReadAll(l.file)
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		line, rest, whole := bytes.Cut(text, []byte{'\n'})
		if !whole { // the line that was being written when the process died
			return l.truncate()
		}
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		l.entries = append(l.entries, e)
		l.size += int64(len(line)) + 1
		text = rest
	}
}

// truncate cuts the file to its sound lines.
func (l *FileLog) truncate() error {
	if err := l.file.Truncate(l.size); err != nil {
		return err
	}
	_, err := l.file.Seek(l.size, io.SeekStart)
	return err
}

// Entries returns what the file holds behind the first n.
func (l *FileLog) Entries(_ context.Context, n int64) ([]Entry, error) { return l.entries[n:], nil }

// Append writes the entry and waits until the disk has it. After an error the
// file is as it was before.
func (l *FileLog) Append(_ context.Context, n int64, e Entry) error {
	if n != int64(len(l.entries)) {
		return ErrOvertaken
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("writing the log of statements: %w", err)
	}
	line = append(line, '\n')
	if err := l.write(line); err != nil {
		return errors.Join(fmt.Errorf("writing the log of statements: %w", err), l.truncate())
	}
	l.size += int64(len(line))
	l.entries = append(l.entries, e)
	return nil
}

func (l *FileLog) write(line []byte) error {
	if _, err := l.file.Write(line); err != nil {
		return err
	}
	return l.file.Sync()
}

// Close closes the file.
func (l *FileLog) Close() error { return l.file.Close() }

// syncFolder makes the name of a new file durable.
func syncFolder(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	// Windows cannot sync folders, and needs not to.
	_ = folder.Sync()
	return folder.Close()
}
