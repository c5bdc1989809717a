package lines

import (
	"bytes"
	"fmt"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// Format says how a line is cut into a record:
//
//	name:value,name:value <HeaderDelimiter> key <KeySeparator> value
//
// The zero Format takes the whole line for the value.
type Format struct {
	// KeySeparator stands between the key and the value. Empty means that there are
	// no keys.
	KeySeparator string
	// Headers says that lines begin with headers.
	Headers HeaderFormat
	// Null is the text of a key, a value or a header's value that is null; none if it
	// is empty. An empty text is never null.
	Null string
	// Partition is where the records go, [broker.AnyPartition] for where their keys
	// belong.
	Partition int32
}

// HeaderFormat says how the headers of a line are written.
type HeaderFormat struct {
	// Delimiter ends the headers. Empty means that lines have none.
	Delimiter string
	// Separator stands between two headers, NameSeparator between the name of a header
	// and its value.
	Separator, NameSeparator string
}

// Parse makes a record of a line, whose bytes it aliases. It has no time yet.
func (f *Format) Parse(line []byte) (broker.Message, error) {
	m := broker.Message{Partition: f.Partition}
	rest := line
	if f.Headers.Delimiter != "" {
		head, tail, found := bytes.Cut(rest, []byte(f.Headers.Delimiter))
		if !found {
			return m, fmt.Errorf("there is no %q behind the headers", f.Headers.Delimiter)
		}
		var err error
		if m.Headers, err = f.headers(head); err != nil {
			return m, err
		}
		rest = tail
	}
	if f.KeySeparator != "" {
		key, value, found := bytes.Cut(rest, []byte(f.KeySeparator))
		if !found {
			return m, fmt.Errorf("there is no %q behind a key", f.KeySeparator)
		}
		m.Key, rest = f.orNull(key), value
	}
	m.Value = f.orNull(rest)
	return m, nil
}

// headers reads the headers of a line. None at all are written as nothing or as null.
func (f *Format) headers(text []byte) ([]broker.Header, error) {
	if len(text) == 0 || f.orNull(text) == nil {
		return nil, nil
	}
	var headers []broker.Header
	for part := range bytes.SplitSeq(text, []byte(f.Headers.Separator)) {
		name, value, found := bytes.Cut(part, []byte(f.Headers.NameSeparator))
		if !found {
			return nil, fmt.Errorf("the header %q has no %q before a value", part, f.Headers.NameSeparator)
		}
		headers = append(headers, broker.Header{Key: string(name), Value: f.orNull(value)})
	}
	return headers, nil
}

// orNull returns nil for the text that stands for it, and what is not nil for all others.
func (f *Format) orNull(text []byte) []byte {
	switch {
	case f.Null != "" && string(text) == f.Null:
		return nil
	case text == nil:
		return []byte{}
	}
	return text
}
