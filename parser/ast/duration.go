package ast

import (
	"math"
	"strconv"

	"github.com/ksqlite/ksqlite/parser/source"
)

// Unit is a unit of time, in its plural.
type Unit string

// The units of time that ksqlDB's grammar knows. Windows and timeouts know the
// last five; years and months are arguments of functions only.
const (
	Years        Unit = "YEARS"
	Months       Unit = "MONTHS"
	Days         Unit = "DAYS"
	Hours        Unit = "HOURS"
	Minutes      Unit = "MINUTES"
	Seconds      Unit = "SECONDS"
	Milliseconds Unit = "MILLISECONDS"
)

// Duration is a length of time as written: 10 SECONDS.
type Duration struct {
	source.Span
	Value int64
	// Unit is one of Days to Milliseconds.
	Unit Unit
}

// Millis returns the duration in milliseconds, and false if that is more than
// 64 bits hold.
func (d Duration) Millis() (int64, bool) {
	size := d.Unit.millis()
	if d.Value > math.MaxInt64/size || d.Value < math.MinInt64/size {
		return 0, false
	}
	return d.Value * size, true
}

// millis is the length of a unit from Days to Milliseconds.
func (u Unit) millis() int64 {
	switch u {
	case Days:
		return 24 * Hours.millis()
	case Hours:
		return 60 * Minutes.millis()
	case Minutes:
		return 60 * Seconds.millis()
	case Seconds:
		return 1000
	default:
		return 1
	}
}

func (d Duration) format(p *printer) {
	p.word(strconv.FormatInt(d.Value, 10), string(d.Unit))
}
