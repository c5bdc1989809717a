package repl

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/repl/prompt"
	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/repl/repltest"
	"github.com/ksqlite/ksqlite/repl/show"
	"github.com/ksqlite/ksqlite/repl/terminal"
)

// session runs a shell whose user types the given lines, and returns the shell
// and what is on the terminal afterwards.
func session(t *testing.T, backend Backend, lines ...string) (*Shell, string) {
	t.Helper()
	return sessionOn(t, terminal.Console{Terminal: true, Width: func() int { return 80 }}, backend, lines...)
}

// sessionOn is session on a kind of terminal.
func sessionOn(t *testing.T, console terminal.Console, backend Backend, lines ...string) (*Shell, string) {
	t.Helper()
	var screen bytes.Buffer
	console.Out, console.Err = &screen, &screen
	s := NewShell(backend, Options{
		Display: show.Display{Console: console, Settings: render.DefaultSettings()}, Version: "v1.2.3",
		Location: "an embedded broker", History: filepath.Join(t.TempDir(), "history"),
		Pages: []Page{
			{Name: "properties", About: "Show the properties", Text: func() string { return "A page.\n\n  a=b" }},
			{Name: "server", About: "Run queries", Text: func() string { return "Another page." }},
		},
	})
	s.editor = &fakeEditor{lines: lines, echo: &screen}
	var err error
	if s.history, err = prompt.OpenHistory(s.options.History); err != nil {
		t.Fatal(err)
	}
	if err := s.loop(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, screen.String()
}

// TestShell runs testdata/*.ddt: typed lines in, the terminal out, which is drawn on with the
// argument screen. The last line shows which statements reached the engine.
func TestShell(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			t.Helper()
			backend := &repltest.Backend{}
			console := terminal.Console{Terminal: true, Width: func() int { return 80 }}
			if d.HasArg("screen") {
				console.Height = func() int { return 24 }
			}
			_, screen := sessionOn(t, console, backend, strings.Split(d.Input, "\n")...)
			screen = regexp.MustCompile(`\.go:\d+`).ReplaceAllString(screen, ".go:N")
			return screen + "ran: " + strings.Join(backend.Statements, " | ") + "\n"
		})
	})
}

func TestBanner(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		width int
		box   bool
	}{{200, true}, {43, true}, {42, false}, {0, true}} {
		var screen bytes.Buffer
		s := NewShell(&repltest.Backend{}, Options{
			Display: show.Display{Console: terminal.Console{Out: &screen, Err: &screen, Width: func() int { return c.width }}},
			Version: "v1.2.3", Location: "kafka at localhost:9092", Notice: "This is a test.",
		})
		s.greet()
		if got := strings.Contains(screen.String(), "=="); got != c.box {
			t.Errorf("%d cells: box %v", c.width, got)
		}
		if !strings.Contains(screen.String(), "ksqlite v1.2.3 on kafka at localhost:9092\nThis is a test.\n") {
			t.Errorf("%d cells:\n%s", c.width, screen.String())
		}
	}
}

// TestHistory holds that a statement is one entry on the lines that it was typed on, that
// the next run finds it, and that repetitions are dropped.
func TestHistory(t *testing.T) {
	t.Parallel()
	s, _ := session(t, &repltest.Backend{}, "SELECT a, -- the first", "  b FROM s;", "-- nothing", "version", "version", "^C", `SELECT 'two`, `lines\n' FROM s;`)
	want := []string{"SELECT a, -- the first\n  b FROM s;", "version", "SELECT 'two\nlines\\n' FROM s;"}
	if !slices.Equal(s.history.Entries, want) {
		t.Errorf("kept %q", s.history.Entries)
	}
	again, err := prompt.OpenHistory(s.options.History)
	if err != nil || !slices.Equal(again.Entries, want) {
		t.Errorf("found %q, %v", again.Entries, err)
	}
	info, err := os.Stat(s.options.History)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the history: %v %v", info.Mode(), err)
	}
}

// Passwords are neither in the history nor in the spool, on whatever lines they were typed.
func TestSecretsAreNotKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "spool.txt")
	s, _ := session(t, &repltest.Backend{}, "spool '"+path+"'", "SET 'sasl.password' = 's3cret';",
		"SET 'sasl.jaas.config' =", "'x password=\"s3cret\"", "and s3cret';", "DEFINE secret = 's3cret';", "spool off")
	spooled, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(s.options.History)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(kept) + strings.Join(s.history.Entries, "\n") + string(spooled); strings.Contains(text, "s3cret") || !strings.Contains(text, "DEFINE secret = '******';") {
		t.Errorf("kept:\n%s", text)
	}
}

func TestSpool(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a file.txt")
	_, screen := session(t, &repltest.Backend{},
		"spool '"+path+"'", "SELECT 1;", "spool other", "spool OFF", "SELECT 2;", "spool off")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ksql> SELECT 1;\n", "|1 |", "Query Completed"} {
		if !strings.Contains(string(content), want) {
			t.Errorf("%q is not in the spool:\n%s", want, content)
		}
	}
	if strings.Contains(string(content), "SELECT 2") {
		t.Errorf("the spool goes on:\n%s", content)
	}
	for _, want := range []string{"Session will be spooled to " + path, "already being spooled", "Spool written to " + path, "not being spooled"} {
		if !strings.Contains(screen, want) {
			t.Errorf("%q is not on the screen:\n%s", want, screen)
		}
	}
}

func TestRunScriptCommand(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.sql")
	if err := os.WriteFile(path, []byte("CREATE a;\nSELECT 1;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	backend := &repltest.Backend{}
	_, screen := session(t, backend, "RUN  SCRIPT '"+path+"';", "run script nowhere.sql")
	if want := []string{"CREATE a;", "SELECT 1;"}; !slices.Equal(backend.Statements, want) {
		t.Errorf("ran %q", backend.Statements)
	}
	if !strings.Contains(screen, "No such script file: nowhere.sql") {
		t.Error(screen)
	}
}

// TestOrders holds that a pasted text and the startup script know the orders that the
// prompt knows, each behind the statements before it.
func TestOrders(t *testing.T) {
	t.Parallel()
	const text = "CREATE a;\nDESC users;\n\\x\nset cli wrap off\nSELECT 1,\n  status\n;\n"
	startup := filepath.Join(t.TempDir(), "rc")
	if err := os.WriteFile(startup, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]func(*Shell) error{
		"paste":   func(s *Shell) error { return s.take(t.Context(), text) },
		"startup": func(s *Shell) error { return s.startup(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			backend := &repltest.Backend{}
			var screen bytes.Buffer
			s := NewShell(backend, Options{Display: show.Display{Console: terminal.Console{Out: &screen, Err: &screen}}, Startup: startup})
			s.history = &prompt.History{}
			if !(*assistant)(s).Whole(text) || (*assistant)(s).Whole("\\x\nSELECT 1") {
				t.Error("whether it is whole is not known")
			}
			// The fake knows no DESCRIBE, so the text ends there.
			if err := run(s); err == nil || !slices.Equal(backend.Statements, []string{"CREATE a;", "DESCRIBE users;"}) {
				t.Errorf("ran %q, %v", backend.Statements, err)
			}
			if err := s.take(t.Context(), text[strings.Index(text, `\x`):]); err != nil || len(backend.Statements) != 3 {
				t.Errorf("ran %q, %v", backend.Statements, err)
			}
			if !strings.Contains(screen.String(), "output VERTICAL") {
				t.Error(screen.String())
			}
		})
	}
}

// TestStartupFaults holds that an error in the startup script says that it is one, and that what stands
// before it was run.
func TestStartupFaults(t *testing.T) {
	t.Parallel()
	startup := filepath.Join(t.TempDir(), "rc")
	if err := os.WriteFile(startup, []byte("set cli wrp off\nCREATE a;\nNONSENSE b;\nCREATE c;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	backend := &repltest.Backend{}
	var screen bytes.Buffer
	s := NewShell(backend, Options{Display: show.Display{Console: terminal.Console{Out: &screen, Err: &screen}}, Startup: startup})
	if err := s.startup(t.Context()); err == nil || !slices.Equal(backend.Statements, []string{"CREATE a;", "NONSENSE b;"}) {
		t.Errorf("ran %q, %v", backend.Statements, err)
	}
	for _, want := range []string{startup + ": unknown setting wrp", startup + ": line 3:1: Unknown statement"} {
		if !strings.Contains(screen.String(), want) {
			t.Errorf("%q is missing:\n%s", want, screen.String())
		}
	}
	s.complain(os.ErrClosed)
	if !strings.HasSuffix(screen.String(), "\nfile already closed\n") {
		t.Errorf("a later error is told as one of the script:\n%s", screen.String())
	}
}
