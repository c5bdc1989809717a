package apicurio

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/tests/java"
)

const (
	// startTimeout is how long a start may take on a machine that is busy.
	startTimeout = time.Minute
	// pollEvery is how often a starting server is asked whether it is there.
	pollEvery = 50 * time.Millisecond
	logFile   = "apicurio.log"
)

// Required reports whether tests must fail, not skip, where something that `make
// registries` fetches is missing.
func Required() bool { return os.Getenv("KSQLITE_REQUIRE_REGISTRIES") == "1" }

// Run starts a registry for one test and returns the address of its Confluent-compatible
// API. It is gone when the test ends, and its log is shown when the test fails.
func Run(tb testing.TB) (url string) {
	tb.Helper()
	jar, err := find()
	var program string
	if err == nil {
		if program, err = java.Find(); err != nil {
			err = fmt.Errorf("registries: %w", err)
		}
	}
	if err != nil && !Required() {
		tb.Skip(err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	folder := tb.TempDir()
	address, err := freeAddress(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	process, err := java.Launch(program, folder, logFile, args(jar, address))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		process.Kill()
		if log, err := os.ReadFile(filepath.Join(folder, logFile)); tb.Failed() {
			tb.Logf("Apicurio's log: %v\n%s", err, log)
		}
	})
	url = "http://" + address + "/apis/ccompat/v7"
	if err := await(tb.Context(), url, process); err != nil {
		tb.Fatal(err)
	}
	return url
}

// args are Java's: a small heap and a quick start.
func args(jar, address string) []string {
	host, port, _ := strings.Cut(address, ":")
	return []string{
		"-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
		"-Dquarkus.http.host=" + host, "-Dquarkus.http.port=" + port, "-jar", jar,
	}
}

// freeAddress returns an address that nobody listened on a moment ago.
func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// await returns once the registry answers.
func await(ctx context.Context, url string, process *java.Process) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for !answers(ctx, url+"/subjects") {
		select {
		case <-process.Ended:
			return errors.New("apicurio ended while starting")
		case <-ctx.Done():
			return fmt.Errorf("waiting for Apicurio to answer: %w", ctx.Err())
		case <-time.After(pollEvery):
		}
	}
	return nil
}

func answers(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}
