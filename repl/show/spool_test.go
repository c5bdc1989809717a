package show

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/repl/terminal"
)

// TestSpoolIsPlain holds that a file has no colours, whatever the terminal gets.
func TestSpoolIsPlain(t *testing.T) {
	t.Parallel()
	var screen bytes.Buffer
	spool := NewSpool(&screen)
	console := terminal.Console{Out: spool, Err: spool, Terminal: true, Color: true}
	p := &Printer{Display: Display{Console: console, Settings: render.DefaultSettings()}, Spool: spool}
	path := filepath.Join(t.TempDir(), "spool")
	if err := spool.Start(path); err != nil {
		t.Fatal(err)
	}
	p.ShowError(errors.New("the topic is gone"))
	if err := spool.Stop(); err != nil {
		t.Fatal(err)
	}
	spooled, err := os.ReadFile(path)
	if err != nil || string(spooled) != "the topic is gone\n" {
		t.Errorf("spooled %q, %v", spooled, err)
	}
	if !strings.Contains(screen.String(), "\x1b[31m") {
		t.Errorf("the screen is plain: %q", screen.String())
	}
}
