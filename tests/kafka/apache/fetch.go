package apache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/ksqlite/ksqlite/tests/java"
)

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
		if err := java.Fetch(ctx, home, pom, out, "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=libs"); err != nil {
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
