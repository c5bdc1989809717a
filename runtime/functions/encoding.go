package functions

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"
)

// encoding is a way to write bytes as text.
type encoding uint8

const (
	encodingHex encoding = iota + 1
	encodingUTF8
	encodingASCII
	encodingBase64
)

// findEncoding returns the encoding of that name, whatever its case.
func findEncoding(name string) (encoding, error) {
	switch {
	case strings.EqualFold(name, "hex"):
		return encodingHex, nil
	case strings.EqualFold(name, "utf8"):
		return encodingUTF8, nil
	case strings.EqualFold(name, "ascii"):
		return encodingASCII, nil
	case strings.EqualFold(name, "base64"):
		return encodingBase64, nil
	}
	return 0, fmt.Errorf("unknown encoding '%s': it is one of hex, utf8, ascii and base64", strings.ToValidUTF8(name, "?"))
}

// decode returns the bytes that s encodes.
func (e encoding) decode(s string) ([]byte, error) {
	switch e {
	case encodingHex:
		return hex.DecodeString(s)
	case encodingBase64:
		return decodeBase64(s)
	case encodingASCII:
		return asciiBytes(s), nil
	default:
		return raw(s), nil
	}
}

// looselyDecode is decode for ENCODE, which takes hex as 0x… and X'…' too, the
// first of them also with an odd number of digits.
func (e encoding) looselyDecode(s string) ([]byte, error) {
	if e != encodingHex {
		return e.decode(s)
	}
	if digits, ok := strings.CutPrefix(s, "0x"); ok {
		if len(digits)%2 != 0 {
			digits = "0" + digits
		}
		return hex.DecodeString(digits)
	}
	if len(s) >= 3 && (s[0] == 'X' || s[0] == 'x') && s[1] == '\'' && s[len(s)-1] == '\'' {
		s = s[2 : len(s)-1]
	}
	return hex.DecodeString(s)
}

// encode returns the text that encodes b. Bytes that mean nothing in the
// encoding become U+FFFD.
func (e encoding) encode(b []byte) string {
	switch e {
	case encodingHex:
		return strings.ToUpper(hex.EncodeToString(b))
	case encodingBase64:
		return base64.StdEncoding.EncodeToString(b)
	case encodingASCII:
		return asciiText(b)
	default:
		return validText(b)
	}
}

// decodeBase64 takes base64 with its padding or without.
func decodeBase64(s string) ([]byte, error) {
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
}

// asciiBytes returns s with a question mark for each character that is not ASCII.
func asciiBytes(s string) []byte {
	if ascii(s) {
		return raw(s)
	}
	var out []byte
	for _, r := range s {
		if r >= utf8.RuneSelf {
			r = '?'
		}
		out = append(out, byte(r))
	}
	return out
}

// asciiText returns b with U+FFFD for each byte that is not ASCII.
func asciiText(b []byte) string {
	if ascii(text(b)) {
		return text(b)
	}
	var out strings.Builder
	for _, c := range b {
		if c >= utf8.RuneSelf {
			out.WriteRune(utf8.RuneError)
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}

// validText returns b with U+FFFD for each byte that is not UTF-8.
func validText(b []byte) string {
	if utf8.Valid(b) {
		return text(b)
	}
	return string([]rune(text(b)))
}
