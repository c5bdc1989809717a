package apache

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/tests/java"
)

// pom names the version of Kafka and all that Maven is to fetch for it.
//
//go:embed pom.xml
var pom []byte

// Version is the version of Apache Kafka that pom.xml names.
func Version() string {
	found := regexp.MustCompile(`<kafka\.version>(.*)</kafka\.version>`).FindSubmatch(pom)
	if found == nil {
		panic("pom.xml names no kafka.version")
	}
	return string(found[1])
}

// Home is the folder whose libs folder holds Kafka's jars: the one that
// KSQLITE_KAFKA_HOME names, which may also be an unpacked Kafka distribution,
// else one in the user's cache folder.
func Home() (string, error) {
	if home := os.Getenv("KSQLITE_KAFKA_HOME"); home != "" {
		return filepath.Abs(home)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the cache folder: %w", err)
	}
	return filepath.Join(cache, "ksqlite", "kafka-"+Version()), nil
}

// Available returns nil when a Kafka can be started here, else in one line
// what is missing and what to do about it.
func Available() error {
	_, err := findInstallation()
	return err
}

// installation is a Kafka on disk and the Java to run it.
type installation struct {
	java    string
	archive string // of loaded classes, which halves a start; may be missing
	jars    []string
}

// findInstallation looks for the jars and for Java.
func findInstallation() (installation, error) {
	home, err := Home()
	if err != nil {
		return installation{}, fmt.Errorf("kafka: %w", err)
	}
	jars, err := filepath.Glob(filepath.Join(home, "libs", "*.jar"))
	if err != nil {
		return installation{}, fmt.Errorf("kafka: listing the jars of %s: %w", home, err)
	}
	if !slices.ContainsFunc(jars, isServerJar) {
		return installation{}, fmt.Errorf("kafka: no Apache Kafka in %s: run make kafka", home)
	}
	program, err := java.Find()
	if err != nil {
		return installation{}, fmt.Errorf("kafka: %w", err)
	}
	return installation{java: program, archive: filepath.Join(home, "classes.jsa"), jars: jars}, nil
}

// isServerJar reports whether a jar is the broker's own, kafka_2.13-4.1.1.jar.
func isServerJar(path string) bool {
	return strings.HasPrefix(filepath.Base(path), "kafka_2.")
}

// args are Java's arguments up to those of the main class: a small heap and a
// quick start, since a test's broker does not live long enough for the
// optimising compiler to pay.
func (in installation) args(mainClass string) []string {
	args := []string{"-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"}
	if _, err := os.Stat(in.archive); err == nil {
		args = append(args, "-XX:SharedArchiveFile="+in.archive)
	}
	return append(args, in.run(mainClass)...)
}

// archivingArgs are like args, for a run that leaves the archive of its
// classes in file when it ends.
func (in installation) archivingArgs(mainClass, file string) []string {
	args := []string{"-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:ArchiveClassesAtExit=" + file}
	return append(args, in.run(mainClass)...)
}

// run are the arguments that both kinds of run share.
func (in installation) run(mainClass string) []string {
	return []string{
		"-Djava.awt.headless=true",
		"-Dlog4j2.configurationFile=" + logConfigFile,
		"-cp", strings.Join(in.jars, string(filepath.ListSeparator)),
		mainClass,
	}
}
