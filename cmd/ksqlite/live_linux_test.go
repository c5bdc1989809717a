package main

import (
	"bufio"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// brokerBeside runs `ksqlite broker` until the test ends and returns its address.
func brokerBeside(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(path)
	c.Args = []string{"ksqlite", "broker", "--listen", "127.0.0.1:0", "--data-dir", t.TempDir()}
	messages, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill() // it has not ended
		_ = c.Wait()
	})
	listens := regexp.MustCompile(`listens on (\S+:\d+),`)
	for lines := bufio.NewScanner(messages); lines.Scan(); {
		if found := listens.FindStringSubmatch(lines.Text()); found != nil {
			return found[1]
		}
	}
	t.Fatal("the broker did not say where it listens")
	return ""
}

// TestTerminalLive looks at a live table as a person would: rows change and vanish in
// place, the terminal changes its size, and at the end everything that stood there
// before is there again, with the last rows below.
func TestTerminalLive(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	address := brokerBeside(t)
	insert := func(sql string) {
		t.Helper()
		path, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command(path)
		c.Args = []string{"ksqlite", "--bootstrap-server", address, "--ephemeral", "-e", "CREATE TABLE IF NOT EXISTS t " + liveColumns + sql}
		c.Env = []string{"HOME=" + home, "TMPDIR=" + home}
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	insert("INSERT INTO t VALUES (1, 'one'); INSERT INTO t VALUES (2, 'two');")

	term := openTerminal(t, home, "--bootstrap-server", address, "--ephemeral")
	term.await("ksql>")
	term.press("CREATE TABLE t " + liveColumns + "\r")
	term.await("----\nksql>")
	term.enter("SET 'auto.offset.reset'='earliest';", "\nksql>")
	term.enter("set cli live on by a desc", "\nksql>")
	before := term.screen()
	term.press("SELECT * FROM t WHERE b <> 'gone' EMIT CHANGES;\r")
	term.await("|A|B  |\n+-+---+\n|2|two|\n|1|one|")
	if !strings.HasPrefix(term.screen(), "2 rows, ") || !strings.Contains(term.screen(), "Press CTRL-C to interrupt\n") {
		t.Errorf("the first line is another:\n%s", term.screen())
	}
	insert("INSERT INTO t VALUES (1, 'eins'); INSERT INTO t VALUES (3, 'three');")
	term.await("|3|three|\n|2|two  |\n|1|eins |")
	insert("INSERT INTO t VALUES (2, 'gone');")
	term.await("|3|three|\n|1|eins |")

	term.press(ctrlC)
	term.await("|3|three|\n|1|eins |\nQuery terminated\nksql>")
	want := before + " SELECT * FROM t WHERE b <> 'gone' EMIT CHANGES;\n+-+-----+\n|A|B    |\n+-+-----+\n|3|three|\n|1|eins |\nQuery terminated\nksql>"
	if got := term.screen(); got != want {
		t.Errorf("the terminal has\n%s\nwant\n%s", got, want)
	}
	term.mu.Lock()
	if raw := term.raw.String(); strings.LastIndex(raw, "\x1b[?25h") < strings.LastIndex(raw, "\x1b[?25l") || !term.vt.CursorVisible() {
		t.Error("the cursor is still hidden")
	}
	term.mu.Unlock()

	// Another size.
	term.press("SELECT * FROM t EMIT CHANGES;\r")
	term.await("|3|three|\n|2|gone |\n|1|eins |")
	term.resize(60, 6)
	term.await("|3|three|\nrows 1 to 1 of 3")
	for _, step := range [][2]string{
		{"\x1b[B", "|2|gone |\nrows 2 to 2 of 3"},
		{"\x1b[6~", "|1|eins |\nrows 3 to 3 of 3"},
		{"\x1b[B", "|1|eins |\nrows 3 to 3 of 3"},
		{homeKey, "|3|three|\nrows 1 to 1 of 3"},
		{endKey, "|1|eins |\nrows 3 to 3 of 3"},
		{"\x1b[5~k", "|3|three|\nrows 1 to 1 of 3"},
		{"j", "|2|gone |\nrows 2 to 2 of 3"},
	} {
		term.press(step[0])
		term.await(step[1])
	}
	term.resize(80, 40)
	term.await("|3|three|\n|2|gone |\n|1|eins |")
	term.press("q")
	term.await("|1|eins |\nQuery terminated\nksql>")

	// What does not fit on the screen is there at the end as well, as any rows are.
	term.resize(80, 6)
	term.press("SELECT * FROM t EMIT CHANGES;\r")
	term.await("rows 1 to 1 of 3")
	term.press(ctrlC)
	term.await("|3|three|\n|2|gone |\n|1|eins |\nQuery terminated\nksql>")
	term.press(ctrlD)
	term.await("Exiting ksqlite.")
}

const liveColumns = "(a INT PRIMARY KEY, b STRING) WITH (KAFKA_TOPIC='t', PARTITIONS=1, FORMAT='JSON');"

// resize gives the terminal another size.
func (t *emulator) resize(width, height int) {
	t.t.Helper()
	t.mu.Lock()
	t.vt.Resize(width, height)
	t.mu.Unlock()
	if err := pty.Setsize(t.pty, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)}); err != nil {
		t.t.Fatal(err)
	}
}
