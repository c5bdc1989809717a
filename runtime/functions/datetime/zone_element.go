package datetime

import (
	"errors"
	"strings"
	"time"
)

// This file holds the elements of patterns that are about zones.

var errNoZone = errors.New("there is no zone to format")

// offset is the letters X, x and Z: the offset from UTC.
type offset struct {
	style offsetStyle
	zulu  bool // no offset is written Z
}

func (o offset) format(buf []byte, m *moment) ([]byte, error) {
	if !m.zoned {
		return buf, errNoZone
	}
	_, seconds := m.t.Zone()
	if seconds == 0 && o.zulu {
		return append(buf, 'Z'), nil
	}
	return append(buf, formatOffset(seconds, o.style)...), nil
}

func (o offset) parse(p *parser) bool {
	if o.zulu && hasPrefixFold(p.rest(), "Z") {
		return p.setZone(time.UTC, 1)
	}
	seconds, length := matchOffset(p.rest(), o.style)
	return length > 0 && p.setZone(fixed(seconds), length)
}

// fixed returns the zone of an offset in seconds.
func fixed(seconds int) *time.Location {
	if seconds == 0 {
		return time.UTC
	}
	return time.FixedZone(formatOffset(seconds, colonSeconds), seconds)
}

// setZone notes a zone that takes length bytes. An offset that follows a zone
// is taken for granted.
func (p *parser) setZone(zone *time.Location, length int) bool {
	if p.fields.zone == nil {
		p.fields.zone = zone
	}
	p.pos += length
	return true
}

// localOffset is the letter O, and ZZZZ: GMT+8 or, full, GMT+08:00.
type localOffset struct{ full bool }

func (o localOffset) format(buf []byte, m *moment) ([]byte, error) {
	if !m.zoned {
		return buf, errNoZone
	}
	buf = append(buf, "GMT"...)
	_, seconds := m.t.Zone()
	if seconds == 0 {
		return buf, nil
	}
	text := formatOffset(seconds, colonSeconds)
	if !o.full {
		text = strings.TrimSuffix(text, ":00")
		text = text[:1] + strings.TrimPrefix(text[1:], "0")
	}
	return append(buf, text...), nil
}

func (o localOffset) parse(p *parser) bool {
	if !hasPrefixFold(p.rest(), "GMT") {
		return false
	}
	s := p.rest()[3:]
	if s == "" || s[0] != '+' && s[0] != '-' {
		return p.setZone(time.UTC, 3)
	}
	digits := countDigits(s[1:], 2)
	if digits == 1 && !o.full {
		seconds, length := matchOffset(s[:1]+"0"+s[1:], colonSeconds)
		if length == 0 {
			seconds, length = matchOffset(s[:1]+"0"+s[1:2], hoursMaybeMinutes)
		}
		return length > 0 && p.setZone(fixed(seconds), 3+length-1)
	}
	seconds, length := matchOffset(s, colonSeconds)
	if length == 0 && !o.full {
		seconds, length = matchOffset(s[:min(len(s), 3)], hoursMaybeMinutes)
	}
	return length > 0 && p.setZone(fixed(seconds), 3+length)
}

// zoneID is VV: the name of a zone as [FindZone] takes it.
type zoneID struct{}

func (zoneID) format(buf []byte, m *moment) ([]byte, error) {
	if !m.zoned {
		return buf, errNoZone
	}
	return append(buf, m.t.Location().String()...), nil
}

func (zoneID) parse(p *parser) bool {
	zone, length := p.findZone()
	return length > 0 && p.setZone(zone, length)
}

// findZone returns the zone with the longest name at the parser's position.
func (p *parser) findZone() (*time.Location, int) {
	s := p.rest()
	n := 0
	for n < len(s) && n < 40 && zoneByte(s[n]) {
		n++
	}
	for ; n > 0; n-- {
		if zone := p.pattern.zone(s[:n]); zone != nil {
			return zone, n
		}
	}
	return nil, 0
}

// zoneByte reports whether a byte can be part of the name of a zone.
func zoneByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("/_+-:", c) >= 0
}

// zone returns the zone of that name, or nil, and remembers it.
func (p *Pattern) zone(name string) *time.Location {
	if known, ok := p.zones.Load(name); ok {
		return known.(*time.Location)
	}
	zone, err := FindZone(name)
	if err != nil {
		return nil
	}
	p.zones.Store(strings.Clone(name), zone)
	return zone
}

// zoneName is the letter z: the short or full name of a zone, such as PST or
// Pacific Standard Time. Parsed, a name stands for a region, whose clocks
// decide between standard and daylight saving time.
type zoneName struct{ full bool }

func (z zoneName) format(buf []byte, m *moment) ([]byte, error) {
	if !m.zoned {
		return buf, errNoZone
	}
	short, _ := m.t.Zone()
	if z.full {
		region := m.t.Location().String()
		for _, n := range zoneNames {
			if n.short == short && (region == n.region || n.short == "UTC" || n.short == "GMT") {
				return append(buf, n.full...), nil
			}
		}
		for _, n := range zoneNames {
			if n.short == short {
				return append(buf, n.full...), nil
			}
		}
	}
	return append(buf, short...), nil
}

func (z zoneName) parse(p *parser) bool {
	s := p.rest()
	region, length := "", 0
	for _, n := range zoneNames {
		for _, name := range []string{n.short, n.full} {
			if len(name) > length && hasPrefixFold(s, name) {
				region, length = n.region, len(name)
			}
		}
	}
	if length == 0 || length < len(s) && zoneByte(s[length]) { // the whole word may be a region
		if zone, n := p.findZone(); n > length {
			return p.setZone(zone, n)
		}
		if length == 0 {
			return false
		}
	}
	zone := p.pattern.zone(region)
	return zone != nil && p.setZone(zone, length)
}

// zoneNames are the names of zones that have one in English, and the region
// that each stands for where several share it.
var zoneNames = []struct{ short, full, region string }{
	{"UTC", "Coordinated Universal Time", "UTC"},
	{"GMT", "Greenwich Mean Time", "GMT"},
	{"PST", "Pacific Standard Time", "America/Los_Angeles"},
	{"PDT", "Pacific Daylight Time", "America/Los_Angeles"},
	{"MST", "Mountain Standard Time", "America/Denver"},
	{"MDT", "Mountain Daylight Time", "America/Denver"},
	{"CST", "Central Standard Time", "America/Chicago"},
	{"CDT", "Central Daylight Time", "America/Chicago"},
	{"EST", "Eastern Standard Time", "America/New_York"},
	{"EDT", "Eastern Daylight Time", "America/New_York"},
	{"AST", "Atlantic Standard Time", "America/Halifax"},
	{"ADT", "Atlantic Daylight Time", "America/Halifax"},
	{"NST", "Newfoundland Standard Time", "America/St_Johns"},
	{"NDT", "Newfoundland Daylight Time", "America/St_Johns"},
	{"AKST", "Alaska Standard Time", "America/Anchorage"},
	{"AKDT", "Alaska Daylight Time", "America/Anchorage"},
	{"HST", "Hawaii-Aleutian Standard Time", "Pacific/Honolulu"},
	{"BST", "British Summer Time", "Europe/London"},
	{"WET", "Western European Standard Time", "Europe/Lisbon"},
	{"WEST", "Western European Summer Time", "Europe/Lisbon"},
	{"CET", "Central European Standard Time", "Europe/Paris"},
	{"CEST", "Central European Summer Time", "Europe/Paris"},
	{"EET", "Eastern European Standard Time", "Europe/Bucharest"},
	{"EEST", "Eastern European Summer Time", "Europe/Bucharest"},
	{"MSK", "Moscow Standard Time", "Europe/Moscow"},
	{"IST", "India Standard Time", "Asia/Kolkata"},
	{"PKT", "Pakistan Standard Time", "Asia/Karachi"},
	{"JST", "Japan Standard Time", "Asia/Tokyo"},
	{"KST", "Korean Standard Time", "Asia/Seoul"},
	{"HKT", "Hong Kong Standard Time", "Asia/Hong_Kong"},
	{"SAST", "South Africa Standard Time", "Africa/Johannesburg"},
	{"AWST", "Australian Western Standard Time", "Australia/Perth"},
	{"ACST", "Australian Central Standard Time", "Australia/Adelaide"},
	{"ACDT", "Australian Central Daylight Time", "Australia/Adelaide"},
	{"AEST", "Australian Eastern Standard Time", "Australia/Sydney"},
	{"AEDT", "Australian Eastern Daylight Time", "Australia/Sydney"},
	{"NZST", "New Zealand Standard Time", "Pacific/Auckland"},
	{"NZDT", "New Zealand Daylight Time", "Pacific/Auckland"},
}
