package repl

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestKeys holds that Home and End are understood however a terminal sends them
// and however they arrive, and that all other keys stay what they are.
func TestKeys(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"":                         "",
		"SELECT é;\r":              "SELECT é;\r",
		"ELECT\x1b[1~S\x1b[4~ 1;":  "ELECT\x1b[HS\x1b[F 1;",
		"\x1b[7~a\x1b[8~":          "\x1b[Ha\x1b[F",
		"\x1b[H\x1bOF\x1b[3~":      "\x1b[H\x1bOF\x1b[3~",
		"\x1b[1;5C\x1b[15~\x1b[A":  "\x1b[1;5C\x1b[15~\x1b[A",
		"\x1b\x1b[1~\x1b[\x1b[4~":  "\x1b\x1b[H\x1b[\x1b[F",
		"a lone escape ends: \x1b": "a lone escape ends: \x1b",
	} {
		for name, reader := range map[string]io.Reader{
			"at once":         strings.NewReader(typed),
			"a byte at once":  iotest.OneByteReader(strings.NewReader(typed)),
			"the end with it": iotest.DataErrReader(strings.NewReader(typed)),
		} {
			got, err := io.ReadAll(iotest.OneByteReader(&keys{terminal: reader}))
			if err != nil || string(got) != want {
				t.Errorf("%q, %s: %q, %v, want %q", typed, name, got, err, want)
			}
		}
	}
}
