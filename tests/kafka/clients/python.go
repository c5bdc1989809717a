package clients

import (
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// script holds one function a scenario.
//
//go:embed scenarios.py
var script []byte

// Python tries each scenario of scenarios.py against the broker at bootstrap.
func Python(t *testing.T, bootstrap string) {
	t.Helper()
	python, ok := findPython(t)
	if !ok {
		missing(t, "confluent_kafka for Python", "python3-confluent-kafka")
	}
	file := filepath.Join(t.TempDir(), "scenarios.py")
	if err := os.WriteFile(file, script, 0o600); err != nil {
		t.Fatal(err)
	}
	for scenario := range strings.FieldsSeq(run(t, "", python, file)) {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			run(t, "", python, file, scenario, bootstrap, topicOf(t))
		})
	}
}

// findPython finds a Python that knows confluent_kafka. Debian's own comes
// first: another on the path does not see Debian's packages.
func findPython(t *testing.T) (string, bool) {
	t.Helper()
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(t.Context(), python, "-c", "import confluent_kafka").Run() == nil {
			return python, true
		}
	}
	return "", false
}
