package tests

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

// This file builds the programs of the repository and runs them as users do.

// root is the repository's root, from the folder that these tests run in.
const root = ".."

func TestMain(m *testing.M) {
	code := m.Run()
	if err := os.RemoveAll(programFolder); err != nil {
		fmt.Println(err)
	}
	os.Exit(code)
}

// programFolder is where the programs are built, for TestMain to remove.
var programFolder = filepath.Join(os.TempDir(), fmt.Sprintf("ksqlite-programs-%d", os.Getpid()))

// builtPrograms builds ksqlite and the examples, once for all tests.
var builtPrograms = sync.OnceValue(func() error {
	if err := os.MkdirAll(programFolder, 0o700); err != nil {
		return err
	}
	build := exec.Command("go", "build", "-o", programFolder, "./cmd/...", "./examples/...")
	build.Dir, build.Env = root, environment()
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the programs: %w\n%s", err, out)
	}
	return nil
})

// programs builds the programs and returns their folder.
func programs(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the programs are run by a POSIX shell")
	}
	if err := builtPrograms(); err != nil {
		t.Fatal(err)
	}
	return programFolder
}

// environment is that of the tests, without what GOFLAGS (-race) says to the
// test run alone, and with the built programs on the path.
func environment(more ...string) []string {
	path := programFolder + string(os.PathListSeparator) + os.Getenv("PATH")
	return append(append(os.Environ(), "GOFLAGS=", "PATH="+path), more...)
}

// shell runs a command line in the repository's root and returns what it prints,
// on standard output and standard error.
func shell(t *testing.T, line string, env ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "sh", "-c", line)
	command.Dir, command.Env = root, environment(env...)
	out, err := command.CombinedOutput()
	return string(out), err
}

// listening is what a broker says once clients may come.
var listening = regexp.MustCompile(`listens on (\S+:\d+),`)

// startBroker runs `ksqlite broker` on a free port until the test ends.
func startBroker(t *testing.T) (address string) {
	t.Helper()
	broker := exec.Command(filepath.Join(programs(t), "ksqlite"), "broker", "--listen", "127.0.0.1:0", "--data-dir", t.TempDir())
	messages, err := broker.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := broker.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		var exit *exec.ExitError
		err := errors.Join(broker.Process.Signal(syscall.SIGTERM), broker.Wait())
		if !errors.As(err, &exit) || exit.ExitCode() != 128+int(syscall.SIGTERM) {
			t.Errorf("the broker ended with %v", err)
		}
	})
	var said []string
	for lines := bufio.NewScanner(messages); lines.Scan(); {
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			return found[1]
		}
		said = append(said, lines.Text())
	}
	t.Fatalf("the broker did not say where it listens: %s", strings.Join(said, "\n"))
	return ""
}
