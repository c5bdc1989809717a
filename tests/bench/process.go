package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// This file measures the binary as a whole: how large it is, how soon it shows a
// row, and how much memory it takes. The figures of memory come from /proc, so
// they are there on Linux alone.

// build makes the binary as a release would be and returns its path.
func build(ctx context.Context) (path string, cleanup func(), err error) {
	dir, err := os.MkdirTemp("", "ksqlite-bench")
	if err != nil {
		return "", nil, err
	}
	path = filepath.Join(dir, "ksqlite")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "./cmd/ksqlite")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, func() { os.RemoveAll(dir) }, nil
}

func binarySize(ctx context.Context, _ *settings) (ours, base float64, err error) {
	path, cleanup, err := build(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer cleanup()
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, err
	}
	return float64(info.Size()) / (1 << 20), 0, nil
}

const firstRow = `CREATE STREAM s (id INT) WITH (kafka_topic='s', value_format='JSON', partitions=1); ` +
	`INSERT INTO s VALUES (1); SET 'auto.offset.reset'='earliest'; SELECT * FROM s EMIT CHANGES LIMIT 1;`

// startup measures the whole process, from its start to its end, that makes a
// topic, puts a record into it and shows the row of a push query.
func startup(ctx context.Context, s *settings) (ours, base float64, err error) {
	path, cleanup, err := build(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer cleanup()
	return best(ctx, s, least, func(ctx context.Context) (float64, error) {
		start := time.Now()
		out, err := exec.CommandContext(ctx, path, "-e", firstRow).CombinedOutput()
		if err != nil {
			return 0, fmt.Errorf("%w\n%s", err, out)
		}
		return float64(time.Since(start).Microseconds()) / 1000, nil
	}, func(context.Context) (float64, error) { return 0, nil })
}

// idleMemory measures what a push query takes that has shown its row and waits for more.
func idleMemory(ctx context.Context, _ *settings) (ours, base float64, err error) {
	path, cleanup, err := build(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer cleanup()
	cmd := exec.CommandContext(ctx, path, "--output", "JSONL", "-e", strings.TrimSuffix(firstRow, " LIMIT 1;")+";")
	lines, err := started(cmd)
	if err != nil {
		return 0, 0, err
	}
	defer end(cmd)
	for lines.Scan() && !strings.Contains(lines.Text(), "1") {
	}
	mb, err := memory(cmd.Process.Pid, "VmRSS")
	return mb, 0, err
}

// started starts a command and returns its output line by line.
func started(cmd *exec.Cmd) (*bufio.Scanner, error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return bufio.NewScanner(out), cmd.Start()
}

func end(cmd *exec.Cmd) {
	if cmd.Process.Kill() == nil {
		_ = cmd.Wait() // it was killed
	}
}

// memory reads a process's figure from /proc, in MB.
func memory(pid int, field string) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	found := regexp.MustCompile(field + `:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		return 0, fmt.Errorf("no %s in /proc/%d/status", field, pid)
	}
	kb, err := strconv.ParseFloat(string(found[1]), 64)
	return kb / 1024, err
}
