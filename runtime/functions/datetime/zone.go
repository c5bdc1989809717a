package datetime

import (
	"fmt"
	"strings"
	"time"
)

// FindZone returns a zone by its name: that of a region, such as
// Europe/Berlin, or an offset, such as +02:00, -0530, Z or GMT+2. Regions need
// the time zone database of the machine or of package time/tzdata.
func FindZone(name string) (*time.Location, error) {
	if zone, ok := offsetZone(name); ok {
		return zone, nil
	}
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("unknown time zone '%s'", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("unknown time zone '%s'", strings.ToValidUTF8(name, "?"))
	}
	return zone, nil
}

// offsetZone reads an offset, possibly behind UTC, GMT or UT.
func offsetZone(name string) (*time.Location, bool) {
	text := name
	for _, prefix := range []string{"UTC", "GMT", "UT"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "" {
			text = rest
			break
		}
	}
	if text == "Z" {
		return time.FixedZone("Z", 0), true
	}
	if len(text) == 2 { // +h
		text = text[:1] + "0" + text[1:]
	}
	seconds, n := matchOffset(text, hoursMaybeMinutes)
	for _, style := range []offsetStyle{hoursMinutesMaybeSeconds, colonSeconds} {
		if s, length := matchOffset(text, style); length > n {
			seconds, n = s, length
		}
	}
	if n == 0 || n != len(text) {
		return nil, false
	}
	return time.FixedZone(name[:len(name)-len(text)]+formatOffset(seconds, colonSeconds), seconds), true
}

// offsetStyle is a form of an offset.
type offsetStyle uint8

const (
	hoursMaybeMinutes        offsetStyle = iota // +08 or +0830
	hoursMinutes                                // +0830
	colonMinutes                                // +08:30
	hoursMinutesMaybeSeconds                    // +0830 or +083015
	colonSeconds                                // +08:30 or +08:30:15
)

// parts says how many of minutes and seconds a style has at least and at most.
func (s offsetStyle) parts() (least, most int) {
	switch s {
	case hoursMaybeMinutes:
		return 0, 1
	case hoursMinutes, colonMinutes:
		return 1, 1
	}
	return 1, 2
}

func (s offsetStyle) colons() bool { return s == colonMinutes || s == colonSeconds }

// matchOffset returns the offset at the front of s, and its length in bytes or 0.
func matchOffset(s string, style offsetStyle) (seconds, length int) {
	if s == "" || s[0] != '+' && s[0] != '-' || countDigits(s[1:], 2) < 2 {
		return 0, 0
	}
	seconds, length = int(atoi(s[1:3]))*3600, 3
	least, most := style.parts()
	unit := 60
	for i := range most {
		at := length
		if style.colons() && strings.HasPrefix(s[at:], ":") {
			at++
		}
		if countDigits(s[at:], 2) < 2 || style.colons() && at == length {
			if i < least {
				return 0, 0
			}
			break
		}
		part := int(atoi(s[at : at+2]))
		if part > 59 {
			return 0, 0
		}
		seconds, length, unit = seconds+part*unit, at+2, 1
	}
	if seconds > 18*3600 {
		return 0, 0
	}
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, length
}

// formatOffset returns an offset as it is written in a style.
func formatOffset(seconds int, style offsetStyle) string {
	sign, colon := byte('+'), ""
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	if style.colons() {
		colon = ":"
	}
	hours, minutes, rest := seconds/3600, seconds/60%60, seconds%60
	least, most := style.parts()
	out := fmt.Sprintf("%c%02d", sign, hours)
	if least > 0 || minutes != 0 {
		out += fmt.Sprintf("%s%02d", colon, minutes)
	}
	if most > 1 && rest != 0 {
		out += fmt.Sprintf("%s%02d", colon, rest)
	}
	return out
}
