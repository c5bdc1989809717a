package ksqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRunFile holds that a script finds its neighbours wherever the process is,
// and that an error names the script that it is in.
func TestRunFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"outer.sql": "RUN SCRIPT 'inner.sql'; DESCRIBE s; SELECT * FROM\n nowhere;",
		"inner.sql": "\ufeffCREATE STREAM s (a INT) WITH (KAFKA_TOPIC='s', PARTITIONS=1, VALUE_FORMAT='JSON');",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var statements []string
	var failed error
	for result, err := range newEngine(t).NewSession().RunFile(t.Context(), filepath.Join(folder, "outer.sql")) {
		if failed = err; err == nil {
			statements = append(statements, strings.Fields(result.Statement)[0])
		}
	}
	if got := strings.Join(statements, " "); got != "CREATE DESCRIBE" {
		t.Errorf("ran %s", got)
	}
	if failed == nil || !strings.HasSuffix(failed.Error(), "outer.sql: line 2:2: NOWHERE does not exist.") {
		t.Errorf("error %v", failed)
	}
}
