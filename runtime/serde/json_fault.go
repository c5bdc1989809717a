package serde

import (
	"slices"
	"strconv"
	"strings"
)

// jsonFault is why a text could not be read. It becomes an [Error] once it has
// come up to the root.
type jsonFault struct {
	message string
	// syntax is true where the text is no JSON: nothing behind the fault can be
	// read. Otherwise a value is of the wrong type, and the text goes on behind it.
	syntax bool
	trail  []string // the steps from the fault up to the root: .NAME or [2]
	pardons
}

// path returns the way from the root down to the fault, as in $.A[2].
func (f *jsonFault) path() string {
	slices.Reverse(f.trail)
	return "$" + strings.Join(f.trail, "")
}

func (s *jsonScanner) fail(syntax bool, message string) int {
	s.fault.message, s.fault.syntax, s.fault.trail, s.fault.last = message, syntax, s.fault.trail[:0], 0
	return failed
}

// syntax notes that the text is no JSON.
func (s *jsonScanner) syntax(i int, what, more string) int {
	return s.fail(true, what+" at byte "+strconv.Itoa(i)+more)
}

// unexpected notes that something else than what was expected is at i.
func (s *jsonScanner) unexpected(i int, expected string) int {
	if i >= len(s.src) {
		return s.syntax(i, "the text ends early", ": expected "+expected)
	}
	if i == 0 && s.src[0] == 0 {
		expected += "; a zero byte at the beginning is how AVRO, PROTOBUF and JSON_SR look with a schema registry"
	}
	return s.syntax(i, "unexpected "+strconv.QuoteRune(rune(s.src[i])), ": expected "+expected)
}

func (s *jsonScanner) badText(start int) int {
	return s.syntax(start, "text that is not UTF-8", "")
}

// mismatch notes that the value at i, whose syntax is right, is not one for the node.
func (s *jsonScanner) mismatch(i, end int, n *jsonNode) int {
	return s.fail(false, "cannot read "+abbreviated(s.src[i:end])+" as "+n.String())
}

// abbreviated returns the source of a value, or its beginning if it is long.
func abbreviated(src []byte) string {
	const most = 60
	if len(src) <= most {
		return string(src)
	}
	return strings.ToValidUTF8(string(src[:most]), "") + "…"
}

// inMember adds a step to the path of the fault: it is in the member of that name.
func (s *jsonScanner) inMember(name string) {
	s.fault.trail = append(s.fault.trail, "."+name)
}

// inElement adds a step to the path of the fault: it is in that element of an array.
func (s *jsonScanner) inElement(index int) {
	s.fault.trail = append(s.fault.trail, "["+strconv.Itoa(index)+"]")
}
