package hub

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// recordDecoder decodes whole records of a source. It belongs to one goroutine at a time.
type recordDecoder struct {
	source     *catalog.Source
	wanted     Wanted
	key, value serde.Decoder
	kept       []error // what is wrong with fields of the record at hand
	headers    []int   // positions of the header columns in the value row
	time       timestamper
	width      int // values of a key row and a value row
}

// newDecoder makes a decoder for what is wanted at the moment. The caller holds mu, if it has to.
func (d *decoders) newDecoder() (*recordDecoder, error) {
	s := d.source
	keyFormat := s.Key
	if len(s.Schema.Key) == 0 {
		keyFormat.Name = "NONE" // whatever it is, nobody reads it
	}
	key, err := d.formats.NewDecoder(serde.Spec{
		Format: keyFormat, Side: catalog.KeySide, Columns: s.Schema.Key, Wanted: d.wanted.Key,
		NullFields: d.nullFields && s.Kind == catalog.Stream,
	})
	if err != nil {
		return nil, err
	}
	value, err := d.formats.NewDecoder(serde.Spec{
		Format: s.Value, Side: catalog.ValueSide, Columns: s.Schema.Value, Wanted: d.wanted.Value,
		NullFields: d.nullFields,
	})
	if err != nil {
		return nil, err
	}
	r := &recordDecoder{source: s, wanted: d.wanted, key: key, value: value, time: d.time}
	r.width = len(s.Schema.Key) + len(s.Schema.Value)
	for i, c := range s.Schema.Value {
		if !c.Header.IsZero() && d.wanted.Value[i] {
			r.headers = append(r.headers, i)
		}
	}
	return r, nil
}

// mustDecoder is newDecoder for a source that a decoder was made for before.
func (d *decoders) mustDecoder() *recordDecoder {
	r, err := d.newDecoder()
	if err != nil {
		panic("hub: a format changed its mind: " + err.Error())
	}
	return r
}

// decode appends the record of m, or a fault.
func (r *recordDecoder) decode(m *broker.Message, into *decoding) {
	into.records = append(into.records, data.Record{
		Time: m.Time, Topic: into.topic, Offset: m.Offset, Partition: m.Partition, Headers: m.Headers,
	})
	record := &into.records[len(into.records)-1]
	r.kept = r.kept[:0]
	if err := r.fill(record, m, into); err != nil {
		if len(r.kept) > 0 { // of which this may be the consequence
			err = fmt.Errorf("%w (%w)", err, r.kept[0])
		}
		into.records = into.records[:len(into.records)-1]
		into.faults = append(into.faults, Fault{Message: m, Err: err})
		return
	}
	for _, fault := range r.kept {
		into.faults = append(into.faults, Fault{Message: m, Err: fault, Kept: true})
	}
}

// keep notes what is wrong with single fields of a key or value; any other error it
// returns.
func (r *recordDecoder) keep(err error, wrap func(error) error) error {
	fields, ok := errors.AsType[serde.FieldErrors](err)
	if !ok {
		return wrap(err)
	}
	for _, fault := range fields {
		r.kept = append(r.kept, wrap(fault))
	}
	return nil
}

// ofKey says that something is wrong with the key.
func ofKey(err error) error { return fmt.Errorf("key: %w", err) }

// ofValue says nothing: a fault is one of the value unless it says otherwise.
func ofValue(err error) error { return err }

func (r *recordDecoder) fill(record *data.Record, m *broker.Message, into *decoding) error {
	if err := r.fillKey(record, m.Key, into); err != nil {
		return err
	}
	if err := r.fillValue(record, m, into); err != nil {
		return err
	}
	if r.time == nil {
		return nil
	}
	ms, err := r.time(record)
	record.Time = ms
	return err
}

func (r *recordDecoder) fillKey(record *data.Record, key []byte, into *decoding) error {
	if r.source.Windowed() && key != nil {
		plain, window, err := r.unwindow(key)
		if err != nil {
			return ofKey(err)
		}
		key, record.Window = plain, window
	}
	row := into.row(len(r.source.Schema.Key))
	null, err := r.key.Decode(key, row, &into.arena)
	if err != nil {
		if err = r.keep(err, ofKey); err != nil {
			return err
		}
	}
	if null && r.source.Kind == catalog.Table {
		return ofKey(errNullKey)
	}
	if !null {
		record.Key = row
	}
	return nil
}

// errNullKey: a row of a table without a key can be neither kept nor deleted.
var errNullKey = errors.New("the key of a table's record is null")

func (r *recordDecoder) fillValue(record *data.Record, m *broker.Message, into *decoding) error {
	row := into.row(len(r.source.Schema.Value))
	null, err := r.value.Decode(m.Value, row, &into.arena)
	if err != nil {
		if err = r.keep(err, ofValue); err != nil {
			return err
		}
	}
	for _, i := range r.headers {
		row[i] = headerColumn(r.source.Schema.Value[i].Header, m.Headers, &into.arena)
	}
	record.Tombstone = null
	if !null || r.source.Kind == catalog.Stream {
		record.Value = row
	}
	return nil
}

// unwindow takes the window bounds off a key: 8 bytes start for tumbling and
// hopping windows, 8 bytes end and 8 bytes start for sessions.
func (r *recordDecoder) unwindow(key []byte) ([]byte, data.Window, error) {
	size := 8
	if r.source.Window.Type == catalog.Session {
		size = 16
	}
	if len(key) < size {
		return nil, data.Window{}, fmt.Errorf("a windowed key has at least %d bytes, this one has %d", size, len(key))
	}
	plain, bounds := key[:len(key)-size], key[len(key)-size:]
	start := int64(binary.BigEndian.Uint64(bounds[size-8:]))
	if r.source.Window.Type == catalog.Session {
		return plain, data.Window{Start: start, End: int64(binary.BigEndian.Uint64(bounds))}, nil
	}
	return plain, data.Window{Start: start, End: start + r.source.Window.Size.Milliseconds()}, nil
}

// headerColumn returns the value of a header column: of HEADER('key') the last
// header of that name.
func headerColumn(h types.Header, headers []data.Header, arena *data.Arena) data.Value {
	if h.All {
		return allHeaders(headers, arena)
	}
	for _, header := range slices.Backward(headers) {
		if header.Key == h.Key {
			return bytesOrNull(header.Value)
		}
	}
	return data.Null
}

func allHeaders(headers []data.Header, arena *data.Arena) data.Value {
	elems := arena.Values(len(headers))
	for i, h := range headers {
		pair := arena.Values(2)
		pair[0], pair[1] = data.String(h.Key), bytesOrNull(h.Value)
		elems[i] = data.Struct(pair)
	}
	return data.Array(elems)
}

func bytesOrNull(b []byte) data.Value {
	if b == nil {
		return data.Null
	}
	return data.Bytes(b)
}
