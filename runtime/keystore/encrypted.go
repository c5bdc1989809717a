package keystore

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"

	"github.com/youmark/pkcs8"
)

// schemes are the ways in which a private key in PKCS #8 is encrypted, by the numbers of PKCS #5
// and PKCS #12 (RFC 8018, appendix A; RFC 7292, appendix C).
var schemes = map[string]string{
	"1.2.840.113549.1.5.1":    "PBE-MD2-DES",
	"1.2.840.113549.1.5.3":    "PBE-MD5-DES",
	"1.2.840.113549.1.5.4":    "PBE-MD2-RC2-64",
	"1.2.840.113549.1.5.6":    "PBE-MD5-RC2-64",
	"1.2.840.113549.1.5.10":   "PBE-SHA1-DES",
	"1.2.840.113549.1.5.11":   "PBE-SHA1-RC2-64",
	"1.2.840.113549.1.12.1.1": "PBE-SHA1-RC4-128",
	"1.2.840.113549.1.12.1.2": "PBE-SHA1-RC4-40",
	"1.2.840.113549.1.12.1.3": "PBE-SHA1-3DES",
	"1.2.840.113549.1.12.1.4": "PBE-SHA1-2DES",
	"1.2.840.113549.1.12.1.5": "PBE-SHA1-RC2-128",
	"1.2.840.113549.1.12.1.6": "PBE-SHA1-RC2-40",
}

// pbes2 is the number of the scheme that is read, with AES or triple DES.
const pbes2 = "1.2.840.113549.1.5.13"

// decrypted reads a private key that is encrypted in PKCS #8.
func decrypted(der []byte, password string) (any, error) {
	var outer struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	if _, err := asn1.Unmarshal(der, &outer); err != nil {
		return nil, fmt.Errorf("%w is damaged: %w", errPrivateKey, err)
	}
	if scheme := outer.Algorithm.Algorithm.String(); scheme != pbes2 {
		if name, known := schemes[scheme]; known {
			scheme = name
		}
		return nil, otherScheme(scheme)
	}
	if password == "" {
		return nil, fmt.Errorf("%w for %w", ErrNoPassword, errPrivateKey)
	}
	key, err := pkcs8.ParsePKCS8PrivateKey(der, []byte(password))
	switch {
	case err == nil:
		return key, nil
	case strings.Contains(err.Error(), "unsupported"): // of a cipher or hash; it has no type of its own
		return nil, otherScheme("PBES2 and an " + strings.TrimPrefix(err.Error(), "pkcs8: "))
	}
	return nil, fmt.Errorf("%w for %w", ErrPassword, errPrivateKey)
}

// otherScheme says how to make a key that can be read of one that cannot.
func otherScheme(name string) error {
	return fmt.Errorf("its private key is encrypted with %s, which is not read here: openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW makes one that is", name)
}
