package apache

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAvailableSaysWhatIsMissing(t *testing.T) {
	home := t.TempDir()
	t.Setenv("KSQLITE_KAFKA_HOME", home)
	err := Available()
	if want := "kafka: no Apache Kafka in " + home + ": run make kafka"; err == nil || err.Error() != want {
		t.Errorf("without jars: got %v, want %q", err, want)
	}

	touch(t, filepath.Join(home, "libs", "kafka_2.13-4.1.1.jar"))
	t.Setenv("JAVA_HOME", "")
	t.Setenv("PATH", "")
	if err := Available(); err == nil || !strings.HasPrefix(err.Error(), "kafka: no java on the path") {
		t.Errorf("without Java: got %v", err)
	}

	java := t.TempDir()
	touch(t, filepath.Join(java, "bin", "java"))
	t.Setenv("JAVA_HOME", java)
	if err := Available(); err != nil {
		t.Errorf("with both: got %v", err)
	}
}

// The archive of classes is an offer: a run goes without it where it was
// not made.
func TestArchiveIsUsedWhenItIsThere(t *testing.T) {
	t.Parallel()
	in := installation{archive: filepath.Join(t.TempDir(), "classes.jsa"), jars: []string{"a.jar", "b.jar"}}
	uses := func() bool {
		return strings.Contains(strings.Join(in.args(serverClass), " "), "-XX:SharedArchiveFile="+in.archive)
	}
	if uses() {
		t.Error("an archive is named that is not there")
	}
	touch(t, in.archive)
	if !uses() {
		t.Error("the archive is not named")
	}
}

// touch makes an executable file and its folder.
func touch(t *testing.T, file string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o755); err != nil {
		t.Fatal(err)
	}
}
