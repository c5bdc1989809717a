package hub

import (
	"fmt"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/functions/datetime"
)

// timestamper gives the event time of a record, ms since the epoch, from one of its columns.
type timestamper = func(*data.Record) (int64, error)

// Timestamp returns what gives the event time of a source's records by its
// TIMESTAMP property; nil if the source has none, so that their own time counts. A
// record without a value keeps its own time. A time before 1970 is an error, as
// Kafka Streams drops such records.
func Timestamp(s *catalog.Source) (func(*data.Record) (int64, error), error) {
	if s.Timestamp == "" {
		return nil, nil
	}
	ref, typ, ok := s.Schema.Find(s.Timestamp)
	if !ok {
		return nil, fmt.Errorf("the TIMESTAMP column %s is not in the schema of %s", s.Timestamp, s.Name)
	}
	parse, err := parseTime(s, typ)
	if err != nil {
		return nil, err
	}
	return func(r *data.Record) (int64, error) {
		v := column(r, ref)
		switch {
		case r.Tombstone && v.IsNull():
			return r.Time, nil
		case v.IsNull():
			return 0, fmt.Errorf("the TIMESTAMP column %s is NULL", s.Timestamp)
		}
		at, err := parse(v)
		if err == nil && at < 0 {
			err = fmt.Errorf("the TIMESTAMP column %s is %d: a record has no time before 1970", s.Timestamp, at)
		}
		return at, err
	}, nil
}

// extractTime prepares the source's TIMESTAMP property, if it has one. The column is always decoded.
func (d *decoders) extractTime() (err error) {
	if d.time, err = Timestamp(d.source); d.time != nil {
		ref, _, _ := d.source.Schema.Find(d.source.Timestamp)
		d.wanted.addColumn(ref)
	}
	return err
}

func (w Wanted) addColumn(ref types.Ref) {
	if ref.Place == types.InKey {
		w.Key[ref.Index] = true
		return
	}
	w.Value[ref.Index] = true
}

func column(r *data.Record, ref types.Ref) data.Value {
	row := r.Value
	if ref.Place == types.InKey {
		row = r.Key
	}
	if row == nil {
		return data.Null
	}
	return row[ref.Index]
}

// parseTime returns how a value of the TIMESTAMP column becomes a time. Text is
// read as UTC unless it names a zone.
func parseTime(s *catalog.Source, typ *types.Type) (func(data.Value) (int64, error), error) {
	if typ.Kind() != types.KindString {
		return func(v data.Value) (int64, error) { return v.Int64(), nil }, nil
	}
	pattern, err := datetime.Compile(s.TimestampFormat)
	if err != nil {
		return nil, fmt.Errorf("TIMESTAMP_FORMAT of %s: %w", s.Name, err)
	}
	return func(v data.Value) (int64, error) { return pattern.ParseTimestamp(v.Text(), time.UTC) }, nil
}
