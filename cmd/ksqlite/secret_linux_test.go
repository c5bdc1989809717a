package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

// withoutPassword starts a Kafka for anna and writes the file of her client, which lacks
// the password.
func withoutPassword(t *testing.T, home string) (file string) {
	t.Helper()
	b, err := embedded.Open(embedded.Options{Listen: "127.0.0.1:0", Users: []embedded.User{{Mechanism: "SCRAM-SHA-256", Name: "anna", Password: "geheim 1"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	file = filepath.Join(home, "client.properties")
	properties := "bootstrap.servers=" + b.Address() + "\nsecurity.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-256\n" +
		`sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="anna";` + "\n"
	if err := os.WriteFile(file, []byte(properties), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A password that the properties lack is asked for, and not shown while it is typed.
func TestPasswordIsAskedFor(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	term := openTerminal(t, home, "--ephemeral", "--config-file", withoutPassword(t, home))
	term.await("Password of Kafka user anna:")
	term.press("geheim 1\r")
	term.await("ksql>")
	term.enter("SHOW STREAMS;", "ksql>")
	if screen := term.screen(); strings.Contains(screen, "geheim") || !strings.Contains(screen, "SHOW STREAMS;") {
		t.Errorf("the screen shows\n%s", screen)
	}
	term.press("exit\r")
	if code := term.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	kept, err := os.ReadFile(filepath.Join(home, ".ksqlite_history"))
	if err != nil || strings.Contains(string(kept), "geheim") {
		t.Errorf("the history has %q, %v", kept, err)
	}
}

// A wrong password is told as such, and nothing is asked twice.
func TestWrongPasswordIsTold(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	term := openTerminal(t, home, "--ephemeral", "--config-file", withoutPassword(t, home))
	term.await("Password of Kafka user anna:")
	term.press("falsch\r")
	term.await("user was created for SCRAM-SHA-256")
	if screen := term.screen(); strings.Contains(screen, "falsch") || strings.Count(screen, "Password of") != 1 {
		t.Errorf("the screen shows\n%s", screen)
	}
}

// Ctrl-C at the question ends the program as a signal does.
func TestCtrlCAtTheQuestion(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	term := openTerminal(t, home, "--config-file", withoutPassword(t, home))
	term.await("Password of Kafka user anna:")
	term.press("\x03")
	if code := term.exit(); code != 130 {
		t.Errorf("exit code %d", code)
	}
}
