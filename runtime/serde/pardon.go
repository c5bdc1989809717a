package serde

import (
	"errors"
	"slices"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file keeps records whose single fields are bad: ksql.fields.on.error=null.
//
// A decoder is strict. Where a field fails, it asks whether that one is forgiven; if
// not, the decoding fails, as it does without this file, and leaves behind where the
// field lies. Then the field is forgiven and the record decoded once more, and so on.
// Good records are decoded once and at full speed, and each fault has its whole path.

// FieldErrors is what is wrong with single fields of a key or value that was decoded
// all the same: they are NULL.
type FieldErrors []*Error

// Error returns the first of them.
func (e FieldErrors) Error() string { return e[0].Error() }

// Unwrap returns all of them.
func (e FieldErrors) Unwrap() []error {
	all := make([]error, len(e))
	for i, fault := range e {
		all[i] = fault
	}
	return all
}

// mostPardons bounds how many fields of one record are forgiven; with more of them
// bad, it is hardly what it is taken for.
const mostPardons = 100

// pardons are the fields of a record whose faults are forgiven. A field is known by
// its place: an offset in the bytes, or whatever else the format has.
type pardons struct {
	places []int64
	last   int64 // one more than the place of the innermost field that failed; 0 for none
}

// has reports whether the field at a place is forgiven.
func (p *pardons) has(place int64) bool { return slices.Contains(p.places, place) }

// forgives is has for a field that has failed. It is asked for each field around a
// fault, the innermost first.
func (p *pardons) forgives(place int64) bool {
	if p.has(place) {
		return true
	}
	if p.last == 0 {
		p.last = place + 1
	}
	return false
}

// next forgives the field that has failed, and reports whether there was one.
func (p *pardons) next() bool {
	if p.last == 0 || len(p.places) == mostPardons {
		return false
	}
	p.places, p.last = append(p.places, p.last-1), 0
	return true
}

// reset forgives nothing any more.
func (p *pardons) reset() { p.places, p.last = p.places[:0], 0 }

// pardoner is a decoder that can forgive. What is not in a single field, such as a
// fault of syntax, it does not ask for.
type pardoner interface {
	Decoder
	pardons() *pardons
}

// forgiving is a Decoder that keeps records with bad fields.
type forgiving struct{ pardoner }

// Decode reads src; fields that cannot be read are NULL, which FieldErrors tell.
func (d forgiving) Decode(src []byte, row data.Row, arena *data.Arena) (null bool, err error) {
	if null, err = d.pardoner.Decode(src, row, arena); err == nil {
		return null, nil
	}
	p := d.pardons()
	defer p.reset()
	var faults FieldErrors
	for p.next() {
		fault, ok := errors.AsType[*Error](err)
		if !ok {
			return false, err
		}
		faults = append(faults, fault)
		if null, err = d.pardoner.Decode(src, row, arena); err == nil {
			return null, faults
		}
	}
	return false, err
}
