package serde

import (
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// delimitedFormat is the format of one line of values between delimiters, with
// quotes around values that need them (RFC 4180, with empty lines passed over
// and other delimiters than the comma allowed). An empty value is NULL, quoted
// or not, so an empty STRING is read back as NULL. There is one value for each
// column; what follows the first line is not looked at.
func delimitedFormat() *Format {
	return &Format{
		Name:     "DELIMITED",
		Features: catalog.UnwrapSingles,
		Check: func(_ catalog.Side, columns []types.Column) error {
			return checkKinds("DELIMITED", columns, types.KindBoolean, types.KindInt, types.KindBigint, types.KindDouble,
				types.KindDecimal, types.KindString, types.KindBytes, types.KindDate, types.KindTime, types.KindTimestamp)
		},
		NewDecoder: newDelimitedDecoder,
		NewEncoder: newDelimitedEncoder,
	}
}

// delimiterOf returns the delimiter as it stands between values.
func delimiterOf(f catalog.Format) string {
	if f.Delimiter == 0 {
		return ","
	}
	return string(f.Delimiter)
}

// delimitedEncoder writes rows as lines without a line end.
type delimitedEncoder struct {
	fields    []field
	delimiter string
	scratch   []byte // a value that may need quotes
}

func newDelimitedEncoder(spec Spec) Encoder {
	return &delimitedEncoder{fields: spec.fields(), delimiter: delimiterOf(spec.Format)}
}

// Encode appends the values of the row; NULL is an empty value.
func (e *delimitedEncoder) Encode(dst []byte, row data.Row) ([]byte, error) {
	if row == nil {
		return nil, nil
	}
	for i, f := range e.fields {
		if i > 0 {
			dst = append(dst, e.delimiter...)
		}
		switch v := row[f.index]; v.Kind() {
		case types.KindNull:
		case types.KindString:
			dst = e.appendText(dst, v.Raw(), i == 0)
		default:
			e.scratch = appendBare(e.scratch[:0], v, f.Type)
			dst = e.appendText(dst, e.scratch, i == 0)
		}
	}
	return nonNil(dst), nil
}

// appendText appends a text, in quotes if it could be misread without.
func (e *delimitedEncoder) appendText(dst, text []byte, first bool) []byte {
	if !needsQuotes(text, e.delimiter, first) {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	for _, c := range text {
		if c == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, c)
	}
	return append(dst, '"')
}
