package kafka_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	engine "github.com/ksqlite/ksqlite/runtime/exec"
)

// fileLog keeps statements in a file, for processes that come one after the other. It
// holds no service id, so that none has to wait until the one that was killed is missed.
type fileLog struct{ name string }

var _ engine.Log = fileLog{}

// Entries implements engine.Log.
func (l fileLog) Entries(_ context.Context, n int64) ([]engine.Entry, error) {
	text, err := os.ReadFile(l.name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var entries []engine.Entry
	for line := range bytes.Lines(text) {
		var e engine.Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries[n:], nil
}

// Append implements engine.Log.
func (l fileLog) Append(_ context.Context, _ int64, e engine.Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(l.name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}

// Close implements engine.Log.
func (fileLog) Close() error { return nil }
