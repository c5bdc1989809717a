package credentials

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// TestCredentials runs testdata/*.ddt. `login` makes a log-in of a mechanism (and, as arguments,
// of properties) with the input as sasl.jaas.config, and prints whom it logs in, or the error. `jaas` prints
// what a value of sasl.jaas.config holds.
func TestCredentials(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		t.Parallel()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			t.Helper()
			switch d.Cmd {
			case "jaas":
				return jaasText(d.Input)
			case "login":
				return loginText(t, d)
			}
			t.Fatalf("unknown command %s", d.Cmd)
			return ""
		})
	})
}

func jaasText(line string) string {
	j, err := parseJAAS(line)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	b.WriteString(j.module + "\n")
	for _, name := range slices.Sorted(maps.Keys(j.options)) {
		fmt.Fprintf(&b, "  %s: %q\n", name, j.options[name])
	}
	return b.String()
}

func loginText(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	s := Settings{JAAS: d.Input, Now: time.Now}
	for _, a := range d.CmdArgs {
		field, ok := map[string]*string{
			"mechanism": &s.Mechanism, "user": &s.User, "password": &s.Password, "handler": &s.LoginHandler,
			"url": &s.OAuth.TokenURL, "id": &s.OAuth.ClientID, "secret": &s.OAuth.ClientSecret,
		}[a.Key]
		if !ok {
			t.Fatalf("unknown argument %s", a.Key)
		}
		*field = strings.Join(a.Vals, ",")
	}
	l, err := New(s)
	if missing, ok := errors.AsType[*MissingError](err); ok {
		return fmt.Sprintf("%v\nasks: %s, for %s", err, missing.Prompt, missing.Property)
	}
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s logs in %q by %s", l.Name, l.User, l.Mechanism.Name())
}
