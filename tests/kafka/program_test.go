package kafka_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// This file runs ksqlite as its users do: as a program.

// builtProgram builds ksqlite for all tests that ask for it. The folder it
// builds into is TestMain's to remove.
var builtProgram = sync.OnceValues(func() (string, error) {
	if err := os.MkdirAll(programFolder, 0o700); err != nil {
		return "", err
	}
	file := filepath.Join(programFolder, "ksqlite")
	command := exec.Command("go", "build", "-o", file, "github.com/ksqlite/ksqlite/cmd/ksqlite")
	// What GOFLAGS says (-race) is meant for this test run.
	command.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building ksqlite: %w\n%s", err, out)
	}
	return file, nil
})

// programFolder is where builtProgram builds.
var programFolder = filepath.Join(os.TempDir(), fmt.Sprintf("ksqlite-program-%d", os.Getpid()))

// program returns the path of the ksqlite that is built from this checkout.
func program(t *testing.T) string {
	t.Helper()
	file, err := builtProgram()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// listening is what a broker says once clients may come.
var listening = regexp.MustCompile(`listens on (\S+:\d+),`)

// startBroker runs `ksqlite broker` on a free port and a folder until the test
// ends, and returns its address. It must then end as SIGTERM asks it to.
func startBroker(t *testing.T, folder string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows knows no SIGTERM")
	}
	broker := exec.Command(program(t), "broker", "--listen", "127.0.0.1:0", "--data-dir", folder)
	diagnostics, err := broker.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := broker.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopBroker(t, broker) })

	lines := bufio.NewScanner(diagnostics)
	var said []string
	for lines.Scan() {
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			return found[1]
		}
		said = append(said, lines.Text())
	}
	t.Fatalf("ksqlite broker did not say where it listens: %s", strings.Join(said, "\n"))
	return ""
}

// stopBroker ends a broker with SIGTERM.
func stopBroker(t *testing.T, broker *exec.Cmd) {
	t.Helper()
	if err := broker.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	var exit *exec.ExitError
	if err := broker.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 143 {
		t.Errorf("ksqlite broker ended with %v, want exit code 143", err)
	}
}
