package embedded_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

// logIn connects as a user.
func logIn(t *testing.T, b *embedded.Broker, u embedded.User) error {
	t.Helper()
	config := b.Config()
	module := "org.apache.kafka.common.security.plain.PlainLoginModule"
	if u.Mechanism != "PLAIN" {
		module = "org.apache.kafka.common.security.scram.ScramLoginModule"
	}
	config.Properties["security.protocol"] = "SASL_PLAINTEXT"
	config.Properties["sasl.mechanism"] = u.Mechanism
	config.Properties["sasl.jaas.config"] = fmt.Sprintf(`%s required username="%s" password="%s";`, module, u.Name, u.Password)
	c, err := kafka.Open(t.Context(), config)
	if err == nil {
		c.Close()
	}
	return err
}

// Those who may connect are the users of this start, and the folder holds no password.
func TestUsersAreThoseOfTheStart(t *testing.T) {
	t.Parallel()
	for _, mechanism := range []string{"PLAIN", "SCRAM-SHA-256"} {
		t.Run(mechanism, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			starts := []embedded.User{{mechanism, "anna", "first"}, {mechanism, "anna", "second"}, {mechanism, "berta", "third"}}
			for i, allowed := range starts {
				b := open(t, embedded.Options{Dir: dir, Users: []embedded.User{allowed}})
				for k, u := range starts {
					err := logIn(t, b, u)
					if i == k && err != nil || i != k && !errors.Is(err, broker.ErrAuthentication) {
						t.Errorf("start %d: user %s with password %s: %v", i, u.Name, u.Password, err)
					}
				}
				checkNoPassword(t, dir)
				if err := b.Close(); err != nil {
					t.Fatal(err)
				}
				checkNoPassword(t, dir)
			}
		})
	}
}

// checkNoPassword checks that no file at the top of a data folder has a user of
// TestUsersAreThoseOfTheStart.
func checkNoPassword(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("files %q, error %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"anna", "berta", "first", "second", "third"} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s has %q", filepath.Base(file), word)
			}
		}
	}
}
