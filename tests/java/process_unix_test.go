//go:build unix

package java

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// logFile is where the output goes.
const logFile = "java.log"

// launchFolder makes this test binary the owner that dies in
// TestProcessDiesWithItsOwner, and names the folder to launch in.
const launchFolder = "KSQLITE_TEST_LAUNCH_FOLDER"

// The owner is killed outright, so nothing of it can clean up. What it had
// launched must be gone all the same: its log, which is a pipe here, comes to
// its end when the last process that could write to it is gone.
func TestProcessDiesWithItsOwner(t *testing.T) {
	t.Parallel()
	if folder := os.Getenv(launchFolder); folder != "" {
		launchAndWait(t, folder)
		return
	}
	folder := t.TempDir()
	pipe := filepath.Join(folder, logFile)
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	owner := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcessDiesWithItsOwner$")
	owner.Env = append(os.Environ(), launchFolder+"="+folder)
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	log, err := os.Open(pipe) // opens once the owner has opened it
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if err := log.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}

	if up, err := readText(log); err != nil || up != "launched\n" {
		t.Fatalf("the owner said %q, %v", up, err)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait()
	if text, err := readText(log); err == nil || os.IsTimeout(err) {
		t.Fatalf("the process outlived its owner: %q, %v", text, err)
	}
}

// launchAndWait launches a process, tells through its log that the watchdog is
// in place, and waits to be killed with it.
func launchAndWait(t *testing.T, folder string) {
	t.Helper()
	p, err := Launch("sh", folder, logFile, []string{"-c", "sleep 60; echo survived"})
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.OpenFile(filepath.Join(folder, logFile), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.WriteString("launched\n"); err != nil {
		t.Fatal(err)
	}
	<-p.Ended
}

// readText reads what comes next.
func readText(file *os.File) (string, error) {
	text := make([]byte, 64)
	n, err := file.Read(text)
	return string(text[:n]), err
}
