package serde

import (
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// jsonFormat is the format of JSON text: an object whose members are the columns, or
// one bare value.
//
// Reading is lenient about names and types and strict about everything else. A
// column takes the member of exactly its name, else the one whose name is its
// own in upper case; of several, the last. A missing member and null are NULL,
// other members are passed over, and so is whatever follows the first value.
// Numbers may be written as text, and a STRING takes any value. Text that is
// not UTF-8 is refused. The files json_*.go have the details.
func jsonFormat() *Format {
	return &Format{
		Name:     "JSON",
		Features: catalog.WrapSingles | catalog.UnwrapSingles | catalog.SampledKeys | catalog.SampledValues,
		Check: func(_ catalog.Side, columns []types.Column) error {
			return checkMaps("JSON", columns)
		},
		NewDecoder: newJSONDecoder,
		NewEncoder: newJSONEncoder,
		Sample:     newJSONSample,
	}
}

// jsonDecoder reads one side of records.
type jsonDecoder struct {
	side    catalog.Side
	row     *jsonObject
	single  *jsonMember // the column of an unwrapped value, else nil
	partial bool        // there are columns that are always left NULL
	scan    jsonScanner
}

func newJSONDecoder(spec Spec) Decoder {
	fields := spec.fields()
	d := &jsonDecoder{side: spec.Side, row: newJSONRow(fields), partial: len(fields) < len(spec.Columns)}
	for _, f := range fields {
		d.partial = d.partial || !f.wanted
	}
	if spec.Format.Unwrapped && len(fields) == 1 {
		d.single = &d.row.members[0]
	}
	return d
}

var byteOrderMark = []byte("\ufeff")

// Decode reads the first value of src; the JSON null is a null key or value.
func (d *jsonDecoder) Decode(src []byte, row data.Row, arena *data.Arena) (null bool, err error) {
	if src == nil {
		clear(row)
		return true, nil
	}
	if d.partial {
		clear(row)
	}
	s := &d.scan
	s.src, s.arena, s.depth = trimMark(src), arena, 0
	i := s.space(0)
	if s.peek(i) == '{' && d.single == nil {
		i = s.object(i, d.row, row)
	} else {
		null, i = d.root(i, row)
	}
	if i < 0 {
		err = &Error{Side: d.side, Path: s.fault.path(), Message: s.fault.message}
	}
	s.src, s.arena = nil, nil
	return null, err
}

func (d *jsonDecoder) pardons() *pardons { return &d.scan.fault.pardons }

// root reads a root that is not the usual object.
func (d *jsonDecoder) root(i int, row data.Row) (null bool, end int) {
	s := &d.scan
	switch {
	case s.peek(i) == 'n':
		clear(row)
		return true, s.word(i, "null")
	case d.single == nil:
		if end = s.skip(i); end < 0 {
			return false, failed
		}
		return false, s.fail(false, "cannot read "+abbreviated(s.src[i:end])+" as an object of columns")
	}
	v, end := d.single.read(s, i, &d.single.jsonNode)
	if end < 0 {
		if s.fault.syntax || !s.fault.forgives(int64(i)) {
			return false, failed
		}
		if v, end = data.Null, s.skip(i); end < 0 {
			return false, failed
		}
	}
	if d.single.keep {
		row[d.single.index] = v
	}
	if next := s.peek(end); s.src[end-1]-'0' <= 9 && next != 0 && !isSpace(next) {
		return false, s.unexpected(end, "the end of the number")
	}
	return false, end
}
