package keystore_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/runtime/keystore"
)

// TestStores runs testdata/stores.ddt: each case sets properties, with files of testdata, whose
// names tell which program has made them: keytool for .jks and .p12, or OpenSSL. It prints what
// the configuration trusts and shows, or the error.
func TestStores(t *testing.T) {
	t.Parallel()
	datadriven.RunTest(t, "testdata/stores.ddt", func(t *testing.T, d *datadriven.TestData) string {
		t.Helper()
		var s keystore.Settings
		fields := map[string]*string{
			"truststore.location": &s.TrustLocation, "truststore.password": &s.TrustPassword, "truststore.certificates": &s.TrustCertificates,
			"keystore.location": &s.KeyLocation, "keystore.password": &s.StorePassword, "key.password": &s.KeyPassword,
			"key.location": &s.KeyFile, "certificate.location": &s.ChainFile, "enabled.protocols": &s.Protocols,
			"truststore.type": (*string)(&s.TrustType), "keystore.type": (*string)(&s.KeyType),
		}
		for line := range strings.Lines(d.Input) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			if strings.HasSuffix(name, "location") {
				value = filepath.Join("testdata", value)
			}
			*fields[name] = value
		}
		c, err := s.Config()
		if err != nil {
			return strings.ReplaceAll(err.Error(), "testdata"+string(filepath.Separator), "") + missing(err)
		}
		return describe(c)
	})
}

// missing says that a person can be asked for what an error is about.
func missing(err error) string {
	if errors.Is(err, keystore.ErrNoPassword) {
		return "\n(can be asked for)"
	}
	return ""
}

func describe(c *tls.Config) string {
	var text strings.Builder
	text.WriteString("trusts the system")
	if c.RootCAs != nil {
		text.Reset()
		fmt.Fprintf(&text, "trusts %d", len(c.RootCAs.Subjects())) //nolint:staticcheck // a pool of our own
	}
	for _, own := range c.Certificates {
		fmt.Fprintf(&text, ", shows %s and %d above it", own.Leaf.Subject, len(own.Certificate)-1)
	}
	fmt.Fprintf(&text, ", speaks %#x to %#x", c.MinVersion, c.MaxVersion)
	return text.String()
}
