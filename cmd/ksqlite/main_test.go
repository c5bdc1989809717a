package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test's own binary be the command: started under the name
// ksqlite it is ksqlite.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ksqlite": main})
}

// TestScripts runs testdata/script/*.txtar. Besides testscript's own commands
// there are:
//
//	code N ksqlite …               runs a command and holds its exit code
//	signal SIGNAL N TEXT ksqlite …  sends SIGNAL once the output has TEXT, and holds the exit code
//	broker NAME ksqlite broker …    starts a broker; its address becomes $NAME
//	serve NAME TEXT ksqlite server …  starts a server and waits until it has logged TEXT
//	stopserver NAME                 ends it with SIGTERM, and holds that its exit code is 0
//	fails PATTERN ksqlite …         holds exit code 1 and what is said; see bad_input_test.go
//	send ADDRESS TEXT               a stranger is hung up on
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			// One home, one temporary folder for each script: what a command
			// leaves behind can be seen.
			e.Setenv("HOME", e.WorkDir)
			e.Values[serversKey{}] = map[string]func() error{}
			e.Setenv("TMPDIR", filepath.Join(e.WorkDir, "tmp"))
			return os.Mkdir(filepath.Join(e.WorkDir, "tmp"), 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": code, "signal": signalled, "broker": startBroker, "fails": fails, "send": send,
			"serve": startServer, "stopserver": stopServer,
		},
	})
}

// command returns the command to be run in a script.
func command(ts *testscript.TestScript, args []string) *exec.Cmd {
	path, err := os.Executable()
	ts.Check(err)
	c := exec.Command(path)
	c.Args, c.Dir = args, ts.MkAbs(".")
	for _, name := range []string{"HOME", "TMPDIR", "PATH"} {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	return c
}

func exitCodeOf(ts *testscript.TestScript, err error) int {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	ts.Check(err)
	return 0
}

func code(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := exitCodeOf(ts, ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func signalled(ts *testscript.TestScript, _ bool, args []string) {
	signals := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	c := command(ts, args[3:])
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	ts.Check(err)
	ts.Check(c.Start())
	waitFor(ts, out, args[2])
	ts.Check(c.Process.Signal(signals[args[0]]))
	rest, err := io.ReadAll(out)
	ts.Check(err)
	if got := exitCodeOf(ts, c.Wait()); got != want {
		ts.Fatalf("exit code %d, want %d; then came %q", got, want, rest)
	}
}

// waitFor reads lines until one has a text.
func waitFor(ts *testscript.TestScript, r io.Reader, text string) string {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			return lines.Text()
		}
	}
	ts.Fatalf("%q never came", text)
	return ""
}

func startServer(ts *testscript.TestScript, _ bool, args []string) {
	c := command(ts, args[2:])
	messages, err := c.StderrPipe()
	ts.Check(err)
	ts.Check(c.Start())
	var once sync.Once
	var ended error
	stop := func() error {
		once.Do(func() {
			ended = errors.Join(c.Process.Signal(syscall.SIGTERM), c.Wait())
		})
		return ended
	}
	servers(ts)[args[0]] = stop
	ts.Defer(func() { _ = stop() })
	waitFor(ts, messages, args[1])
	go io.Copy(io.Discard, messages) //nolint:errcheck // it ends with the server
}

func stopServer(ts *testscript.TestScript, _ bool, args []string) {
	if err := servers(ts)[args[0]](); err != nil {
		ts.Fatalf("the server %s ended with %v", args[0], err)
	}
}

// servers are what ends the servers of a script, by their names.
func servers(ts *testscript.TestScript) map[string]func() error {
	return ts.Value(serversKey{}).(map[string]func() error)
}

type serversKey struct{}

func startBroker(ts *testscript.TestScript, _ bool, args []string) {
	c := command(ts, args[1:])
	messages, err := c.StderrPipe()
	ts.Check(err)
	ts.Check(c.Start())
	ts.Defer(func() {
		_ = c.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		_ = c.Wait()
	})
	_, rest, _ := strings.Cut(waitFor(ts, messages, "broker listens on "), "broker listens on ")
	address, _, _ := strings.Cut(rest, ",")
	ts.Setenv(args[0], address)
}
