package datetime

import (
	"fmt"
	"time"
)

// AppendTimestamp appends a time in milliseconds since 1970-01-01T00:00 UTC as it is in a zone.
func (p *Pattern) AppendTimestamp(buf []byte, ms int64, zone *time.Location) ([]byte, error) {
	return p.append(buf, &moment{t: time.UnixMilli(ms).In(zone), date: true, clock: true, zoned: true})
}

// AppendDate appends a date in days since 1970-01-01. A pattern that asks for
// the time of day or the zone, outside of optional parts, is an error.
func (p *Pattern) AppendDate(buf []byte, days int64) ([]byte, error) {
	return p.append(buf, &moment{t: time.Unix(days*secondsPerDay, 0).UTC(), date: true})
}

// AppendTime appends a time of day in milliseconds since midnight. A pattern
// that asks for the date or the zone, outside of optional parts, is an error.
func (p *Pattern) AppendTime(buf []byte, ms int64) ([]byte, error) {
	return p.append(buf, &moment{t: time.UnixMilli(ms).UTC(), clock: true})
}

func (p *Pattern) append(buf []byte, m *moment) ([]byte, error) {
	out, err := formatAll(buf, p.elements, m)
	if err != nil {
		return buf, fmt.Errorf("pattern '%s': %w", p.text, err)
	}
	return out, nil
}

// formatAll appends what all of the elements make of m.
func formatAll(buf []byte, elements []element, m *moment) ([]byte, error) {
	for _, e := range elements {
		var err error
		if buf, err = e.format(buf, m); err != nil {
			return nil, err
		}
	}
	return buf, nil
}
