package terminal

import (
	"testing"

	"github.com/creack/pty"
)

// A terminal that another program has left in its own modes, between Ctrl-Z and fg say, gives whole lines alone. Who
// looks for keys does not wait for one: nobody could end that.
func TestKeysAreNotWaitedFor(t *testing.T) {
	t.Parallel()
	keys, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = keys.Close(), terminal.Close() })
	m := mute(terminal)
	m.setKeys(true)
	m.unmute()
	if got := m.typed(); got != "" {
		t.Errorf("typed %q", got)
	}
	m.again()
	if _, err := keys.WriteString("q"); err != nil {
		t.Fatal(err)
	}
	got := ""
	for got == "" {
		got = m.typed()
	}
	if got != "q" {
		t.Errorf("typed %q", got)
	}
}
