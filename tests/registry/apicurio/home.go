// Package apicurio runs a real Apicurio Registry for tests, in a process of its own and
// with its schemas in memory. It speaks Confluent's API.
//
// It comes from Maven Central: [Fetch] (make registries) puts it into the user's cache
// folder once. Where it is missing, [Run] skips the test, or fails it under
// KSQLITE_REQUIRE_REGISTRIES=1.
package apicurio

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/ksqlite/ksqlite/tests/java"
)

//go:embed pom.xml
var pom []byte

var versionInPOM = regexp.MustCompile(`<apicurio\.version>(.*)</apicurio\.version>`)

// Version is the version of Apicurio Registry that pom.xml names.
func Version() string { return string(versionInPOM.FindSubmatch(pom)[1]) }

// home is the folder in the user's cache.
func home() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the cache folder: %w", err)
	}
	return filepath.Join(cache, "ksqlite", "apicurio-"+Version()), nil
}

// Fetch puts the registry into the user's cache folder with Maven, unless it is there.
func Fetch(ctx context.Context, out io.Writer) error {
	folder, err := home()
	if err != nil {
		return err
	}
	if _, err := find(); err != nil {
		fmt.Fprintf(out, "fetching Apicurio Registry %s into %s\n", Version(), folder)
		if err := java.Fetch(ctx, folder, pom, out, "dependency:unpack-dependencies", "-DoutputDirectory=app"); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "Apicurio Registry is in %s\n", folder)
	return nil
}

// find returns the jar to run.
func find() (string, error) {
	folder, err := home()
	if err != nil {
		return "", fmt.Errorf("registries: %w", err)
	}
	jar := filepath.Join(folder, "app", "apicurio-registry-app-"+Version()+"-runner.jar")
	if _, err := os.Stat(jar); err != nil {
		return "", fmt.Errorf("registries: no Apicurio Registry in %s: run make registries", folder)
	}
	return jar, nil
}
