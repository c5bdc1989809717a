package main

import (
	"errors"
	"io"
	"net"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// crash is what no user may ever see.
var crash = regexp.MustCompile(`panic|goroutine \d|runtime error|internal error|\.go:\d`)

// fails is the command "fails PATTERN ksqlite …": the command ends with exit code
// 1, and what it says matches PATTERN and is no crash.
func fails(ts *testscript.TestScript, _ bool, args []string) {
	if got := exitCodeOf(ts, ts.Exec(args[1], args[2:]...)); got != exitFailed {
		ts.Fatalf("exit code %d, want %d", got, exitFailed)
	}
	said := ts.ReadFile("stderr")
	if !regexp.MustCompile("(?m)" + args[0]).MatchString(said) {
		ts.Fatalf("said %.2000q, want %q", said, args[0])
	}
	if found := crash.FindString(said); found != "" {
		ts.Fatalf("said %.2000q", said)
	}
}

// send is the command "send ADDRESS TEXT": a stranger connects, says TEXT, in
// which escapes are as in Go, and is hung up on without an answer.
func send(ts *testscript.TestScript, _ bool, args []string) {
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	conn, err := net.Dial("tcp", args[0])
	ts.Check(err)
	defer conn.Close()
	ts.Check(conn.SetDeadline(time.Now().Add(time.Minute)))
	_, err = io.WriteString(conn, text)
	ts.Check(err)
	answer, err := io.ReadAll(conn)
	if len(answer) > 0 || err != nil && !errors.Is(err, syscall.ECONNRESET) {
		ts.Fatalf("answered %q, %v", answer, err)
	}
}
