package prompt

import (
	"errors"
	"io"
	"slices"
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
		"\x1b[H\x1bOF\x1b[3~":      "\x1b[H\x1bOF" + string(deleteKey),
		"\x1b[1;5C\x1b[15~\x1b[A":  "\x1bf\x1b[15~\x1b[A",
		"a\x1b[200~b\x1b[201~":     "a" + string(pasteKey),
		"\x1b\x1b[1~\x1b[\x1b[4~":  "\x1b\x1b[H\x1b[\x1b[F",
		"a lone escape ends: \x1b": "a lone escape ends: \x1b",
	} {
		for name, reader := range map[string]io.Reader{
			"at once":         strings.NewReader(typed),
			"a byte at once":  iotest.OneByteReader(strings.NewReader(typed)),
			"the end with it": iotest.DataErrReader(strings.NewReader(typed)),
		} {
			got, err := readKeys(newKeys(reader))
			if err != nil || got != want {
				t.Errorf("%q, %s: %q, %v, want %q", typed, name, got, err, want)
			}
		}
	}
}

// readKeys reads all keys as somebody does who goes on behind each line.
func readKeys(k *keys) (string, error) {
	var all []byte
	for {
		one := make([]byte, 4)
		n, err := k.Read(one)
		all = append(all, one[:n]...)
		if errors.Is(err, io.EOF) {
			return string(all), nil
		}
		if err != nil {
			return string(all), err
		}
		if len(k.ready) == 0 {
			k.release()
		}
	}
}

// TestPaste holds that a pasted text comes whole and as text, however it arrives, and
// that what stands behind the end of a line waits.
func TestPaste(t *testing.T) {
	t.Parallel()
	typed := "\x1b[200~SELECT\t1,\r\n  '\x1b[31m\x07é';\r\x1b[201~SHOW\rTOPICS;\r"
	for name, reader := range map[string]io.Reader{
		"at once":        strings.NewReader(typed),
		"a byte at once": iotest.OneByteReader(strings.NewReader(typed)),
	} {
		k := newKeys(reader)
		buf := make([]byte, 100)
		var read []string
		for _, err := k.Read(buf[:0]); err == nil; k.release() {
			var line strings.Builder
			for err == nil && !k.isHeld() {
				var n int
				n, err = k.Read(buf)
				line.Write(buf[:n])
			}
			if line.Len() == 0 {
				break
			}
			read = append(read, line.String())
		}
		if want := []string{string(pasteKey), "SHOW\r", "TOPICS;\r"}; !slices.Equal(read, want) {
			t.Errorf("%s: %q, want %q", name, read, want)
		}
		if got, want := k.paste(), "SELECT\t1,\n  '[31mé';\n"; got != want {
			t.Errorf("%s: pasted %q, want %q", name, got, want)
		}
	}
}

// TestTypedAhead holds that a tab completes nothing where a terminal does not say that
// a text was pasted.
func TestTypedAhead(t *testing.T) {
	t.Parallel()
	got, err := readKeys(newKeys(strings.NewReader("SELECT\ta")))
	if err != nil || got != "SELECT a" {
		t.Errorf("%q, %v", got, err)
	}
}
