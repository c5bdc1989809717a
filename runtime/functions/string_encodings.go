package functions

import (
	"crypto/md5" // ksqlDB's function of that name; nothing is protected by it
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds the functions that turn text into other text by its bytes or
// codes; encoding.go has the encodings themselves.

func stringEncodings() []Function {
	return []Function{
		{
			Name: "CHR", Elsewhere: []string{"CHAR"}, Doc: "Returns the character of a code point, given as a number or as \\uXXXX. " +
				"Text may hold several codes, such as the two of a surrogate pair. NULL if there is no such character.",
			Args: []Arg{{"decimalCode", "The code point."}, {"utf16Code", "The code in the form \\uXXXX."}},
			Overloads: []Overload{
				opt1("(decimalCode INT) STRING", character),
				opt1("(utf16Code STRING) STRING", escapedCharacters),
			},
			Examples: []Example{{"CHR(22909)", "'好'"}, {`CHR('\u004b')`, "'K'"}, {`CHR('\ud83d\ude00')`, "'😀'"}, {"CHR(-1)", "NULL"}, {"CHR('75')", "NULL"}},
		},
		{
			Name: "ENCODE", Doc: "Changes text from one encoding to another: hex, utf8, ascii or base64, two different ones. " +
				"Hex input may be written 0x… or X'…'; hex output has small letters, unlike that of FROM_BYTES.",
			Args: []Arg{{"str", "The text."}, {"inputEncoding", "How it is encoded."}, {"outputEncoding", "How the result is to be encoded."}},
			Overloads: []Overload{
				try3("(str STRING, inputEncoding STRING, outputEncoding STRING) STRING", reencode),
			},
			Examples: []Example{
				{"ENCODE('4a6f79', 'hex', 'utf8')", "'Joy'"},
				{"ENCODE('0x4A6F79', 'hex', 'base64')", "'Sm95'"},
				{"ENCODE('Joy', 'utf8', 'hex')", "'4a6f79'"},
				{"ENCODE('Joy', 'utf8', 'utf8')", Fails},
			},
		},
		{
			Name: "TO_BYTES", Doc: "Converts text to the bytes that it encodes.",
			Args:      []Arg{{"value", "The text."}, {"encoding", "How it is encoded: hex, utf8, ascii or base64."}},
			Overloads: []Overload{try2("(value STRING, encoding STRING) BYTES", toBytes)},
			Examples: []Example{
				{"TO_BYTES('4A6F79', 'hex')", "TO_BYTES('Joy', 'ascii')"},
				{"TO_BYTES('4A6', 'hex')", Fails},
				{"TO_BYTES('Joy', 'latin1')", Fails},
			},
		},
		{
			Name: "FROM_BYTES", Doc: "Converts bytes to text that encodes them. Hex output has capital letters, unlike that of ENCODE.",
			Args:      []Arg{{"value", "The bytes."}, {"encoding", "How to encode them: hex, utf8, ascii or base64."}},
			Overloads: []Overload{try2("(value BYTES, encoding STRING) STRING", fromBytes)},
			Examples:  []Example{{"FROM_BYTES(TO_BYTES('joy', 'utf8'), 'hex')", "'6A6F79'"}, {"FROM_BYTES(TO_BYTES('joy', 'utf8'), 'base64')", "'am95'"}},
		},
		{
			Name: "MD5", Doc: "Returns the MD5 hash of text, of its UTF-8 bytes, in hex with small letters.",
			Args:      []Arg{{"s", "The text."}},
			Overloads: []Overload{env1("(s STRING) STRING", md5Hex)},
			Examples:  []Example{{"MD5('')", "'d41d8cd98f00b204e9800998ecf8427e'"}},
		},
		{
			Name: "UUID", Elsewhere: []string{"GEN_RANDOM_UUID", "NEWID"}, Doc: "Returns a new random UUID, or the UUID of 16 bytes; NULL for any other number of bytes.",
			Args: []Arg{{"bytes", "The 16 bytes."}},
			Overloads: []Overload{
				call("() STRING", func(env *Env, _ []data.Value) (data.Value, error) { return data.String(randomUUID(env)), nil }),
				call("(bytes BYTES) STRING", func(env *Env, args []data.Value) (data.Value, error) {
					if b := args[0].Raw(); len(b) == 16 {
						return data.String(formatUUID(env, b)), nil
					}
					return data.Null, nil
				}),
			},
			Examples: []Example{
				{"LEN(UUID())", "36"},
				{"UUID(TO_BYTES('2a3b4c5d6e7f48899aabbccddeeff001', 'hex'))", "'2a3b4c5d-6e7f-4889-9aab-bccddeeff001'"},
				{"UUID(TO_BYTES('2a3b', 'hex'))", "NULL"},
			},
		},
	}
}

// character is CHR of a number.
func character(code int32) (string, bool) {
	if code < 0 || code > utf8.MaxRune {
		return "", false
	}
	if utf16.IsSurrogate(code) {
		return "?", true // as where Java writes half a pair
	}
	return string(code), true
}

// escapedCharacters reads \uXXXX, any number of times.
func escapedCharacters(s string) (string, bool) {
	var codes []uint16
	for len(s) >= 6 && s[:2] == `\u` {
		code, err := strconv.ParseUint(s[2:6], 16, 16)
		if err != nil {
			return "", false
		}
		codes, s = append(codes, uint16(code)), s[6:]
	}
	if len(codes) == 0 || s != "" {
		return "", false
	}
	return string(utf16.Decode(codes)), true
}

// reencode is ENCODE.
func reencode(s, from, to string) (string, error) {
	input, err := findEncoding(from)
	if err != nil {
		return "", err
	}
	output, err := findEncoding(to)
	if err != nil {
		return "", err
	}
	if input == output {
		return "", fmt.Errorf("input and output have the same encoding %s", from)
	}
	b, err := input.looselyDecode(s)
	if err != nil {
		return "", err
	}
	if output == encodingHex {
		return hex.EncodeToString(b), nil
	}
	return output.encode(b), nil
}

func toBytes(s, name string) ([]byte, error) {
	e, err := findEncoding(name)
	if err != nil {
		return nil, err
	}
	return e.decode(s)
}

func fromBytes(b []byte, name string) (string, error) {
	e, err := findEncoding(name)
	if err != nil {
		return "", err
	}
	return e.encode(b), nil
}

func md5Hex(env *Env, s string) string {
	sum := md5.Sum(raw(s))
	return text(hex.AppendEncode(buffer(env, 2*md5.Size), sum[:]))
}

// randomUUID returns a UUID of version 4.
func randomUUID(env *Env) string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return formatUUID(env, b[:])
}

func formatUUID(env *Env, b []byte) string {
	out := buffer(env, 36)
	for i, part := range [][]byte{b[:4], b[4:6], b[6:8], b[8:10], b[10:]} {
		if i > 0 {
			out = append(out, '-')
		}
		out = hex.AppendEncode(out, part)
	}
	return text(out)
}
