package keystore

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Format is how a store is written.
type Format string

// The formats that are read.
const (
	PEM    Format = "PEM"
	PKCS12 Format = "PKCS12"
	JKS    Format = "JKS"
)

// Formats returns all formats, as properties name them.
func Formats() []string { return []string{string(PEM), string(PKCS12), string(JKS)} }

// ErrPassword says that a store cannot be opened with the password given.
var ErrPassword = errors.New("the password is wrong")

// ErrNoPassword says that a store or key needs a password and none was given.
var ErrNoPassword = errors.New("a password is needed")

// errPrivateKey says that it is the private key whose password is meant, not the store's.
var errPrivateKey = errors.New("its private key")

// FormatError says that a store has another format than the one named, or none that is known.
type FormatError struct {
	Named Format // "" when none was
	Found Format // "" when the content is of no format that is known
}

// Error implements error.
func (e *FormatError) Error() string {
	if e.Found == "" {
		return "it is not a store in " + strings.Join(Formats(), ", ")
	}
	return fmt.Sprintf("it is a store in %s, not %s", e.Found, e.Named)
}

// formatOf tells the format from the content, "" where it is none of them.
func formatOf(content []byte) Format {
	jksMagic := []byte{0xFE, 0xED, 0xFE, 0xED}
	switch {
	case bytes.HasPrefix(content, jksMagic):
		return JKS
	case len(content) > 1 && content[0] == 0x30 && content[1] >= 0x80: // a long sequence of ASN.1
		return PKCS12
	case bytes.Contains(content, []byte("-----BEGIN ")):
		return PEM
	}
	return ""
}

// check returns the content's format, which has to be the one named. Java takes JKS
// and PKCS12 for one another, so files named wrongly in this way are everywhere.
func check(content []byte, named Format) (Format, error) {
	found := formatOf(content)
	binary := []Format{JKS, PKCS12}
	if found == "" || named != "" && named != found && !(slices.Contains(binary, named) && slices.Contains(binary, found)) {
		return "", &FormatError{Named: named, Found: found}
	}
	return found, nil
}
