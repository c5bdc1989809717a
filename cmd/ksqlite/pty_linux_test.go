package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"golang.org/x/sys/unix"
)

// emulator is a terminal with a shell, emulated.
type emulator struct {
	t       *testing.T
	pty     *os.File
	command *exec.Cmd
	vt      vt10x.Terminal

	mu      sync.Mutex
	raw     strings.Builder // everything that was sent to the terminal
	changed chan struct{}   // gets a value when something was
}

// openTerminal starts the shell with a home folder.
func openTerminal(t *testing.T, home string, args ...string) *emulator {
	t.Helper()
	c := ksqliteIn(t)
	c.Args = append(c.Args, args...)
	return openTerminalOf(t, home, c)
}

// openTerminalOf starts a program with a home folder, and with what its environment has
// already.
func openTerminalOf(t *testing.T, home string, c *exec.Cmd) *emulator {
	t.Helper()
	c.Env = append([]string{"HOME=" + home, "TMPDIR=" + home, "TERM=xterm-256color"}, c.Env...)
	size := &pty.Winsize{Rows: 40, Cols: 80}
	term := &emulator{t: t, command: c, vt: vt10x.New(vt10x.WithSize(80, 40)), changed: make(chan struct{}, 1)}
	var err error
	if term.pty, err = pty.StartWithSize(c, size); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(term.read)
	t.Cleanup(func() {
		_ = c.Process.Kill() // it has ended by itself in most tests
		_ = c.Wait()
		wg.Wait()
		_ = term.pty.Close()
	})
	return term
}

// read passes what the shell writes to the emulator, until the shell has ended.
func (t *emulator) read() {
	buf := make([]byte, 4096)
	for {
		n, err := t.pty.Read(buf)
		if n > 0 {
			t.mu.Lock()
			t.raw.Write(buf[:n])
			_, _ = t.vt.Write(buf[:n])
			t.mu.Unlock()
			select {
			case t.changed <- struct{}{}:
			default:
			}
		}
		if err != nil {
			return
		}
	}
}

// screen returns the lines on the screen without blank ones.
func (t *emulator) screen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var lines []string
	for line := range strings.SplitSeq(t.vt.String(), "\n") {
		if line = strings.TrimRight(line, " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// await waits until the screen ends with a text.
func (t *emulator) await(end string) {
	t.t.Helper()
	t.until(func() bool { return strings.HasSuffix(t.screen(), end) }, fmt.Sprintf("ended with %q", end))
}

// until waits until something is true, which may change with the screen.
func (t *emulator) until(happened func() bool, what string) {
	t.t.Helper()
	deadline := time.After(30 * time.Second)
	for !happened() {
		select {
		case <-t.changed:
		case <-deadline:
			t.t.Fatalf("the screen has never %s:\n%s", what, t.screen())
		}
	}
}

// press types keys, which may be control characters.
func (t *emulator) press(keys string) {
	t.t.Helper()
	if _, err := t.pty.WriteString(keys); err != nil {
		t.t.Fatal(err)
	}
}

// enter types a line and waits for what follows.
func (t *emulator) enter(line, end string) {
	t.t.Helper()
	t.press(line)
	t.await(line)
	t.press("\r")
	t.await(end)
}

// exit waits for the end of the shell and returns its exit code.
func (t *emulator) exit() int {
	t.t.Helper()
	err := t.command.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	if err != nil {
		t.t.Fatal(err)
	}
	return 0
}

// mode reports whether a local mode of the terminal is on.
func (t *emulator) mode(flag uint32) bool {
	t.t.Helper()
	modes, err := unix.IoctlGetTermios(int(t.pty.Fd()), unix.TCGETS)
	if err != nil {
		t.t.Fatal(err)
	}
	return modes.Lflag&flag != 0
}

// cooked reports whether the terminal edits and echoes lines itself, as it did
// before the shell.
func (t *emulator) cooked() bool {
	t.t.Helper()
	return t.mode(unix.ICANON) && t.mode(unix.ECHO)
}

const (
	ctrlC = "\x03"
	ctrlD = "\x04"
	ctrlR = "\x12"
	up    = "\x1b[A"

	homeKey = "\x1b[1~" // as tmux sends it
	endKey  = "\x1b[4~"
)

const createStream = "CREATE STREAM s (a INT) WITH (KAFKA_TOPIC='s', PARTITIONS=1, VALUE_FORMAT='JSON');"

// TestTerminal works through a session as a person would.
func TestTerminal(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	term := openTerminal(t, home)
	term.await("ksql>")

	// A statement over two lines, several on one.
	term.enter("CREATE STREAM s (a INT)", "\n>")
	term.enter("WITH (KAFKA_TOPIC='s', PARTITIONS=1, VALUE_FORMAT='JSON');", "Stream created\n----------------\nksql>")
	term.enter("INSERT INTO s VALUES (1); INSERT INTO s VALUES (2);", "\nksql>")
	term.enter("SET 'auto.offset.reset'='earliest';", "\nksql>")

	// A query, and Ctrl-C in it.
	term.enter("SELECT * FROM s EMIT CHANGES;", "lag 0, Press CTRL-C to interrupt")
	if !strings.Contains(term.screen(), "|1   |\n|2   |\n2 rows, ") {
		t.Errorf("the rows are:\n%s", term.screen())
	}
	if !term.mode(unix.ISIG) || term.mode(unix.ECHO) {
		t.Error("Ctrl-C would not reach the query, or what is typed stands among the rows")
	}
	term.press(ctrlC)
	term.await("|2   |\nQuery terminated\nksql>")

	// Ctrl-C at the prompt; errors; the history.
	term.enter("SELECT", "\n>")
	term.press(ctrlC)
	term.await(">^C\nksql>")
	term.enter("SELET 1;", "SELET 1;\n^^^^^\nksql>")
	term.press(up + up)
	term.await("ksql> SELECT * FROM s EMIT CHANGES;")
	term.press(ctrlC)
	term.await("^C\nksql>")
	term.press(ctrlR + "SET")
	term.await("ksql> SET 'auto.offset.reset'='earliest';\nbck-i-search: SET")
	term.press("\r")
	term.await("ksql>")
	term.press("OW NOTHIN" + homeKey + "SH" + endKey + "G;")
	term.await("ksql> SHOW NOTHING;")
	term.press(ctrlC)
	term.await("^C\nksql>")

	// Ctrl-D.
	term.press(ctrlD)
	term.await("Exiting ksqlite.")
	if code := term.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if !term.cooked() {
		t.Error("the terminal is not as it was")
	}
	left, err := filepath.Glob(filepath.Join(home, "ksqlite-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestTerminalHistory holds that a statement of several lines is one entry, and
// that the next run finds it.
func TestTerminalHistory(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	first := openTerminal(t, home)
	first.await("ksql>")
	first.enter("SHOW", "\n>")
	first.enter("TOPICS;", "\nksql>")
	first.enter("exit", "Exiting ksqlite.")
	first.exit()

	second := openTerminal(t, home)
	second.await("ksql>")
	second.press(up + up)
	second.await("ksql> SHOW\n>TOPICS;")
	second.press("\r")
	second.await("\nksql>")
	second.press(ctrlD)
	second.await("Exiting ksqlite.")
}

// TestTerminalSignals holds that a signal ends the shell, at the prompt and in a
// query, and leaves the terminal as it was.
func TestTerminalSignals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		signal syscall.Signal
		query  bool
		code   int
	}{
		{"TERM at the prompt", syscall.SIGTERM, false, 143},
		{"TERM in a query", syscall.SIGTERM, true, 143},
		{"HUP in a query", syscall.SIGHUP, true, 129},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			term := openTerminal(t, home)
			term.await("ksql>")
			if c.query {
				term.press(createStream + "\r")
				term.await("----\nksql>")
				term.enter("SELECT * FROM s EMIT CHANGES;", "Press CTRL-C to interrupt")
			}
			if err := term.command.Process.Signal(c.signal); err != nil {
				t.Fatal(err)
			}
			if code := term.exit(); code != c.code {
				t.Errorf("exit code %d, want %d:\n%s", code, c.code, term.screen())
			}
			if !term.cooked() {
				t.Error("the terminal is not as it was")
			}
			if left, _ := filepath.Glob(filepath.Join(home, "ksqlite-*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestTerminalSafety holds that data cannot drive the terminal, and that
// messages have colours unless NO_COLOR says no.
func TestTerminalSafety(t *testing.T) {
	t.Parallel()
	term := openTerminal(t, t.TempDir())
	term.await("ksql>")
	term.press("CREATE STREAM s (a STRING) WITH (KAFKA_TOPIC='s', PARTITIONS=1, VALUE_FORMAT='JSON');\r")
	term.await("----\nksql>")
	term.press("INSERT INTO s VALUES (FROM_BYTES(TO_BYTES('G1szNW0=','base64'),'utf8'));\r")
	term.await("\nksql>")
	term.enter("SELECT * FROM s;", "Query terminated\nksql>")
	if !strings.Contains(term.screen(), `|\x1b[35m|`) {
		t.Errorf("the escape sequence is not shown:\n%s", term.screen())
	}
	term.mu.Lock()
	before := strings.Contains(term.raw.String(), "\x1b[35m")
	term.mu.Unlock()
	if before {
		t.Error("the escape sequence was sent")
	}
	term.enter("SELET;", "^^^^^\nksql>")
	term.mu.Lock()
	defer term.mu.Unlock()
	if !strings.Contains(term.raw.String(), "\x1b[31mline 1:1") {
		t.Error("the error is not red")
	}
}
