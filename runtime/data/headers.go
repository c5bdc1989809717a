package data

import (
	"errors"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// HeaderColumns are the columns of a row that are written as headers. They are
// immutable.
type HeaderColumns struct {
	all   int // the position of the HEADERS column, negative if there is none
	named []namedHeader
}

// namedHeader is a HEADER('key') column and its position.
type namedHeader struct {
	key   string
	index int
}

// HeadersOf returns the header columns among those of a value.
func HeadersOf(columns []types.Column) *HeaderColumns {
	h := &HeaderColumns{all: -1}
	for i, c := range columns {
		switch {
		case c.Header.All:
			h.all = i
		case c.Header.Key != "":
			h.named = append(h.named, namedHeader{c.Header.Key, i})
		}
	}
	return h
}

var errNoHeaderKey = errors.New("a header without a key is not written")

// Headers returns the headers of the record that a row becomes, of which passed are
// those of the record that it was made of. A HEADERS column is all the headers there
// are, in its order; NULL is none, and elements without a key are left out, which the
// error tells. A HEADER('key') column takes the place of all headers of that name,
// behind the others; NULL is no such header. A nil row keeps what was passed. The
// result shares no memory with the row.
func (h *HeaderColumns) Headers(row Row, passed []Header) ([]Header, error) {
	if row == nil || h.all < 0 && len(h.named) == 0 {
		return slices.Clone(passed), nil
	}
	if h.all >= 0 {
		return writtenHeaders(row[h.all])
	}
	headers := slices.DeleteFunc(slices.Clone(passed), func(p Header) bool {
		return slices.ContainsFunc(h.named, func(n namedHeader) bool { return n.key == p.Key })
	})
	for _, n := range h.named {
		if v := row[n.index]; !v.IsNull() {
			headers = append(headers, Header{Key: n.key, Value: append([]byte{}, v.Raw()...)})
		}
	}
	return headers, nil
}

// writtenHeaders returns the headers that a value of a HEADERS column stands for.
func writtenHeaders(v Value) ([]Header, error) {
	if v.IsNull() {
		return nil, nil
	}
	var headers []Header
	var fault error
	for _, element := range v.Elems() {
		if element.IsNull() || element.Elems()[0].IsNull() {
			fault = errNoHeaderKey
			continue
		}
		header := Header{Key: strings.Clone(element.Elems()[0].Text())}
		if value := element.Elems()[1]; !value.IsNull() {
			header.Value = append([]byte{}, value.Raw()...)
		}
		headers = append(headers, header)
	}
	return headers, fault
}
