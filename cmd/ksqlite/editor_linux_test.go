package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const (
	ctrlZ     = "\x1a"
	left      = "\x1b[D"
	deleteKey = "\x1b[3~"
	backspace = "\x7f"
)

// ksqliteIn returns the command with an environment.
func ksqliteIn(t *testing.T, env ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(path)
	c.Args, c.Env = []string{"ksqlite"}, env
	return c
}

// has waits until the screen shows a text anywhere.
func (t *emulator) has(text string) {
	t.t.Helper()
	t.until(func() bool { return strings.Contains(t.screen(), text) }, "shown "+text)
}

// column waits until the cursor is in a column, counted from 0.
func (t *emulator) column(x int) {
	t.t.Helper()
	t.until(func() bool {
		t.mu.Lock()
		defer t.mu.Unlock()
		return t.vt.Cursor().X == x
	}, fmt.Sprintf("the cursor in column %d", x))
}

// sent is everything that was sent to the terminal.
func (t *emulator) sent() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.raw.String()
}

// paste pastes a text as terminals do.
func (t *emulator) paste(text string) {
	t.t.Helper()
	t.press("\x1b[200~" + strings.ReplaceAll(text, "\n", "\r") + "\x1b[201~")
}

// TestTerminalCompletion completes words of the grammar, names and topics, and shows
// what there is to choose from.
func TestTerminalCompletion(t *testing.T) {
	t.Parallel()
	term := openTerminal(t, t.TempDir())
	term.await("ksql>")
	term.press("CREATE STREAM orders (id INT, `odd name` STRING) WITH (KAFKA_TOPIC='the_topic', PARTITIONS=1, VALUE_FORMAT='JSON');\r")
	term.await("----\nksql>")
	term.press("sel\t")
	term.await("ksql> select")
	term.press("od")
	term.press("\t")
	term.await("ksql> select `odd name`")
	term.press(" from o\t")
	term.await("ksql> select `odd name` from orders")
	term.press(" e\t")
	term.await("from orders emit")
	term.press("\t")
	term.await("from orders emit\nchanges   final")
	term.press("c")
	term.await("from orders emit c")
	term.press("\t")
	term.await("from orders emit changes")
	term.press(ctrlC)
	term.await("^C\nksql>")
	term.press("PRINT '\t")
	term.await("ksql> PRINT 'the_topic'")
	term.press(ctrlC + "\x15")
	term.await("^C\nksql>")
	term.press("set 'auto.o\t")
	term.await("ksql> set 'auto.offset.reset'=")
	term.press("'e\t")
	term.await("ksql> set 'auto.offset.reset'='earliest';")
	term.press("\r")
	term.await("revert your change.\nksql>")
}

// TestTerminalPaste pastes a script of 500 lines, in which tabs complete nothing, and
// texts that are not whole or one line, which are left to be completed.
func TestTerminalPaste(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	term := openTerminal(t, home)
	term.await("ksql>")
	var script strings.Builder
	script.WriteString("set cli column-width 10\nCREATE STREAM s (a INT, b STRING) WITH (KAFKA_TOPIC='s', PARTITIONS=1, VALUE_FORMAT='JSON');\n")
	for i := range 248 {
		fmt.Fprintf(&script, "INSERT INTO s\n\tVALUES (%d, 'sel\tfrom ');\n", i)
	}
	script.WriteString("-- the last\nSELECT a FROM s WHERE a > 244;\n")
	term.paste(script.String())
	term.await("|245       |\n|246       |\n|247       |\nQuery Completed\nQuery terminated\nksql>")
	if !strings.Contains(term.screen(), "… 495 more lines") || strings.Contains(term.sent(), "\a") {
		t.Errorf("the screen has\n%s", term.screen())
	}
	history, err := os.ReadFile(filepath.Join(home, ".ksqlite_history"))
	if lines := strings.Count(string(history), "\n"); err != nil || lines != 251 {
		t.Errorf("the history has %d entries, %v", lines, err)
	}

	term.paste("SELECT b\nFROM s")
	term.await("ksql> SELECT b\n>FROM s")
	term.press(" LIMIT 1;\r")
	term.await("Query terminated\nksql>")
	term.paste("SHOW STREAMS;")
	term.await("ksql> SHOW STREAMS;")
	term.press(left + backspace + "X")
	term.await("ksql> SHOW STREAMX;")
	term.press(ctrlC)
	term.await("^C\nksql>")
	term.press(ctrlD)
	term.await("Exiting ksqlite.")
	term.exit()
	if sent := term.sent(); strings.LastIndex(sent, "\x1b[?2004h") > strings.LastIndex(sent, "\x1b[?2004l") {
		t.Error("the terminal still tells what is pasted")
	}
}

// TestTerminalWidths holds that the cursor is where the characters are, however wide and
// however many code points they have, and that they go as a whole.
func TestTerminalWidths(t *testing.T) {
	t.Parallel()
	term := openTerminal(t, t.TempDir())
	term.await("ksql>")
	const promptWidth = 6
	term.press("'日本é👩‍👩‍👧x'") // e has an accent of its own
	term.column(promptWidth + 1 + 4 + 1 + 2 + 2)
	term.press(left + left)
	term.column(promptWidth + 1 + 4 + 1 + 2)
	term.press(left)
	term.column(promptWidth + 1 + 4 + 1)
	term.press(left + left)
	term.column(promptWidth + 1 + 2)
	term.press(endKey + left + left + backspace)
	term.column(promptWidth + 1 + 4 + 1)
	term.press(backspace)
	term.column(promptWidth + 1 + 4)
	term.press(endKey + strings.Repeat("本", 34)) // of the last one, half would fit the row
	term.column(2)
}

// TestTerminalKeys holds that Delete deletes and does not leave, and that the terminal
// may change its size while a line is typed.
func TestTerminalKeys(t *testing.T) {
	t.Parallel()
	term := openTerminal(t, t.TempDir())
	term.await("ksql>")
	term.press(deleteKey + "SELECCT" + left + left + deleteKey)
	term.await("ksql> SELECT")
	term.resize(40, 20)
	term.press(endKey + " '" + strings.Repeat("x", 30))
	term.await("ksql> SELECT '" + strings.Repeat("x", 26) + "\nxxxx")
	term.resize(80, 40)
	term.press("';")
	term.await("ksql> SELECT '" + strings.Repeat("x", 30) + "';")
	term.press(ctrlC)
	term.await("^C\nksql>")
	term.press("quit\r")
	term.await("Exiting ksqlite.")
}

// TestTerminalSuspend stops the shell at the prompt, in a query and in a live table, as
// one does in a shell with job control, and brings it back.
func TestTerminalSuspend(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("it needs bash")
	}
	home := t.TempDir()
	ksqlite := ksqliteIn(t).Path
	if err := os.Symlink(ksqlite, filepath.Join(home, "ksqlite")); err != nil {
		t.Fatal(err)
	}
	term := openTerminalOf(t, home, exec.Command(bash, "--norc", "--noprofile", "-i"))
	term.has("bash")
	term.press("PS1='REA''DY '\r")
	term.await("READY")
	term.press("$HOME/ksqlite\r")
	term.await("ksql>")
	term.press("SELECT 1")
	term.await("ksql> SELECT 1")
	term.press(ctrlZ)
	term.await("READY")
	if !strings.Contains(term.screen(), "Stopped") {
		t.Errorf("not stopped:\n%s", term.screen())
	}
	term.press("fg\r")
	term.await("ksqlite\nksql> SELECT 1")
	term.press("2")
	term.await("ksql> SELECT 12")
	term.press(ctrlC)
	term.await("^C\nksql>")

	term.press("CREATE TABLE t " + liveColumns + "INSERT INTO t VALUES (1, 'one');\r")
	term.await("----\nksql>")
	term.enter("SET 'auto.offset.reset'='earliest';", "\nksql>")
	term.press("SELECT * FROM t EMIT CHANGES;\r")
	term.has("|1   |one                     |\n1 row, ")
	term.press(ctrlZ)
	term.await("READY")
	if strings.Contains(term.screen(), "Press CTRL-C") {
		t.Errorf("the status is still there:\n%s", term.screen())
	}
	term.press("fg\r")
	term.await("lag 0, Press CTRL-C to interrupt")
	term.press(ctrlC)
	term.await("Query terminated\nksql>")

	term.enter("set cli live on", "\nksql>")
	term.press("SELECT * FROM t EMIT CHANGES;\r")
	term.await("+-+---+\n|1|one|")
	term.press(ctrlZ)
	term.await("READY")
	term.press("fg\r")
	term.await("+-+---+\n|1|one|")
	if !strings.HasPrefix(term.screen(), "1 row, ") {
		t.Errorf("the table is not alone:\n%s", term.screen())
	}
	term.press(ctrlC)
	term.await("Query terminated\nksql>")
	term.press(ctrlD)
	term.await("READY")
	if !term.cooked() && !strings.Contains(term.screen(), "Exiting") {
		t.Error("the terminal is not as it was")
	}
}

// TestTerminalTypedAhead holds that what is typed while a query runs stands at the next prompt, and not
// among the rows.
func TestTerminalTypedAhead(t *testing.T) {
	t.Parallel()
	term := openTerminal(t, t.TempDir(), "--query-timeout", "1500")
	term.await("ksql>")
	term.press(createStream + "\r")
	term.await("----\nksql>")
	term.enter("SELECT * FROM s EMIT CHANGES;", "Press CTRL-C to interrupt")
	term.press("versi")
	term.await("Query terminated\nksql> versi")
	if sent := term.sent(); strings.Index(sent, "versi") < strings.Index(sent, "Query terminated") {
		t.Errorf("typed text among the rows:\n%s", sent)
	}
	term.press("on\r")
	term.has("Version: ")
	term.await("\nksql>")
	term.press(ctrlD)
	term.exit()
	if !term.cooked() {
		t.Error("the terminal is not as it was")
	}
}

// TestTerminalHint holds that somebody who waits in vain is told why.
func TestTerminalHint(t *testing.T) {
	t.Parallel()
	term := openTerminal(t, t.TempDir())
	term.await("ksql>")
	term.press(createStream + "\r")
	term.await("----\nksql>")
	term.press("INSERT INTO s VALUES (1);\r")
	term.await("\nksql>")
	term.press("SELECT * FROM s EMIT CHANGES;\r")
	term.has("This query shows what arrives from now on. SET 'auto.offset.reset'='earliest';")
	term.await("0 rows, 0 rows/s, lag 0, Press CTRL-C to interrupt")
	term.press(ctrlC)
	term.await("Query terminated\nksql>")
	term.press("SET 'auto.offset.reset' = 'earliest'; SELECT * FROM s WHERE a > 1 EMIT CHANGES;\r")
	term.has("No rows yet: 1 record read, and none has passed the WHERE. The query waits for")
	term.await("0 rows, 0 rows/s, 1 read, lag 0, Press CTRL-C to interrupt")
	term.press(ctrlC)
	term.await("Query terminated\nksql>")
	term.press("CREATE STREAM e (a INT) WITH (kafka_topic='e', value_format='JSON', partitions=2);\r")
	term.await("----\nksql>")
	term.press("SELECT * FROM e EMIT CHANGES;\r")
	term.has("No rows yet: the topic has no records. The query waits for them.")
	term.await("Press CTRL-C to interrupt")
	term.press(ctrlC)
	term.await("Query terminated\nksql>")
	term.press("UNSET 'auto.offset.reset'; PRINT s;\r")
	term.has("PRINT … FROM BEGINNING shows what is there")
	term.await("Press CTRL-C to interrupt")
	term.press(ctrlC)
	term.await("Topic printing ceased\nksql>")
	term.press("CREATE TABLE t (k INT PRIMARY KEY) WITH (kafka_topic='t', value_format='JSON', partitions=1);\r")
	term.await("----\nksql>")
	term.press("SELECT * FROM t EMIT CHANGES;\r")
	term.has("A query over a table begins with the rows that are there already. SET")
	term.await("Press CTRL-C to interrupt")
	term.press(ctrlC)
	term.await("Query terminated\nksql>")
}

// TestTerminalPrograms holds that long results go through the user's pager, short ones
// do not, and that \e opens the user's editor.
func TestTerminalPrograms(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	script := func(name, text string) string {
		t.Helper()
		path := filepath.Join(home, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	script("less", `echo "help has $(wc -l) lines"`)
	pager := script("pager", `echo "paged $(wc -l) lines"; read answer </dev/tty; echo "read $answer"`)
	editor := script("editor", `echo "was: $(cat "$1")"; printf 'SHOW\nTABLES;' > "$1"`)
	term := openTerminalOf(t, home, ksqliteIn(t, "PAGER="+pager, "EDITOR="+editor, "PATH="+os.Getenv("PATH")))
	term.await("ksql>")
	term.press("SHOW FUNCTIONS;\r")
	term.has("paged ")
	term.press("well\r")
	term.await("read well\nksql>")
	term.enter("SHOW STREAMS;", "----\nksql>")
	term.press("\\e\r")
	term.await("was: SHOW STREAMS;\nksql> SHOW\n>TABLES;")
	term.press("\r")
	term.await("----\nksql>")
	if !strings.Contains(term.screen(), "Table Name") {
		t.Errorf("what was edited did not run:\n%s", term.screen())
	}
	term.enter("SELECT", "\n>")
	term.press("\\e\r")
	term.await("was: SELECT\nksql> SHOW\n>TABLES;")

	unnamed := openTerminalOf(t, home, ksqliteIn(t, "PATH="+home+":"+os.Getenv("PATH")))
	unnamed.await("ksql>")
	unnamed.press("help\r")
	unnamed.has("help has ")
	unnamed.await("lines\nksql>")
}

// TestTerminalProgramsEnd holds that the end of the shell is also that of the pager and the
// editor, which get the time to leave the terminal as it was.
func TestTerminalProgramsEnd(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{"pager": "SHOW FUNCTIONS;", "editor": "edit"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			path := filepath.Join(home, "program")
			const text = `#!/bin/sh
trap 'kill $!; stty sane </dev/tty; echo left; exit 1' TERM
stty -icanon -echo </dev/tty
sleep 60 &
echo here
wait
`
			if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
				t.Fatal(err)
			}
			term := openTerminalOf(t, home, ksqliteIn(t, "PAGER="+path, "EDITOR="+path, "PATH="+os.Getenv("PATH")))
			term.await("ksql>")
			term.press(line + "\r")
			term.await("here")
			if err := term.command.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if code := term.exit(); code != 128+int(syscall.SIGTERM) {
				t.Errorf("exit code %d", code)
			}
			term.await("here\nleft")
			if !term.cooked() {
				t.Error("the terminal is not as it was")
			}
		})
	}
}

// TestTerminalStartup holds that ~/.ksqliterc is run first, and how that is avoided.
func TestTerminalStartup(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	lines := "-- my settings\nset cli column-width 7\nDEFINE place = 'here';\nSET 'auto.offset.reset'='earliest';\n"
	if err := os.WriteFile(filepath.Join(home, ".ksqliterc"), []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	term := openTerminal(t, home)
	term.await("revert your change.\nksql>")
	term.enter("SHOW VARIABLES;", "place         | here\n-----------------------\nksql>")
	term.press(ctrlD)
	term.await("Exiting ksqlite.")
	term = openTerminal(t, home, "--no-rc")
	term.await("leave.\nksql>")
	term.enter("SHOW VARIABLES;", "Value\n-----------------------\n-----------------------\nksql>")
}

// TestTerminalPlain holds that a dumb terminal gets text alone, and one without colours
// no colours.
func TestTerminalPlain(t *testing.T) {
	t.Parallel()
	dumb := openTerminalOf(t, t.TempDir(), ksqliteIn(t, "TERM=dumb"))
	dumb.await("ksql>")
	dumb.press(createStream + "\r")
	dumb.await("----\nksql>")
	dumb.press("SELET\r")
	dumb.await("\n>")
	dumb.press(ctrlC)
	dumb.await("^C\nksql>")
	dumb.press("SELECT * FROM s EMIT CHANGES;\r")
	dumb.await("+-----------+\n|A          |\n+-----------+")
	dumb.press(ctrlC)
	dumb.await("Query terminated\nksql>")
	dumb.press("SELECT 1;\r")
	dumb.await("ksql>")
	dumb.press(ctrlD)
	dumb.await("Exiting ksqlite.")
	if sent := dumb.sent(); strings.Contains(sent, "\x1b") {
		t.Errorf("escape sequences were sent: %q", sent)
	}

	grey := openTerminalOf(t, t.TempDir(), ksqliteIn(t, "NO_COLOR=1"))
	grey.await("ksql>")
	grey.enter("SELECT 'x' FROM;", "^\nksql>")
	if sent := grey.sent(); strings.Contains(sent, "\x1b[3") || strings.Contains(sent, "\x1b[1;3") {
		t.Errorf("colours were sent: %q", sent)
	}
}

// TestTerminalHighlight holds that SQL has colours while it is typed, unless that is
// switched off.
func TestTerminalHighlight(t *testing.T) {
	t.Parallel()
	term := openTerminal(t, t.TempDir())
	term.await("ksql>")
	term.press("SELECT 'x' -- y")
	term.await("ksql> SELECT 'x' -- y")
	for _, want := range []string{"\x1b[1;34mSELECT\x1b[0m", "\x1b[31m'x", "\x1b[32m'x'\x1b[0m", "\x1b[90m-- y"} {
		if !strings.Contains(term.sent(), want) {
			t.Errorf("%q was not sent", want)
		}
	}
	term.press(ctrlC)
	term.await("^C\nksql>")
	term.enter("set cli highlight off", "\nksql>")
	before := len(term.sent())
	term.press("SELECT 'x'")
	term.await("ksql> SELECT 'x'")
	if sent := term.sent()[before:]; strings.Contains(sent, "m") {
		t.Errorf("there are colours: %q", sent)
	}
}

// TestTerminalHostile holds that nothing in names, values, messages and what is recalled
// drives the terminal.
func TestTerminalHostile(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	const evil = "\x1b[35m\x07\u202e"
	script := strings.ReplaceAll("DROP STREAM IF EXISTS s;\nDROP TYPE IF EXISTS `tEVIL`;\nCREATE TYPE `tEVIL` AS STRUCT<`fEVIL` INT>;\n"+
		"CREATE STREAM s (`cEVIL` STRING, n `tEVIL`) WITH (KAFKA_TOPIC='s', PARTITIONS=1, VALUE_FORMAT='JSON');\n"+
		"DEFINE x = 'EVIL';\nSHOW VARIABLES;\nSHOW TYPES;\nDESCRIBE s;\nDESCRIBE s EXTENDED;\nSHOW CREATE ALL;\n"+
		"INSERT INTO s (`cEVIL`) VALUES ('EVIL');\nSELECT * FROM s;\nSET 'auto.offset.reset'='earliest';\n"+
		"PRINT s FROM BEGINNING LIMIT 1;\nEXPLAIN SELECT `cEVIL` AS `aEVIL` FROM s EMIT CHANGES;\n"+
		"SELECT `wrongEVIL`, 'EVIL' FROM s;\n", "EVIL", evil)
	path := filepath.Join(home, "evil.sql")
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".ksqlite_history"), []byte("SELECT '"+evil+"';\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	term := openTerminal(t, home)
	term.await("ksql>")
	for i, format := range []string{"TABULAR", "CSV", "JSON", "JSONL"} {
		term.enter("output "+format, "\nksql>")
		term.press("run script '" + path + "'\r")
		term.until(func() bool { return strings.Count(term.sent(), "line 16:8") > i }, "ended the script")
		term.await("\nksql>")
	}
	term.press("history\r")
	term.await("\nksql>")
	term.press(up + up)
	term.press(ctrlC)
	term.await("^C\nksql>")
	term.press("help \x1b[35mx\r")
	term.await("\nksql>")
	sent := term.sent()
	for _, bad := range []string{"\x1b[35m", "\u202e"} {
		if i := strings.Index(sent, bad); i >= 0 {
			t.Errorf("%q was sent: %q", bad, sent[max(0, i-200):i+20])
		}
	}
	for _, want := range []string{`|\x1b[35m\x07\u202e`, `c\x1b[35m\x07\u202e`} {
		if !strings.Contains(sent, want) {
			t.Errorf("%q is not shown", want)
		}
	}
}
