package apache

import (
	"time"

	"github.com/ksqlite/ksqlite/runtime/keystore/issue"
)

// Certificates are the PEM files of a server's TLS listeners. A file with a
// certificate holds its key first, as Kafka wants a key store in PEM.
type Certificates = issue.Files

// MakeCertificates writes an authority, a server's certificate for the
// loopback addresses and a client's certificate into a folder.
func MakeCertificates(folder string) (Certificates, error) {
	names := issue.Names{Organization: "ksqlite tests", Hosts: []string{"localhost", "127.0.0.1", "::1"}, Client: User}
	made, err := issue.New(names, 24*time.Hour, time.Now())
	if err != nil {
		return Certificates{}, err
	}
	return made.Write(folder)
}
