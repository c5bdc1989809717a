package serde

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file guesses the format of topics that nobody has declared, as PRINT does.

// Guess is the list of formats that the keys or the values of a topic can be
// in, as far as they have been seen. It belongs to one goroutine.
type Guess struct {
	candidates []candidate
	started    bool // something not null has been seen
}

// candidate is a format that is still possible.
type candidate struct {
	name string
	// show appends the bytes as they read in the format; ok is false if they cannot be in it.
	show func(dst, src []byte) (text []byte, ok bool)
}

// NewGuess returns a guess that holds all formats that can be told from the bytes,
// in the order in which ksqlDB prefers them: those with a schema registry only if
// there is one. Keys can be windowed as well.
func (fs *Formats) NewGuess(side catalog.Side) *Guess {
	g := &Guess{}
	for _, c := range fs.candidates(side) {
		if side == catalog.KeySide {
			g.candidates = append(g.candidates,
				candidate{"SESSION(" + c.name + ")", showSession(c.show)},
				candidate{"HOPPING(" + c.name + ")", showWindowed(c.show)},
				candidate{"TUMBLING(" + c.name + ")", showWindowed(c.show)})
		}
		g.candidates = append(g.candidates, c)
	}
	return g
}

func (fs *Formats) candidates(side catalog.Side) []candidate {
	candidates := []candidate{
		{"JSON", showJSON},
		{"KAFKA_INT", showKafka(types.KindInt)},
		{"KAFKA_BIGINT", showKafka(types.KindBigint)},
		{"KAFKA_DOUBLE", showKafka(types.KindDouble)},
		{"KAFKA_STRING", showText},
	}
	if fs.schemas.check() != nil {
		return candidates
	}
	return slices.Concat([]candidate{
		fs.registered("AVRO", side, printAvro),
		fs.registered("PROTOBUF", side, printProto),
		candidates[0],
		fs.registered("JSON_SR", side, printJSON),
	}, candidates[1:])
}

// Observe drops the formats that src cannot be in and reports whether that
// changes what [Guess.Formats] says. A nil src tells nothing.
func (g *Guess) Observe(src []byte) (changed bool) {
	if src == nil {
		return false
	}
	before := len(g.candidates)
	g.candidates = slices.DeleteFunc(g.candidates, func(c candidate) bool {
		_, ok := c.show(nil, src)
		return !ok
	})
	changed = !g.started || len(g.candidates) < before
	g.started = true
	return changed
}

// Fits reports whether a format is left that what was seen can be in.
func (g *Guess) Fits() bool { return len(g.candidates) > 0 }

// Formats returns the formats that are left, as PRINT says it behind "Key format: ".
func (g *Guess) Formats() string {
	switch {
	case !g.started:
		return `¯\_(ツ)_/¯ - no data processed`
	case len(g.candidates) == 0:
		return " does not match any supported format. It may be a STRING with encoding other than UTF8, or some other format."
	}
	names := make([]string, len(g.candidates))
	for i, c := range g.candidates {
		names[i] = c.name
	}
	return strings.Join(names, " or ")
}

// Append appends src as it reads in the first of the formats that are left;
// with none left, its bytes, those that cannot be printed as \xNN. A nil src is <null>.
func (g *Guess) Append(dst, src []byte) []byte {
	if src == nil {
		return append(dst, "<null>"...)
	}
	if len(g.candidates) == 0 {
		return appendRaw(dst, src)
	}
	text, ok := g.candidates[0].show(dst, src)
	if !ok {
		return append(dst, "<Failed to deserialize>"...)
	}
	return text
}

// AppendPlain appends src as a text, or, where it is none, its bytes as [Guess.Append] shows them.
func AppendPlain(dst, src []byte) []byte {
	if text, ok := showText(dst, src); ok {
		return text
	}
	return appendRaw(dst, src)
}

func appendRaw(dst, src []byte) []byte {
	const hex = "0123456789ABCDEF"
	for _, c := range src {
		if ' ' <= c && c <= '~' {
			dst = append(dst, c)
		} else {
			dst = append(dst, '\\', 'x', hex[c>>4], hex[c&15])
		}
	}
	return dst
}

// showJSON shows JSON without blanks. Here, other than when a column is read,
// nothing may follow the value: "10 apples" is a text.
func showJSON(dst, src []byte) (text []byte, ok bool) {
	s := jsonScanner{src: src}
	end := s.skip(0)
	if end < 0 || s.space(end) != len(src) {
		return dst, false
	}
	text, _ = s.appendCompact(dst, 0)
	return text, true
}

func showText(dst, src []byte) (text []byte, ok bool) {
	if !utf8.Valid(src) {
		return dst, false
	}
	return append(dst, src...), true
}

// showKafka shows a number of Kafka's own serializers.
func showKafka(kind types.Kind) func(dst, src []byte) ([]byte, bool) {
	return func(dst, src []byte) ([]byte, bool) {
		v, message := kafkaValue(src, kind, nil)
		switch {
		case message != "":
			return dst, false
		case kind == types.KindDouble:
			return types.AppendDouble(dst, v.Float64()), true
		}
		return strconv.AppendInt(dst, v.Int64(), 10), true
	}
}

// showSession shows a key of a session window: 8 bytes of the end and 8 bytes
// of the start follow the key.
func showSession(key func(dst, src []byte) ([]byte, bool)) func(dst, src []byte) ([]byte, bool) {
	return func(dst, src []byte) ([]byte, bool) {
		length := len(src) - 16
		if length <= 0 {
			return dst, false
		}
		start, end := binary.BigEndian.Uint64(src[length+8:]), binary.BigEndian.Uint64(src[length:])
		if start > end || end > latestWindow {
			return dst, false
		}
		text, ok := key(append(dst, '['), src[:length])
		text = strconv.AppendUint(append(text, '@'), start, 10)
		text = strconv.AppendUint(append(text, '/'), end, 10)
		return append(text, ']'), ok
	}
}

// showWindowed shows a key of a hopping or tumbling window: 8 bytes of the
// start follow the key; the end is not there.
func showWindowed(key func(dst, src []byte) ([]byte, bool)) func(dst, src []byte) ([]byte, bool) {
	return func(dst, src []byte) ([]byte, bool) {
		length := len(src) - 8
		if length <= 0 {
			return dst, false
		}
		start := binary.BigEndian.Uint64(src[length:])
		if start > latestWindow {
			return dst, false
		}
		text, ok := key(append(dst, '['), src[:length])
		text = strconv.AppendUint(append(text, '@'), start, 10)
		return append(text, "/-]"...), ok
	}
}

// latestWindow is the last time that a window is believed to have, in ms: far
// enough in the future for any data, and less than any 8 bytes of plain text.
const latestWindow = 1 << 48
