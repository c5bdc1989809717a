package apache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// fetchPauses are the waits before each further try to reach Maven Central.
var fetchPauses = []time.Duration{2 * time.Second, 10 * time.Second, 30 * time.Second}

// archiveTimeout is how long Java may take to write the archive.
const archiveTimeout = 3 * time.Minute

// Fetch puts Kafka's jars into Home with Maven, unless they are there, and
// makes the archive of classes that lets it start quickly. It tells out what
// it does.
func Fetch(ctx context.Context, out io.Writer) error {
	home, err := Home()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(home, "libs")); errors.Is(err, os.ErrNotExist) {
		fmt.Fprintf(out, "fetching Apache Kafka %s into %s\n", Version(), home)
		if err := fetchInto(ctx, home, out); err != nil {
			return err
		}
	}
	installed, err := findInstallation()
	if err != nil {
		return err
	}
	if _, err := os.Stat(installed.archive); errors.Is(err, os.ErrNotExist) {
		fmt.Fprintln(out, "archiving its classes for quick starts")
		if err := archiveClasses(ctx, installed); err != nil {
			return fmt.Errorf("archiving Kafka's classes: %w", err)
		}
	}
	fmt.Fprintf(out, "Apache Kafka is in %s\n", home)
	return nil
}

// fetchInto fetches the jars beside home and moves them there when all have
// come, so that an interrupted fetch leaves nothing half done.
func fetchInto(ctx context.Context, home string, out io.Writer) error {
	if err := os.MkdirAll(filepath.Dir(home), 0o755); err != nil {
		return fmt.Errorf("making the cache folder: %w", err)
	}
	folder, err := os.MkdirTemp(filepath.Dir(home), "fetching-")
	if err != nil {
		return fmt.Errorf("making a folder for the jars: %w", err)
	}
	defer os.RemoveAll(folder)

	if err := os.WriteFile(filepath.Join(folder, "pom.xml"), pom, 0o600); err != nil {
		return fmt.Errorf("writing the POM: %w", err)
	}
	if err := tryMaven(ctx, folder, out); err != nil {
		return err
	}
	if err := os.Rename(folder, home); err != nil {
		return fmt.Errorf("moving the jars to their place: %w", err)
	}
	return nil
}

// tryMaven runs Maven until it has all jars, pausing between its tries.
func tryMaven(ctx context.Context, folder string, out io.Writer) error {
	err := runMaven(ctx, folder)
	for _, pause := range fetchPauses {
		if err == nil || errors.Is(err, exec.ErrNotFound) {
			return err
		}
		fmt.Fprintf(out, "%v; trying again in %v\n", err, pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
		err = runMaven(ctx, folder)
	}
	return err
}

// runMaven copies what the POM names into libs. -U asks again for what an
// earlier try did not find.
func runMaven(ctx context.Context, folder string) error {
	maven := exec.CommandContext(ctx, "mvn", "-q", "-B", "-U", "-Dstyle.color=never",
		"dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=libs")
	maven.Dir = folder
	if out, err := maven.CombinedOutput(); err != nil {
		return fmt.Errorf("running Maven (needed to fetch Apache Kafka): %w\n%s", err, out)
	}
	return nil
}

// archiveClasses starts a node with every listener and stops it again, having
// Java write down what it loaded. The archive holds the paths of the jars, so
// it can only be made once they are in place.
func archiveClasses(ctx context.Context, installed installation) error {
	s, err := prepare(installed, Options{Listeners: []Listener{SASLPlaintext, TLS, SASLTLS, MutualTLS}})
	if err != nil {
		return err
	}
	defer s.Close()

	if err := s.format(ctx); err != nil {
		return err
	}
	unfinished := filepath.Join(s.folder, "classes.jsa")
	if err := s.launch(ctx, installed.archivingArgs(serverClass, unfinished)); err != nil {
		return err
	}
	if err := s.stop(ctx, archiveTimeout); err != nil {
		return err
	}
	return moveFile(unfinished, installed.archive)
}

// moveFile copies a file to a place that may lie on another disk, where it
// appears whole or not at all.
func moveFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	unfinished := to + ".part"
	if err := os.WriteFile(unfinished, text, 0o644); err != nil {
		return err
	}
	return os.Rename(unfinished, to)
}
