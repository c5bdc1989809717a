package serde

import (
	"bytes"
	"fmt"
	"math/bits"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// delimitedDecoder reads lines.
type delimitedDecoder struct {
	side      catalog.Side
	columns   []delimitedColumn
	delimiter []byte
	partial   bool // there are columns that are always left NULL
	forgiven  pardons
}

type delimitedColumn struct {
	scalar
	field
}

func newDelimitedDecoder(spec Spec) Decoder {
	d := &delimitedDecoder{side: spec.Side, delimiter: []byte(delimiterOf(spec.Format))}
	for _, f := range spec.fields() {
		d.columns = append(d.columns, delimitedColumn{scalarOf(f.Type), f})
		d.partial = d.partial || !f.wanted
	}
	d.partial = d.partial || len(d.columns) < len(spec.Columns)
	return d
}

// Decode reads the first line of src that is not empty.
func (d *delimitedDecoder) Decode(src []byte, row data.Row, arena *data.Arena) (null bool, err error) {
	if src == nil || d.partial {
		clear(row)
	}
	if src == nil {
		return true, nil
	}
	rest, more := bytes.TrimLeft(src, "\r\n"), true
	if len(rest) == 0 {
		return false, d.fault("no fields in the line")
	}
	count := 0
	for more {
		var text []byte
		var message string
		if text, rest, more, message = d.next(rest, arena); message != "" {
			return false, d.fault(message)
		}
		if count < len(d.columns) {
			if err := d.fill(&d.columns[count], text, row, arena); err != nil {
				return false, err
			}
		}
		count++
	}
	if count != len(d.columns) {
		return false, d.fault(fmt.Sprintf("column count mismatch: expected %d, got %d", len(d.columns), count))
	}
	return false, nil
}

func (d *delimitedDecoder) pardons() *pardons { return &d.forgiven }

func (d *delimitedDecoder) fault(message string) *Error {
	return &Error{Side: d.side, Message: message}
}

func (d *delimitedDecoder) fill(c *delimitedColumn, text []byte, row data.Row, arena *data.Arena) error {
	var v data.Value
	if len(text) > 0 {
		var ok bool
		if v, ok = parseBare(text, c.scalar, arena); !ok {
			if !d.forgiven.forgives(int64(c.index)) {
				return d.fault("cannot read " + abbreviated(text) + " as " + c.String() + ", column: " + quoted(c.Name))
			}
			v = data.Null
		}
	}
	if c.wanted {
		row[c.index] = v
	}
	return nil
}

// next takes the next value off the line, and the delimiter behind it. Without
// a delimiter the line is at its end: more is false.
func (d *delimitedDecoder) next(line []byte, arena *data.Arena) (text, rest []byte, more bool, message string) {
	if len(line) > 0 && line[0] == '"' {
		return d.nextQuoted(line, arena)
	}
	if len(d.delimiter) == 1 {
		end := d.separator(line)
		if end < len(line) && line[end] == d.delimiter[0] {
			return line[:end], line[end+1:], true, ""
		}
		return line[:end], nil, false, ""
	}
	if end := bytes.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end]
	}
	text, rest, more = bytes.Cut(line, d.delimiter)
	return text, rest, more, ""
}

// separator returns the position of the first delimiter, which is ASCII, or line
// end; the length if there is neither.
func (d *delimitedDecoder) separator(line []byte) int {
	delimiter, i := d.delimiter[0], 0
	pattern := ones * uint64(delimiter)
	for ; i+8 <= len(line); i += 8 {
		w := load64(line, i)
		found := ((w ^ pattern - ones) | (w ^ (ones * '\n') - ones) | (w ^ (ones * '\r') - ones)) &^ w & highs
		if found != 0 {
			return i + bits.TrailingZeros64(found)>>3
		}
	}
	for ; i < len(line); i++ {
		if c := line[i]; c == delimiter || c == '\n' || c == '\r' {
			break
		}
	}
	return i
}

// nextQuoted is next for a value that begins with a quote. Between its closing
// quote and the delimiter there may be blanks.
func (d *delimitedDecoder) nextQuoted(line []byte, arena *data.Arena) (text, rest []byte, more bool, message string) {
	length, doubled := quotedLen(line)
	if length == 0 {
		return nil, nil, false, "a quote is not closed"
	}
	text, rest = line[1:length-1], line[length:]
	if doubled {
		text = undoubled(text, arena)
	}
	for {
		if bytes.HasPrefix(rest, d.delimiter) {
			return text, rest[len(d.delimiter):], true, ""
		}
		switch {
		case len(rest) == 0 || rest[0] == '\n' || rest[0] == '\r':
			return text, nil, false, ""
		case rest[0] != ' ' && rest[0] != '\t':
			return nil, nil, false, "text between a closing quote and the delimiter"
		}
		rest = rest[1:]
	}
}

// quotedLen returns the length of the quoted value at the start of line, 0 if
// it has no end, and whether there are doubled quotes in it.
func quotedLen(line []byte) (length int, doubled bool) {
	for i := 1; i < len(line); i++ {
		if line[i] != '"' {
			continue
		}
		if i+1 == len(line) || line[i+1] != '"' {
			return i + 1, doubled
		}
		doubled = true
		i++
	}
	return 0, doubled
}

// undoubled returns the text with each two quotes made one, in the arena.
func undoubled(text []byte, arena *data.Arena) []byte {
	kept := arena.Bytes(len(text))[:0]
	for i := 0; i < len(text); i++ {
		kept = append(kept, text[i])
		if text[i] == '"' {
			i++
		}
	}
	return kept
}
