package conformance

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// topicCodec turns records of one topic into messages and compares messages with
// them.
type topicCodec struct {
	key, value codec
	window     catalog.Window
	// headers says whether they are compared.
	headers bool
}

// sessionWindow is the type of a session's window in a case; all others are time.
const sessionWindow = "session"

// message encodes a record.
func (c *topicCodec) message(r Record) (broker.Message, error) {
	m := broker.Message{Partition: broker.AnyPartition}
	var err error
	if m.Key, err = c.key.encode(r.Key); err != nil {
		return m, fmt.Errorf("encoding a key for %s: %w", r.Topic, err)
	}
	if m.Value, err = c.value.encode(r.Value); err != nil {
		return m, fmt.Errorf("encoding a value for %s: %w", r.Topic, err)
	}
	if r.Window != nil {
		m.Key = appendWindow(m.Key, r.Window)
	}
	if r.Timestamp != nil {
		m.Time = *r.Timestamp
	}
	m.Headers = headersOf(r.Headers)
	return m, nil
}

// appendWindow adds the bounds of a windowed key.
func appendWindow(key []byte, w *WindowSpec) []byte {
	if w.Type == sessionWindow {
		key = binary.BigEndian.AppendUint64(key, uint64(w.End))
	}
	return binary.BigEndian.AppendUint64(key, uint64(w.Start))
}

func headersOf(specs []HeaderSpec) []data.Header {
	headers := make([]data.Header, len(specs))
	for i, h := range specs {
		headers[i] = data.Header{Key: h.Key}
		if h.Value != nil {
			headers[i].Value = append([]byte{}, *h.Value...)
		}
	}
	return headers
}

// difference says how a message differs from the expected record, "" for not at all.
func (c *topicCodec) difference(m *broker.Message, want Record) *Mismatch {
	checks := []func(*broker.Message, Record) *Mismatch{c.keyDifference, c.valueDifference, c.timeDifference}
	if c.headers {
		checks = append(checks, headerDifference)
	}
	for _, check := range checks {
		if d := check(m, want); d != nil {
			return d
		}
	}
	return nil
}

// Mismatch is a difference between a message and the record that was expected.
type Mismatch struct {
	// Part is key, window, value, headers or timestamp.
	Part string
	// Detail says what both have, which may quote the case.
	Detail string
}

func (c *topicCodec) keyDifference(m *broker.Message, want Record) *Mismatch {
	key := m.Key
	if want.Window != nil {
		inner, d := c.unwindow(key, want.Window)
		if d != "" {
			return &Mismatch{"window", d}
		}
		key = inner
	} else if c.window.Type != catalog.NoWindow && key != nil {
		return &Mismatch{"window", "a windowed key where a plain one is expected"}
	}
	return compare("key", c.key, key, want.Key)
}

// unwindow takes the window off a key and compares it.
func (c *topicCodec) unwindow(key []byte, want *WindowSpec) (inner []byte, difference string) {
	session := want.Type == sessionWindow
	size := 8
	if session {
		size = 16
	}
	switch {
	case c.window.Type == catalog.NoWindow:
		return nil, "a plain key where a windowed one is expected"
	case session != (c.window.Type == catalog.Session):
		return nil, fmt.Sprintf("a window of type %s, not %s", c.window.Type, want.Type)
	case len(key) < size:
		return nil, fmt.Sprintf("a windowed key of %d bytes", len(key))
	}
	inner, bounds := key[:len(key)-size], key[len(key)-size:]
	start := int64(binary.BigEndian.Uint64(bounds[size-8:]))
	end := start + c.window.Size.Milliseconds()
	if session {
		end = int64(binary.BigEndian.Uint64(bounds))
	}
	if start != want.Start || end != want.End {
		return nil, fmt.Sprintf("window [%d,%d], not [%d,%d]", start, end, want.Start, want.End)
	}
	return inner, ""
}

func (c *topicCodec) valueDifference(m *broker.Message, want Record) *Mismatch {
	return compare("value", c.value, m.Value, want.Value)
}

// compare decodes one side and compares it.
func compare(part string, c codec, encoded []byte, want any) *Mismatch {
	var actual any
	if encoded != nil {
		var err error
		if actual, err = c.decode(encoded); err != nil {
			return &Mismatch{part, err.Error()}
		}
	}
	if d := difference("", actual, want); d != "" {
		return &Mismatch{part, d}
	}
	return nil
}

func (*topicCodec) timeDifference(m *broker.Message, want Record) *Mismatch {
	if want.Timestamp == nil || m.Time == *want.Timestamp {
		return nil
	}
	return &Mismatch{"timestamp", fmt.Sprintf("%d, not %d", m.Time, *want.Timestamp)}
}

// headerDifference compares the headers: where none are expected, none may be there.
func headerDifference(m *broker.Message, want Record) *Mismatch {
	expected := headersOf(want.Headers)
	if len(expected) != len(m.Headers) {
		return &Mismatch{"headers", fmt.Sprintf("%d, not %d", len(m.Headers), len(expected))}
	}
	for i, h := range m.Headers {
		e := expected[i]
		if h.Key != e.Key || !bytes.Equal(h.Value, e.Value) || (h.Value == nil) != (e.Value == nil) {
			return &Mismatch{"headers", fmt.Sprintf("%s=%q, not %s=%q", h.Key, h.Value, e.Key, e.Value)}
		}
	}
	return nil
}
