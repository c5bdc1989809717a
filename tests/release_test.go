package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// readText returns a file of the repository.
func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestMakeTargets holds that whatever builds and checks elsewhere does so by targets
// that the Makefile has.
func TestMakeTargets(t *testing.T) {
	t.Parallel()
	var targets []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z]+):.*## `).FindAllStringSubmatch(readText(t, "Makefile"), -1) {
		targets = append(targets, m[1])
	}
	for path, wanted := range map[string][]string{
		".github/workflows/ci.yml": {"lint", "build", "kafka", "registries", "test", "image", "release"},
		".goreleaser.yaml":         {"extras"},
		"Dockerfile":               {"build"},
		".ci/run":                  {"lint", "kafka", "registries"},
	} {
		var used []string
		for _, m := range regexp.MustCompile(`(?m)^(?:[^#\n]*[^a-z\n])?make ([a-z]+)`).FindAllStringSubmatch(readText(t, path), -1) {
			used = append(used, m[1])
			if !slices.Contains(targets, m[1]) {
				t.Errorf("%s: the Makefile has no target %s", path, m[1])
			}
		}
		for _, target := range wanted {
			if !slices.Contains(used, target) {
				t.Errorf("%s does not make %s", path, target)
			}
		}
	}
	var workflow map[string]any
	if err := yaml.Unmarshal([]byte(readText(t, ".github/workflows/ci.yml")), &workflow); err != nil {
		t.Error(err)
	}
	if strings.Contains(readText(t, ".github/workflows/ci.yml"), "corpus") {
		t.Error("the corpus is not there on a forge")
	}
}

// TestReleaseConfiguration holds that archives are built as make build does, of files
// that are there, for the systems that are checked. `make snapshot` is the whole trial.
func TestReleaseConfiguration(t *testing.T) {
	t.Parallel()
	var config struct {
		Builds []struct {
			Main                              string
			Env, Flags, Ldflags, Goos, Goarch []string
		}
		Archives []struct{ Files []string }
	}
	if err := yaml.Unmarshal([]byte(readText(t, ".goreleaser.yaml")), &config); err != nil {
		t.Fatal(err)
	}
	if len(config.Builds) != 1 || len(config.Archives) != 1 {
		t.Fatalf("%d builds and %d archives", len(config.Builds), len(config.Archives))
	}
	build := config.Builds[0]
	made := strings.Join(build.Env, " ") + " go build " + strings.Join(build.Flags, " ") +
		" -ldflags='" + strings.Join(build.Ldflags, " ") + "' -o ksqlite " + build.Main
	if !strings.Contains(readText(t, "Makefile"), "\t"+made+"\n") {
		t.Errorf("make build does not say %s", made)
	}
	ci := readText(t, ".ci/run")
	for _, name := range slices.Concat(build.Goos, build.Goarch) {
		if !regexp.MustCompile(`for target in .*\b` + name + `\b`).MatchString(ci) {
			t.Errorf(".ci/run does not build for %s", name)
		}
	}
	for _, file := range config.Archives[0].Files {
		if strings.HasPrefix(file, "extras/") {
			continue // made when archives are
		}
		if _, err := os.Stat(filepath.Join(root, file)); err != nil {
			t.Error(err)
		}
	}
}

// TestInstallable holds what go install PACKAGE@VERSION asks of a module, and that the
// image is built with the language version that the module wants.
func TestInstallable(t *testing.T) {
	t.Parallel()
	module := readText(t, "go.mod")
	if m := regexp.MustCompile(`(?m)^\s*(replace|exclude)\b.*`).FindString(module); m != "" {
		t.Errorf("go install refuses a module with %q", m)
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(module)
	if image := readText(t, "Dockerfile"); !strings.Contains(image, "FROM golang:"+version[1]+" ") || !strings.Contains(image, "FROM scratch\n") {
		t.Errorf("the Dockerfile is not from golang:%s and scratch", version[1])
	}
}
