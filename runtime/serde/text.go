package serde

import (
	"encoding/base64"
	"slices"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// validText returns the text, which it aliases if it is UTF-8. Otherwise each
// byte that is not becomes U+FFFD, in a copy in the arena.
func validText(text []byte, arena *data.Arena) data.Value {
	if utf8.Valid(text) {
		return data.StringBytes(slices.Clip(text))
	}
	repaired := arena.Bytes(len(text) * utf8.UTFMax)[:0]
	for _, r := range aliased(text) {
		repaired = utf8.AppendRune(repaired, r)
	}
	return data.StringBytes(repaired)
}

// parseBase64 returns the bytes that a text stands for, in the arena.
func parseBase64(text []byte, arena *data.Arena) (v data.Value, ok bool) {
	raw := arena.Bytes(base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(raw, text)
	return data.Bytes(raw[:n]), err == nil
}
