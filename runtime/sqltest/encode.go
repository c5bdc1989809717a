package sqltest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// This file turns the JSON of records in files into the bytes of the topic's format.

// message encodes a record as one of the source.
func (e *Engine) message(s *catalog.Source, r Record) (m broker.Message, err error) {
	m.Partition = broker.AnyPartition
	if m.Key, err = e.encode(s, catalog.KeySide, r.Key); err != nil {
		return m, fmt.Errorf("the key: %w", err)
	}
	if m.Value, err = e.encode(s, catalog.ValueSide, r.Value); err != nil {
		return m, fmt.Errorf("the value: %w", err)
	}
	if m.Key, err = windowed(m.Key, s, r.Window); err != nil {
		return m, err
	}
	if r.Timestamp != nil {
		m.Time = *r.Timestamp
	}
	return m, nil
}

// encode writes JSON as one side of a source's records. JSON stays as it stands, so that
// a test can feed what no statement could insert; a text is the whole of a DELIMITED
// record; for all other formats the JSON is read into the source's columns.
func (e *Engine) encode(s *catalog.Source, side catalog.Side, value json.RawMessage) ([]byte, error) {
	format, columns := s.Value, s.Bare(side)
	if side == catalog.KeySide {
		format = s.Key
	}
	if len(value) == 0 || string(value) == "null" || format.Name == "NONE" {
		return nil, nil
	}
	switch {
	case format.Name == "DELIMITED", len(columns) == 0, isText(format, columns):
		return []byte(textOf(value)), nil
	case format.Name == "JSON":
		var compact bytes.Buffer
		err := json.Compact(&compact, value)
		return compact.Bytes(), err
	case format.Name == "KAFKA":
		value = json.RawMessage(textOf(value)) // "1" is as good as 1
	}
	spec := serde.Spec{Format: format, Side: side, Topic: s.Topic, Columns: columns}
	return e.convert(spec, value)
}

// isText reports whether a side is one text without anything around it.
func isText(f catalog.Format, columns []types.Column) bool {
	return f.Name == "KAFKA" && (columns[0].Type.Kind() == types.KindString || columns[0].Type.Kind() == types.KindBytes)
}

// convert reads JSON and writes it in the format of the spec.
func (e *Engine) convert(spec serde.Spec, value []byte) ([]byte, error) {
	read := spec
	read.Format = catalog.Format{Name: "JSON", Unwrapped: spec.Format.Unwrapped || spec.Format.Name == "KAFKA"}
	decoder, err := e.formats.NewDecoder(read)
	if err != nil {
		return nil, err
	}
	row := make(data.Row, len(spec.Columns))
	if _, err := decoder.Decode(value, row, &data.Arena{}); err != nil {
		return nil, err
	}
	encoder, err := e.formats.NewEncoder(spec)
	if err != nil {
		return nil, err
	}
	return encoder.Encode(nil, row)
}

// textOf returns JSON as the text that a file means by it: strings without quotes,
// everything else as it stands.
func textOf(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}

// windowed adds the bounds of a record's window to its key, which a source with windowed
// keys wants and no other.
func windowed(key []byte, s *catalog.Source, w *Window) ([]byte, error) {
	switch {
	case w == nil && s.Windowed():
		return nil, fmt.Errorf("the keys of %s have windows, the record has none", s.Name)
	case w == nil:
		return key, nil
	case !s.Windowed():
		return nil, fmt.Errorf("the keys of %s have no windows, the record has one", s.Name)
	case w.Type != "time" && w.Type != "session":
		return nil, fmt.Errorf("a window is of the type time or session, not %q", w.Type)
	case (w.Type == "session") != (s.Window.Type == catalog.Session):
		return nil, fmt.Errorf("the keys of %s have windows of the type %s", s.Name, s.Window.Type)
	}
	if w.Type == "session" {
		key = binary.BigEndian.AppendUint64(key, uint64(w.End))
	}
	return binary.BigEndian.AppendUint64(key, uint64(w.Start)), nil
}
